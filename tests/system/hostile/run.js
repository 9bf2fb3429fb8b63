// The hostile suite: what an attacker, a broken client or a sick machine does, seen from outside. After each case the
// process lives, the bystander is unhurt and the log holds no secret (../suite.js looks). `--only REGEX` picks cases by
// name, `--verbose` prints each with its time, `--sanitized` leaves out what a sanitizer's own needs would decide.
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

/// With AddressSanitizer freed memory stays resident (its quarantine), and UBSan's look at a vtable needs two descriptors.
const notUnderSanitizers = new Set([
  'does not let ten clients that do not read slow an unrelated call',
  'does not let a client that never reads its HTTP answers fill the memory',
  'does not let a client that never reads its pongs fill the memory',
  'stays calm when accept fails for want of a descriptor',
]);

function casesFor(argv, cases) {
  if (!argv.includes('--sanitized')) return cases;
  const left = cases.filter(({ name }) => !notUnderSanitizers.has(name));
  if (left.length !== cases.length - notUnderSanitizers.size) throw new Error('a case to be left out is not there');
  return left;
}

await runSuite('hostile', {
  servers: {
    default: {},
    hasty: { env: { ZVONOK_LIMITS_REQUEST_HEAD_S: 2, ZVONOK_LIMITS_REQUEST_BODY_S: 1, ZVONOK_LIMITS_KEEP_ALIVE_S: 1 } },
    ...originServers,
    ...tokenServers,
    ...tlsServers(),
  },
  cases: casesFor(process.argv, [
    ...httpCases,
    ...tokenCases,
    ...messageCases,
    ...callCases,
    ...originCases,
    ...tlsCases,
    ...resourceCases,
    ...addressCases,
    ...processCases,
  ]),
});
