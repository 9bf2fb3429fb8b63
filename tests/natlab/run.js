// The NAT lab: calls between browsers behind routers of all kinds, through the page and the relay of our own.
//   node tests/natlab/run.js                 every case, and a table of what was measured
//   node tests/natlab/run.js --core          the one that says most in the least time
//   node tests/natlab/run.js --only IPv6     the cases whose name has this text
// Where namespaces with NAT cannot be made (no root, a kernel or container without them) it skips all and says why.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { CHROMIUM } from '../e2e/stage.js';
import { within } from '../lib/within.js';
import { cases as clientCases } from './cases/clients.js';
import { cases as natCases } from './cases/nat.js';
import { cases as relayCases } from './cases/relay.js';
import { Lab } from './lab.js';
import { clearLeftovers, reasonAgainst } from './net.js';
import { table } from './table.js';

const CASE_MAX_MS = 120_000;

const { values: options } = parseArgs({ options: { only: { type: 'string' }, core: { type: 'boolean' } } });
const cases = [...natCases, ...relayCases, ...clientCases]
  .filter(({ core }) => core || !options.core)
  .filter(({ name }) => !options.only || name.includes(options.only));

if (!existsSync(CHROMIUM)) throw new Error(`no browser at ${CHROMIUM} (apt-get install chromium, or set CHROMIUM)`);
const reason = reasonAgainst();
if (reason) {
  for (const { name } of cases) console.log(`skip  ${name}: ${reason}`);
  console.log(`natlab: 0 passed, 0 failed, ${cases.length} skipped`);
  process.exit(0);
}
clearLeftovers();

const start = performance.now();
const rows = [];
const failures = [];
for (const { name, shape, run } of cases) {
  const begun = performance.now();
  let lab;
  try {
    lab = await Lab.open(shape);
    const measured = await within(CASE_MAX_MS, run(lab));
    lab.checkNoComplaints();
    await lab.clear();
    if (measured) rows.push({ name, ...measured });
    console.log(`ok    ${name} (${Math.round(performance.now() - begun)} ms)`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL  ${name}\n${String(error.stack ?? error).replace(/^/gm, '      ')}`);
    await lab?.describe();
    await lab?.clear().catch((clearing) => console.log(`      ${clearing.message}`));
  }
}

if (rows.length > 0) console.log(`\n${table(rows)}\n`);
console.log(`natlab took ${((performance.now() - start) / 1000).toFixed(1)} s`);
for (const name of failures) console.log(`failed: ${name}`);
console.log(`natlab: ${cases.length - failures.length} passed, ${failures.length} failed`);
process.exit(failures.length > 0 || cases.length === 0 ? 1 : 0);
