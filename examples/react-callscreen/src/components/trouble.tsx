import { useTranslate } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';

/** Why there is no connection, where that can be told, and what can be done. */
export function Trouble() {
  const t = useTranslate();
  const { signalling } = useApp();
  const status = useStore(signalling.status);
  const text = status.kind === 'waiting' ? t(`waiting.${status.why}`) : status.kind === 'refused' ? t(`refused.${status.why}`) : '';
  return (
    <div className="trouble" id="trouble" hidden={text === ''}>
      <p id="trouble-text">{text}</p>
      {status.kind === 'refused' && <button className="link" id="trouble-retry" type="button" onClick={() => signalling.start()}>{t('tryAgain')}</button>}
    </div>
  );
}
