import { useTranslate } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Icon } from './icon';

/** Nothing happens, and that is fine, as long as there is a connection. */
export function Waiting() {
  const t = useTranslate();
  const { kind } = useStore(useApp().signalling.status);
  return (
    <div className="waiting" data-kind={kind}>
      <span className="bell" aria-hidden="true"><Icon name="bell" /></span>
      <h2>{t(kind === 'online' ? 'waitTitle' : `status.${kind}`)}</h2>
      {kind === 'online' && <p>{t('waitText')}</p>}
    </div>
  );
}
