// What begins and stops with the phase of a call: sounds, the flashing title, the system's notification, what is read
// out, and the lock that keeps the screen lit.

import { nameOf } from '../api/user';
import { isPresent } from '../call/call-state';
import type { CallState } from '../call/call-state';
import { translate } from '../i18n/language';
import { flashTitle, notify, stopNotices } from '../sound/notice';
import { hush, ringBack, ringBell } from '../sound/ring';
import type { App } from './app';

const NAME_MS = 1_000; // So long a notification waits for the name of whoever calls.

const pause = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms); });

export function watchCalls(app: App): void {
  const { calls, directory, spoken, ended, toast } = app;
  const name = (call: { peerId: string }) => nameOf(directory.get(call.peerId));
  const titleOf = (call: { peerId: string }) => `● ${translate('incomingTitle', { name: name(call) })}`;
  let shown: CallState = calls.state.get();

  calls.state.subscribe(() => {
    const [call, before] = [calls.state.get(), shown];
    shown = call;
    if (call.phase === before.phase) return;
    if (before.phase !== 'none' && call.phase === 'none') hush(); // The end has a sound of its own.
    enter(call);
  });
  // The name of somebody unknown comes after the first ring.
  directory.people.subscribe(() => { if (shown.phase === 'incoming') flashTitle(titleOf(shown)); });

  function enter(call: CallState): void {
    hush();
    stopNotices();
    void keepScreenLit(call.phase === 'active');
    if (call.phase === 'none') return toast.clear();
    ended.set(null);
    const known = directory.look(call.peerId);
    if (call.phase === 'incoming') {
      ringBell();
      flashTitle(titleOf(call));
      // Unlike the title, a notification does not change when the name comes.
      void Promise.race([known, pause(NAME_MS)]).then(() => {
        if (shown.phase === 'incoming') notify(translate('incomingTitle', { name: name(call) }), translate(call.video ? 'incomingVideo' : 'incomingAudio'));
      });
    }
    if (call.phase === 'dialling') ringBack();
    if (isPresent(call)) spoken.set(translate(`phase.${call.phase}`, { name: name(call) }));
  }
}

let wanted = false;
let wakeLock: WakeLockSentinel | null = null;

async function keepScreenLit(on: boolean): Promise<void> {
  wanted = on;
  if (on && !wakeLock && 'wakeLock' in navigator) {
    // Refused on low battery or in a hidden page; the call goes on in the dark.
    wakeLock = await navigator.wakeLock.request('screen').catch(() => null);
  }
  if (wanted) return;
  await wakeLock?.release().catch(() => {});
  wakeLock = null;
}
