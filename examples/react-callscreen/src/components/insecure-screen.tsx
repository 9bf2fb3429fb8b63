import { useTranslate } from '../i18n/language';
import { Icon } from './icon';

/** Browsers give no camera to a page that came over plain http from another machine: say so instead of failing later. */
export function InsecureScreen() {
  const t = useTranslate();
  return (
    <section className="panel" id="insecure" aria-labelledby="insecure-title">
      <span className="mark" aria-hidden="true"><Icon name="bell" /></span>
      <h1 id="insecure-title">{t('insecureTitle')}</h1>
      <p className="lead">{t('insecure')}</p>
    </section>
  );
}
