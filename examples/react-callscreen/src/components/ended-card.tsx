import { useEffect, useRef } from 'react';

import { nameOf } from '../api/user';
import { endedText } from '../app/ended-text';
import type { Ended } from '../call/call-state';
import { useTranslate } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Avatar } from './avatar';
import { clock } from './clock';
import { Icon } from './icon';
import { usePerson } from './use-person';

/** How the last call ended, and a way to call again. */
export function EndedCard({ ended }: { ended: Ended }) {
  const t = useTranslate();
  const app = useApp();
  const online = useStore(app.signalling.status).kind === 'online';
  const person = usePerson(ended.peerId);
  const name = nameOf(person);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => card.current?.focus(), [ended]);

  function dismiss() {
    app.ended.set(null);
    document.getElementById('callee')?.focus();
  }

  return (
    <div ref={card} className="ended" id="ended" role="group" aria-labelledby="ended-title" aria-describedby="ended-text" tabIndex={-1}>
      <Avatar person={person} size="small" id="ended-avatar" />
      <p>
        <b id="ended-title">{name}{ended.talkMs !== null && ` · ${clock(ended.talkMs)}`}</b>
        <span id="ended-text">{endedText(t, ended, name)}</span>
      </p>
      <button className="round small go" id="ended-again" type="button" disabled={!online} aria-label={t('callAgain', { name })} onClick={() => app.dial(ended.peerId, { video: ended.video })}><Icon name="phone" /></button>
      <button className="round small quiet" id="ended-close" type="button" aria-label={t('dismiss')} onClick={dismiss}><Icon name="close" /></button>
    </div>
  );
}
