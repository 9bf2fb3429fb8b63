// The relay: coturn as our child, allocations that clients really get, and what must not get one. `--only REGEX` picks
// cases by name, `--verbose` prints each with its time.
import { runLifecycle } from '../lifecycle/harness.js';
import { addressCases } from './address_cases.js';
import { externalCases } from './external_cases.js';
import { managedCases } from './managed_cases.js';
import { peerCases } from './peer_cases.js';
import { settingsCases } from './settings_cases.js';
import { tlsCases } from './tls_cases.js';

await runLifecycle([...managedCases, ...peerCases, ...addressCases, ...tlsCases, ...externalCases, ...settingsCases], 'turn');
