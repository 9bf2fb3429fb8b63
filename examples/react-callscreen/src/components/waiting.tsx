import { useTranslate } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Icon } from './icon';

/** Nothing happens, and that is fine. */
export function Waiting() {
  const t = useTranslate();
  const status = useStore(useApp().signalling.status);
  return (
    <div className="waiting" data-kind={status.kind}>
      <span className="bell" aria-hidden="true"><Icon name="bell" /></span>
      <h2>{t('waitTitle')}</h2>
      <p>{t('waitText')}</p>
    </div>
  );
}
