// Calls between real browsers through the page at `/`. Two cases at a time: one waits while the other one's pages work; with
// more the pictures would have to share the cores, and come late.
//   node tests/e2e/run.js                       every case, against the built server in dev mode
//   node tests/e2e/run.js --core                the one that says most in the least time
//   node tests/e2e/run.js --only decline        the cases whose name has this word
//   node tests/e2e/run.js --base-url URL        the main calls through whatever stands at URL (a proxy in front of a
//                                               server that was started with the tests' secret, or JWT_SECRET)
import { parseArgs } from 'node:util';

import { startServer } from '../lib/server.js';
import { within } from '../lib/within.js';
import { Stage, launch } from './stage.js';

const CASE_MAX_MS = 120_000;
const LANES = 2;
const FILES = ['calls', 'answers', 'media', 'sound', 'login', 'session', 'lifecycle', 'connection', 'relay', 'accessible', 'alone'];

const { values: options } = parseArgs({ options: { only: { type: 'string' }, core: { type: 'boolean' }, 'base-url': { type: 'string' } } });

const modules = await Promise.all(FILES.map((name) => import(`./cases/${name}.js`)));
const cases = modules
  .flatMap((module) => module.cases)
  .filter(({ core }) => core || !options.core)
  .filter(({ anywhere }) => anywhere || !options['base-url'])
  .filter(({ name }) => !options.only || name.includes(options.only));

const browser = await launch();

let passed = 0;
const failures = [];
const left = [...cases];
await Promise.all(Array.from({ length: LANES }, async () => {
  for (let next; (next = left.shift()); ) await perform(next);
}));

await browser.close();
for (const name of failures) console.log(`failed: ${name}`);
console.log(`browser calls: ${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 || passed === 0 ? 1 : 0);

async function perform({ name, run, env }) {
  const start = performance.now();
  const stage = new Stage(browser);
  try {
    // Each case has a server of its own, so that no case inherits what another used up of its limits.
    if (options['base-url']) stage.url = options['base-url'].replace(/\/$/, '');
    else stage.useServer(await startServer({ args: ['--dev'], env: await env?.() }));
    await within(CASE_MAX_MS, run(stage));
    stage.checkNoComplaints();
    await stage.clear();
    ++passed;
    console.log(`ok    ${name} (${Math.round(performance.now() - start)} ms)`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL  ${name}\n${String(error.stack ?? error).replace(/^/gm, '      ')}`);
    await stage.describe();
    await stage.clear().catch((clearing) => console.log(`      ${clearing.message}`));
  }
}
