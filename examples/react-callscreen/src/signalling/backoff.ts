const DELAY_MAX_MS = 16_000;

/** Doubles from 0.5–2 s to 8–32 s; the wide jitter spreads the tabs that a restart of the server sends here at once. */
export function delayMs(attempt: number, random = Math.random()): number {
  return Math.min(1_000 * 2 ** attempt, DELAY_MAX_MS) * (0.5 + 1.5 * random);
}
