import { useEffect } from 'react';

import { toggle } from '../app/page-life';
import type { PresentCall } from '../call/call-state';
import { useTranslate } from '../i18n/language';
import { useApp } from './app-context';
import { Icon } from './icon';

interface Props {
  readonly call: PresentCall | null;
  readonly fullScreen: { on: boolean; toggle: (() => void) | null };
}

/** Microphone, camera, full screen, and the end of the call. */
export function CallControls({ call, fullScreen }: Props) {
  const t = useTranslate();
  const app = useApp();
  const stop = t(call === null || call.phase === 'connecting' || call.phase === 'active' ? 'hangup' : 'cancel');
  const isShown = call !== null;

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.code === 'KeyF' && isShown && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat) fullScreen.toggle?.();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  });

  return (
    <div className="controls" role="group" aria-label={t('controls')}>
      <button className="round" id="mic" type="button" aria-pressed={call?.local.microphone ?? false} aria-keyshortcuts="M" aria-label={t('microphone')} title={t('microphoneKey')} onClick={() => void toggle(app, 'audio')}>
        <Icon name="microphone" /><Icon name="slash" className="slash" />
      </button>
      <button className="round" id="camera" type="button" aria-pressed={(call?.local.camera ?? null) !== null} aria-keyshortcuts="V" aria-label={t('camera')} title={t('cameraKey')} onClick={() => void toggle(app, 'video')}>
        <Icon name="camera" /><Icon name="slash" className="slash" />
      </button>
      {fullScreen.toggle && (
        <button className="round tool" id="full-screen" type="button" aria-pressed={fullScreen.on} aria-keyshortcuts="F" aria-label={t('fullScreen')} title={t('fullScreenKey')} onClick={fullScreen.toggle}>
          <Icon name={fullScreen.on ? 'shrink' : 'grow'} />
        </button>
      )}
      <button className="round stop" id="hangup" type="button" aria-label={stop} title={stop} onClick={() => app.calls.hangup()}><Icon name="hangup" /></button>
    </div>
  );
}
