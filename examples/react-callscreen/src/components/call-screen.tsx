import { useEffect, useRef } from 'react';

import { nameOf } from '../api/user';
import { isPresent } from '../call/call-state';
import type { CallState, PresentCall } from '../call/call-state';
import { useTranslate } from '../i18n/language';
import type { Translate } from '../i18n/words';
import { show } from '../media/show';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Avatar } from './avatar';
import { CallControls } from './call-controls';
import { CallTimer } from './call-timer';
import { Icon } from './icon';
import { useFullScreen } from './use-full-screen';
import { usePerson } from './use-person';
import { usePlayback } from './use-playback';

/**
 * The call that is going on: the other side's picture or face in letters, our own, and the controls. It stays on the
 * page between calls, hidden: a video element that comes and goes has to be allowed to play anew each time.
 */
export function CallScreen({ call }: { call: CallState }) {
  const t = useTranslate();
  const { toast } = useApp();
  const present = isPresent(call) ? call : null;
  const person = usePerson(present?.peerId ?? '');
  const [screen, remote, self, title] = [useRef<HTMLElement>(null), useRef<HTMLVideoElement>(null), useRef<HTMLVideoElement>(null), useRef<HTMLHeadingElement>(null)];
  const { blocked, play } = usePlayback(remote, present?.remote ?? null);
  const fullScreen = useFullScreen(screen);
  const said = useStore(toast.text);
  const camera = present?.local.camera ?? null;
  const isShown = present !== null;

  useEffect(() => { if (self.current) void show(self.current, camera); }, [self, camera]);
  useEffect(() => {
    if (isShown) title.current?.focus();
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }, [title, isShown]);

  return (
    <section ref={screen} id="call" aria-labelledby="call-name" hidden={!isShown}>
      <video ref={remote} id="remote" autoPlay playsInline />
      <div className="stage">
        <span className="halo"><Avatar person={person} size="large" ringing={present?.phase === 'dialling'} id="call-avatar" /></span>
        <h1 ref={title} id="call-name" tabIndex={-1}>{present ? nameOf(person) : ''}</h1>
        <p id="call-state">{stateText(t, present)}</p>
        <CallTimer since={present?.phase === 'active' ? present.since : null} />
        <p id="call-path">{pathText(t, present)}</p>
      </div>
      <video ref={self} id="self" autoPlay playsInline muted hidden={camera === null} />
      <div className="above-controls">
        {present && blocked && <button className="wide" id="unlock" type="button" onClick={play}><Icon name="sound" />{t('tapToHear')}</button>}
        {/* Always there, so that what appears in it is read out. */}
        <div role="status">{said !== '' && <p className="toast" id="toast">{said}</p>}</div>
      </div>
      <CallControls call={present} fullScreen={fullScreen} />
    </section>
  );
}

function stateText(t: Translate, call: PresentCall | null): string {
  if (!call) return '';
  if ('troubled' in call && call.troubled) return t('troubled');
  return call.phase === 'active' ? '' : t(`phase.${call.phase}`);
}

function pathText(t: Translate, call: PresentCall | null): string {
  if (call?.phase !== 'active' || !call.path) return '';
  return `${t(call.path.relayed ? 'path.relayed' : 'path.direct')} · ${call.path.protocol.toUpperCase()}`;
}
