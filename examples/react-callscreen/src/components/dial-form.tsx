import { useState } from 'react';
import type { FormEvent } from 'react';

import { useTranslate } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { fieldOf } from './field-of';
import { Icon } from './icon';

/** Calls whoever has the id that is typed. */
export function DialForm({ me }: { me: string }) {
  const t = useTranslate();
  const app = useApp();
  const online = useStore(app.signalling.status).kind === 'online';
  const [isSelf, setIsSelf] = useState(false);

  function dial(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const id = fieldOf(event.currentTarget, 'callee').trim();
    const button = event.nativeEvent instanceof SubmitEvent ? event.nativeEvent.submitter : null;
    setIsSelf(id === me);
    app.dial(id, { video: button?.id === 'dial-video' });
  }

  return (
    <form id="dial-form" onSubmit={dial}>
      <label htmlFor="callee">{t('calleeLabel')}</label>
      <input id="callee" name="callee" maxLength={512} autoComplete="off" autoCapitalize="none" spellCheck={false} aria-describedby="dial-note" required />
      <div role="alert" id="dial-note">{isSelf && <p className="note">{t('callSelf')}</p>}</div>
      <div className="pair">
        <button className="wide go" id="dial-audio" disabled={!online}><Icon name="phone" />{t('audioCall')}</button>
        <button className="wide" id="dial-video" disabled={!online}><Icon name="camera" />{t('videoCall')}</button>
      </div>
    </form>
  );
}
