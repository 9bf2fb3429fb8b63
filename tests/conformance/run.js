// Runs the conformance suite.
//   node tests/conformance/run.js               against build/zvonok (or ZVONOK_BINARY, ZVONOK_TARGET_CMD)
//   node tests/conformance/run.js --reference   against reference.js, without the cases marked `ours`
//   node tests/conformance/run.js --faults      each faulty variant of the reference must fail a case
//   node tests/conformance/run.js --list        the cases as JSON (for tools/check_coverage.py)
// Further options: --grep TEXT (cases whose name has it), --parallel N, --verbose.
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { runFaults } from './faults/run.js';
import { runCases } from './harness.js';
import { cases } from './suite.js';
import { defaultTarget } from '../lib/server.js';

const { values: options } = parseArgs({
  options: {
    reference: { type: 'boolean' },
    faults: { type: 'boolean' },
    list: { type: 'boolean' },
    verbose: { type: 'boolean' },
    grep: { type: 'string' },
    parallel: { type: 'string', default: '6' },
  },
});

const began = performance.now();

if (options.list) {
  console.log(JSON.stringify(cases.map(({ name, rows, ours }) => ({ name, rows, ours })), null, 1));
} else if (options.faults) {
  const { found, missed } = await runFaults(cases.filter(({ ours }) => !ours), options.grep);
  finish('conformance-faults', found, missed);
} else {
  const target = options.reference ? [process.execPath, join(import.meta.dirname, 'reference.js')] : defaultTarget();
  const asked = cases.filter(({ name }) => name.includes(options.grep ?? ''));
  const list = asked.filter(({ ours }) => !(ours && options.reference));
  const report = (name, error, ms) => options.verbose && console.log(`${error ? 'failed' : 'passed'}  ${name} (${ms.toFixed(0)} ms)`);
  const { passed, failed } = await runCases(list, { target, parallel: Number(options.parallel), report });
  for (const { name, error } of failed) console.log(`FAILED  ${name}\n        ${String(error.stack).replaceAll('\n', '\n        ')}`);
  if (options.reference) console.log(`${asked.length - list.length} cases marked \`ours\` are left out`);
  finish('conformance', passed, failed.length);
}

function finish(suite, passed, failed) {
  console.log(`took ${((performance.now() - began) / 1000).toFixed(1)} s`);
  console.log(`${suite}: ${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
