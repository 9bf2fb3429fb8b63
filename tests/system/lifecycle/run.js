// The lifecycle suite: the real binary from its start to its end, as the one who runs it sees it. `--only REGEX` picks
// cases by name, `--verbose` prints each with its time.
import { runLifecycle } from './harness.js';
import { listenCases } from './listen_cases.js';
import { secretFileCases } from './secret_file_cases.js';
import { settingsCases } from './settings_cases.js';

await runLifecycle([...settingsCases, ...secretFileCases, ...listenCases]);
