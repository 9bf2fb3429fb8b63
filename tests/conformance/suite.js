// Loads every *.test.js beside it; the cases register themselves.
import { readdirSync } from 'node:fs';

import { cases } from './harness.js';

for (const file of readdirSync(import.meta.dirname).sort()) {
  if (file.endsWith('.test.js')) await import(`./${file}`);
}

export { cases };
