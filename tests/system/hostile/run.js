// The hostile suite: what an attacker, a broken client or a sick machine does, seen from outside. After each case the
// process lives, the bystander is unhurt and the log holds no secret (../suite.js looks). `--only REGEX` picks cases by
// name, `--verbose` prints each with its time.
import { runSuite } from '../suite.js';
import { addressCases } from './address_cases.js';
import { callCases } from './call_cases.js';
import { httpCases } from './http_cases.js';
import { messageCases } from './message_cases.js';
import { originCases, originServers } from './origin_cases.js';
import { processCases } from './process_cases.js';
import { resourceCases } from './resource_cases.js';
import { tlsCases, tlsServers } from './tls_cases.js';
import { tokenCases, tokenServers } from './token_cases.js';

await runSuite('hostile', {
  servers: {
    default: {},
    hasty: { env: { ZVONOK_LIMITS_REQUEST_HEAD_S: 2, ZVONOK_LIMITS_REQUEST_BODY_S: 1, ZVONOK_LIMITS_KEEP_ALIVE_S: 1 } },
    ...originServers,
    ...tokenServers,
    ...tlsServers(),
  },
  cases: [
    ...httpCases,
    ...tokenCases,
    ...messageCases,
    ...callCases,
    ...originCases,
    ...tlsCases,
    ...resourceCases,
    ...addressCases,
    ...processCases,
  ],
});
