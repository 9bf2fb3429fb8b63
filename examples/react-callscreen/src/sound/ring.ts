// What is heard and felt while it rings: a bell for an incoming call, the tone of a ringing line for the caller, two
// falling notes at the end.

import { play, silence } from './notes';

const BELL_EVERY_MS = 2_500;
const TONE_EVERY_MS = 5_000;

let stop = () => {};

/** A fifth and an octave over E5, struck twice: a small bell. */
export function ringBell(): void {
  const strike = (afterS: number) => [659, 988, 1319].forEach((hz, i) => play({ hz, afterS, lengthS: 1.1, volume: 0.16 / (i + 1), shape: 'struck' }));
  repeat(BELL_EVERY_MS, () => {
    strike(0);
    strike(0.22);
    vibrate([200, 100, 200]);
  });
}

/** The ringing tone of ITU-T E.180 as European and Russian exchanges play it: 425 Hz, 1 s on, 4 s off. */
export function ringBack(): void {
  repeat(TONE_EVERY_MS, () => play({ hz: 425, afterS: 0, lengthS: 1, volume: 0.08, shape: 'flat' }));
}

export function ringEnded(): void {
  hush();
  play({ hz: 523, afterS: 0, lengthS: 0.35, volume: 0.1, shape: 'struck' });
  play({ hz: 392, afterS: 0.18, lengthS: 0.5, volume: 0.1, shape: 'struck' });
}

export function hush(): void {
  stop();
  stop = () => {};
}

function repeat(everyMs: number, action: () => void): void {
  hush();
  action();
  const timer = setInterval(action, everyMs);
  stop = () => {
    clearInterval(timer);
    silence();
    vibrate(0);
  };
}

// Safari and Firefox do not have it, whatever the types say.
function vibrate(pattern: number | number[]): void {
  if ('vibrate' in navigator) navigator.vibrate(pattern);
}
