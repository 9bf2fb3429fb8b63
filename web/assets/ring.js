// What is heard and felt while it rings, made by WebAudio: a bell for an incoming call, the tone of a ringing line for
// the caller, two falling notes at the end; and the title of the page, for those who look at another tab.

let context = null;
let stopSound = () => {};
let stopTitle = () => {};

/**
 * Browsers let sound out only after a gesture; each gesture is a chance to make later rings audible. The context is
 * kept for that: Safari would not let one that is made while it rings sound at all.
 */
export function unlockSound() {
  context ??= new AudioContext();
  if (context.state === 'suspended') context.resume().catch(() => {});
}

export function ringIncoming(title) {
  hush();
  // A fifth and an octave over E5, struck twice: a small bell.
  const strike = () => [0, 0.22].forEach((at) => [659, 988, 1319].forEach((hz, i) => note(hz, at, 1.1, 0.16 / (i + 1))));
  stopSound = repeat(() => { strike(); navigator.vibrate?.([200, 100, 200]); }, 2_500);
  const before = document.title;
  let shown = false;
  const stopFlash = repeat(() => { shown = !shown; document.title = shown ? title : before; }, 1_000);
  stopTitle = () => { stopFlash(); document.title = before; };
}

/** The ringing tone of ITU-T E.180 as European and Russian exchanges play it: 425 Hz, 1 s on, 4 s off. */
export function ringBack() {
  hush();
  stopSound = repeat(() => note(425, 0, 1, 0.08, 'flat'), 5_000);
}

export function ringEnded() {
  hush();
  note(523, 0, 0.35, 0.1);
  note(392, 0.18, 0.5, 0.1);
}

/** Ends the sound and the vibration but leaves the title: the call still waits for an answer. */
export function muteRing() {
  stopSound();
  stopSound = () => {};
}

export function hush() {
  muteRing();
  stopTitle();
  stopTitle = () => {};
}

function repeat(action, everyMs) {
  action();
  const timer = setInterval(action, everyMs);
  return () => {
    clearInterval(timer);
    sounding.forEach((oscillator) => oscillator.stop());
    navigator.vibrate?.(0);
  };
}

const sounding = new Set();

function note(hz, after, seconds, volume, shape = 'struck') {
  if (context?.state !== 'running') return;
  const start = context.currentTime + after;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.02);
  if (shape === 'struck') gain.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
  else {
    gain.gain.setValueAtTime(volume, start + seconds - 0.03);
    gain.gain.linearRampToValueAtTime(0, start + seconds);
  }
  const oscillator = new OscillatorNode(context, { frequency: hz });
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds);
  sounding.add(oscillator);
  oscillator.onended = () => sounding.delete(oscillator);
}
