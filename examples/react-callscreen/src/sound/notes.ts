// Sounds made by WebAudio: no files, and nothing to load before it can ring.

let context: AudioContext | null = null;
const sounding = new Set<OscillatorNode>();

/**
 * Browsers let sound out only after a gesture; each gesture is a chance to make later rings audible. The context is
 * kept for that: Safari would not let one that is made while it rings sound at all.
 */
export function unlockSound(): void {
  context ??= new AudioContext();
  if (context.state === 'suspended') context.resume().catch(() => {});
}

export interface Note {
  readonly hz: number;
  readonly afterS: number;
  readonly lengthS: number;
  readonly volume: number;
  /** struck: it dies away, as a bell does; flat: it stays, as a line's tone does. */
  readonly shape: 'struck' | 'flat';
}

export function play({ hz, afterS, lengthS, volume, shape }: Note): void {
  if (context?.state !== 'running') return;
  const start = context.currentTime + afterS;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.02);
  if (shape === 'struck') {
    gain.gain.exponentialRampToValueAtTime(0.0001, start + lengthS);
  } else {
    gain.gain.setValueAtTime(volume, start + lengthS - 0.03);
    gain.gain.linearRampToValueAtTime(0, start + lengthS);
  }
  const oscillator = new OscillatorNode(context, { frequency: hz });
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + lengthS);
  sounding.add(oscillator);
  oscillator.onended = () => sounding.delete(oscillator);
}

export function silence(): void {
  sounding.forEach((oscillator) => oscillator.stop());
}
