// What connections cost that say nothing: memory, and whether the server sleeps.
import { execFileSync } from 'node:child_process';

import { start } from './servers.mjs';
import { table } from './report.mjs';

const WATCH_MS = 10_000;
const BYTES_MAX = 1700;
const SWITCHES_MAX = 20;

export const idle = {
  names: ['idle'],

  async run(bench, report) {
    const bytes = {};
    for (const name of Object.keys(bench.kinds)) {
      const connections = bench.sizes.idle[name] ?? bench.sizes.idle.ours;
      bench.progress(`${connections} idle connections: ${name}`);
      const result = await crowd(bench, name, connections, name === 'ours' ? WATCH_MS : 0);
      bytes[name] = (result.resident_after - result.resident_before) / result.connections;
      if (name !== 'ours') continue;
      const what = `memory per idle authenticated connection at ${connections}, bytes`;
      report.judge({ name: 'idle', what, value: bytes.ours, atMost: BYTES_MAX, digits: 0 });
      report.judge({
        name: 'idle',
        what: `voluntary context switches in ${WATCH_MS / 1000} s at ${connections} idle connections`,
        value: result.voluntary_switches,
        atMost: SWITCHES_MAX,
        digits: 0,
      });
    }
    report.figure({ what: 'resident bytes per idle connection', cells: bytes, digits: 0 });
    report.note(whatTheBytesAre(bench, bytes.ours));
  },
};

async function crowd(bench, name, connections, watchMs) {
  const server = await start(name, bench.kinds, bench.cores.server);
  try {
    return await bench.generator.run('idle', server, { connections, 'in-flight': 32, 'duration-ms': watchMs });
  } finally {
    await server.stop();
  }
}

// The program that knows prints lines of "bytes <tab> what".
function whatTheBytesAre(bench, measured) {
  const lines = execFileSync(`${bench.instruments}/idle_bytes`, { encoding: 'utf8' }).trim().split('\n');
  const rows = lines.map((line) => line.split('\t'));
  const sum = rows.reduce((total, [bytes]) => total + Number(bytes), 0);
  rows.push([String(sum), '**sum**'], [measured.toFixed(0), '**measured**: resident memory, so with what the allocator and growing arrays keep in hand']);
  return `## What the bytes of an idle connection are\n\n${table(['bytes', 'what'], rows)}`;
}
