import { useEffect, useRef } from 'react';

import { nameOf } from '../api/user';
import type { CallState } from '../call/call-state';
import { useTranslate } from '../i18n/language';
import { useApp } from './app-context';
import { Avatar } from './avatar';
import { Icon } from './icon';
import { usePerson } from './use-person';

/** Somebody rings: who it is, and the three answers. */
export function IncomingCallDialog({ call }: { call: CallState }) {
  const t = useTranslate();
  const { calls } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const incoming = call.phase === 'incoming' ? call : null;
  const person = usePerson(incoming?.peerId ?? '');
  const rings = incoming !== null;

  useEffect(() => {
    const element = dialog.current;
    if (!element || element.open === rings) return;
    if (!rings) return element.close();
    element.showModal();
    // On the dialog itself: a key meant for the text somebody was typing must neither answer nor decline.
    element.focus();
  }, [rings]);

  return (
    <dialog ref={dialog} id="incoming" className="sheet" role="alertdialog" aria-labelledby="incoming-name" aria-describedby="incoming-kind" tabIndex={-1} onCancel={(event) => event.preventDefault()}>
      <Avatar person={person} size="large" ringing={rings} id="incoming-avatar" />
      <h2 id="incoming-name">{rings ? nameOf(person) : ''}</h2>
      <p id="incoming-kind">{incoming ? t(incoming.video ? 'incomingVideo' : 'incomingAudio') : ''}</p>
      <div className="answers">
        <button className="answer" id="decline" type="button" onClick={() => calls.hangup()}><span className="round stop"><Icon name="hangup" /></span><span>{t('decline')}</span></button>
        <button className="answer" id="answer-audio" type="button" onClick={() => calls.accept({ video: false })}><span className="round go"><Icon name="phone" /></span><span>{t('answerAudio')}</span></button>
        <button className="answer" id="answer-video" type="button" onClick={() => calls.accept({ video: true })}><span className="round go"><Icon name="camera" /></span><span>{t('answerVideo')}</span></button>
      </div>
      <p className="hint keys">{t('escMutes')}</p>
    </dialog>
  );
}
