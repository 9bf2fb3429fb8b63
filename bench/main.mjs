// Runs the bench and prints its tables: bench/README.md says what is measured and why so. Started by bench/run.sh.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { Generator } from './lib/generator.mjs';
import { describeMachine, twoCores } from './lib/machine.mjs';
import { MEASUREMENTS } from './lib/measurements.mjs';
import { Report } from './lib/report.mjs';
import { serverKinds } from './lib/servers.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    binary: { type: 'string' },
    ours: { type: 'string' },
    instruments: { type: 'string' },
    results: { type: 'string' },
  },
});

const full = {
  rounds: 9,
  relay: { pairs: 64, 'warm-up-ms': 400, 'duration-ms': 800 },
  handshakes: { connections: 6000, 'in-flight': 32, 'warm-up-ms': 1000, 'duration-ms': 1000 },
  latency: { pairs: 64, bytes: 200, rate: 2000, 'warm-up-ms': 1000, 'duration-ms': 5000 },
  idle: { ours: 15_000, Node: 15_000, bare: 15_000 },
  traced: ['Node', 'ours', 'other', 'bare'],
  starts: 5,
  turns: { rounds: 5, megabytes: 200 },
};
const quick = {
  rounds: 3,
  relay: { pairs: 64, 'warm-up-ms': 200, 'duration-ms': 300 },
  handshakes: { connections: 2000, 'in-flight': 32, 'warm-up-ms': 200, 'duration-ms': 400 },
  latency: { pairs: 64, bytes: 200, rate: 2000, 'warm-up-ms': 300, 'duration-ms': 1000 },
  idle: { ours: 15_000, Node: 2_000, bare: 15_000 },
  traced: ['ours'],
  starts: 1,
  turns: { rounds: 1, megabytes: 20 },
};

const names = MEASUREMENTS.flatMap((measurement) => measurement.names);
if (options.only && !names.includes(options.only)) {
  console.error(`bench: --only takes one of ${names.join(', ')}`);
  process.exit(2);
}

const cores = twoCores();
const bench = {
  sizes: options.quick ? quick : full,
  cores,
  instruments: options.instruments,
  kinds: serverKinds({ ours: options.ours, other: options.binary, bare: `${options.instruments}/bare_relay` }),
  generator: new Generator(`${options.instruments}/generator`, cores.generator),
  progress: (text) => process.stderr.write(`-- ${text}\n`),
};

const command = ['./dev bench', options.quick && '--quick', options.only && `--only ${options.only}`, options.binary && '--binary OTHER'];
const report = new Report({ command: command.filter(Boolean).join(' '), machine: describeMachine(cores) });
for (const measurement of MEASUREMENTS) {
  const wanted = measurement.names.filter((name) => !options.only || name === options.only);
  if (wanted.length === 0) continue;
  try {
    await measurement.run(bench, report, wanted);
  } catch (error) {
    // A row that could not be measured is a row that is missed; the others are still worth having.
    report.broken(wanted.join(', '), error);
  }
}
console.log(report.text());
if (options.results) writeFileSync(options.results, report.text());
process.exit(report.failed() ? 1 : 0);
