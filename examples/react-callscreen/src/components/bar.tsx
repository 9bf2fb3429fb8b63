import { language, setLanguage, useTranslate } from '../i18n/language';
import type { Language } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Icon } from './icon';

const LANGUAGES: readonly { code: Language; label: string }[] = [{ code: 'en', label: 'English' }, { code: 'ru', label: 'Русский' }];

/** The top of the page: what it is, whether it is connected, and the language. */
export function Bar({ showsStatus }: { showsStatus: boolean }) {
  const t = useTranslate();
  const present = useStore(language);
  const status = useStore(useApp().signalling.status);
  return (
    <header className="bar">
      <p className="brand"><Icon name="bell" /><span><b>zvonok</b> <span lang="ru">· звонок</span></span></p>
      <div className="bar-side">
        <p className="status" id="status" role="status" data-kind={status.kind} hidden={!showsStatus}>
          <i aria-hidden="true" /><span id="status-text">{t(`status.${status.kind}`)}</span>
        </p>
        <div className="languages" role="group" aria-label={t('language')}>
          {LANGUAGES.map(({ code, label }) => (
            <button key={code} id={`lang-${code}`} type="button" lang={code} aria-label={`${code.toUpperCase()} · ${label}`} aria-pressed={present === code} onClick={() => setLanguage(code)}>
              {code.toUpperCase()}
            </button>
          ))}
        </div>
      </div>
    </header>
  );
}
