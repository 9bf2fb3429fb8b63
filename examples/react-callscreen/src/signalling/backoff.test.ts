import { expect, test } from 'vitest';

import { delayMs } from './backoff';

test('delays grow, are spread over more than a second, and have an end', () => {
  expect([delayMs(0, 0), delayMs(0, 1)]).toEqual([500, 2_000]);
  for (let attempt = 0; attempt < 4; ++attempt) expect(delayMs(attempt + 1, 0.5)).toBe(2 * delayMs(attempt, 0.5));
  expect(delayMs(1_000, 1)).toBe(32_000);
});
