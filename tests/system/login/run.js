// Logging in by a code, over the wire: each route with all its answers, limits, sessions, invitations, delivery, and what
// the database comes through. `--only REGEX` picks cases by name, `--verbose` prints each with its time.
import { runLifecycle } from '../lifecycle/harness.js';
import { addressCases } from './address_cases.js';
import { alikeCases } from './alike_cases.js';
import { bodyCases } from './body_cases.js';
import { codeCases } from './code_cases.js';
import { codeRuleCases } from './code_rule_cases.js';
import { commandCases } from './command_cases.js';
import { deliveryCases } from './delivery_cases.js';
import { inviteCases } from './invite_cases.js';
import { killCases } from './kill_cases.js';
import { limitCases } from './limit_cases.js';
import { discreet } from './login_server.js';
import { openapiCases } from './openapi_cases.js';
import { postgresqlCases } from './postgresql_cases.js';
import { refreshCases } from './refresh_cases.js';
import { sessionCases } from './session_cases.js';
import { settingCases } from './setting_cases.js';
import { sickCases } from './sick_cases.js';
import { underWayCases } from './under_way_cases.js';
import { userCases } from './user_cases.js';

// Those that wait come first, so that the others run meanwhile.
const cases = [
  ...postgresqlCases,
  ...sickCases,
  ...deliveryCases,
  ...killCases,
  ...underWayCases,
  ...codeRuleCases,
  ...codeCases,
  ...bodyCases,
  ...addressCases,
  ...limitCases,
  ...alikeCases,
  ...refreshCases,
  ...sessionCases,
  ...inviteCases,
  ...userCases,
  ...openapiCases,
  ...commandCases,
  ...settingCases,
];
await runLifecycle(discreet(cases), 'login');
