// A wall clock for the servers of a case, which can be moved while they run; the clock that only goes forward is the
// machine's. libfaketime reads its offset from a file at each look at the clock.
import { renameSync, writeFileSync } from 'node:fs';

import { faketimeLibrary } from './machine.js';

/// `env` is for whoever is to have that clock; `set('+2h')` moves it, at once for all.
export function fakeClock(t) {
  const file = t.file('offset', '+0\n');
  return {
    env: {
      LD_PRELOAD: faketimeLibrary,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: 1,
      FAKETIME_DONT_FAKE_MONOTONIC: 1,
      DONT_FAKE_MONOTONIC: 1,
    },
    set(offset) {
      writeFileSync(`${file}.new`, `${offset}\n`);
      renameSync(`${file}.new`, file);
    },
  };
}
