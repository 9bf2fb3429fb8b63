// The proxy suite: the server behind the real nginx and Caddy with the files of deploy/, and what machines can say
// about the rest of that folder. `--only REGEX` picks cases by name, `--verbose` prints each with its time.
import { runSuite } from '../suite.js';
import { browserCases } from './browser_cases.js';
import { caddyCases } from './caddy_cases.js';
import { deployCases } from './deploy_cases.js';
import { nginxCases } from './site_cases.js';

await runSuite('proxy', { servers: {}, cases: [...nginxCases, ...caddyCases, ...browserCases, ...deployCases] });
