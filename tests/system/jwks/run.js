// Keys by jwks.url, with a provider on loopback. `--only REGEX` picks cases by name, `--verbose` prints each with its
// time.
import { runLifecycle } from '../lifecycle/harness.js';
import { cases } from './cases.js';

await runLifecycle(cases, 'jwks');
