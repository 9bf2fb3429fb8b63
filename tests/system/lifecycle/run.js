// The lifecycle suite: the real binary from its start to its end, as the one who runs it sees it. `--only REGEX` picks
// cases by name, `--verbose` prints each with its time.
import { certificateCases } from './certificate_cases.js';
import { clockCases } from './clock_cases.js';
import { commandCases } from './command_cases.js';
import { devCases } from './dev_cases.js';
import { runLifecycle } from './harness.js';
import { listenCases } from './listen_cases.js';
import { logCases } from './log_cases.js';
import { metricsCases } from './metrics_cases.js';
import { reloadCases } from './reload_cases.js';
import { secretFileCases } from './secret_file_cases.js';
import { settingsCases } from './settings_cases.js';
import { stopCases } from './stop_cases.js';

// Those that wait for timers come first, so that the others run meanwhile.
await runLifecycle([
  ...clockCases,
  ...stopCases,
  ...reloadCases,
  ...certificateCases,
  ...listenCases,
  ...settingsCases,
  ...secretFileCases,
  ...commandCases,
  ...metricsCases,
  ...logCases,
  ...devCases,
]);
