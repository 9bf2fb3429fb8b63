// The life of the page: left, frozen, brought back, without a network; and the keys that work anywhere on it.

import { isPresent } from '../call/call-state';
import { translate } from '../i18n/language';
import type { Kind } from '../media/devices';
import { hush } from '../sound/ring';
import { unlockSound } from '../sound/notes';
import type { App } from './app';

export function watchPage(app: App): void {
  const { calls, signalling } = app;

  // A page that is left may be frozen in the back/forward cache with its socket open: it would seem reachable and never
  // ring. So it leaves the server by itself. A page in a call is not cached; its socket ends with it, if it ends.
  addEventListener('pagehide', () => {
    if (isPresent(calls.state.get())) return;
    signalling.stop();
    calls.socketLost();
  });
  addEventListener('pageshow', ({ persisted }) => { if (persisted) signalling.resume(); });
  addEventListener('online', () => signalling.networkIsBack());
  addEventListener('pointerdown', unlockSound);
  addEventListener('keydown', (event) => {
    unlockSound();
    pressed(app, event);
  });
}

function pressed({ calls, spoken }: App, event: KeyboardEvent): void {
  const call = calls.state.get();
  if (call.phase === 'none' || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.code === 'Escape') {
    event.preventDefault(); // Else the browser closes the dialog.
    if (call.phase === 'incoming') hush();
    if (call.phase === 'dialling' || call.phase === 'preparing') calls.hangup();
  }
  if (!isPresent(call)) return;
  // By place, not by letter: on a Russian keyboard M and V are where ь and м are.
  if (event.code === 'KeyM') void toggle({ calls, spoken }, 'audio');
  if (event.code === 'KeyV') void toggle({ calls, spoken }, 'video');
}

/** Switches the microphone or the camera, and says so to those who do not see it. */
export async function toggle({ calls, spoken }: Pick<App, 'calls' | 'spoken'>, kind: Kind): Promise<void> {
  await calls.toggle(kind);
  const call = calls.state.get();
  if (!isPresent(call)) return;
  if (kind === 'audio') spoken.set(translate(call.local.microphone ? 'micOn' : 'micOff'));
  else spoken.set(translate(call.local.camera ? 'cameraOn' : 'cameraOff'));
}
