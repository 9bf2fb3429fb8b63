// System calls per relayed message, counted by strace. It slows the server down a lot, so these are counts and no times.
import { start } from './servers.mjs';

const WAYS = [
  { burst: 1, what: 'one at a time', atMost: 3.2 },
  { burst: 8, what: 'bursts of 8', atMost: 0.5 },
];

export const syscalls = {
  names: ['syscalls'],

  async run(bench, report) {
    for (const { burst, what, atMost } of WAYS) {
      const cells = {};
      let ours;
      for (const name of Object.keys(bench.kinds).filter((kind) => bench.sizes.traced.includes(kind))) {
        bench.progress(`system calls, ${what}: ${name}`);
        const { messages, calls } = await count(bench, name, burst);
        cells[name] = [...calls.values()].reduce((total, number) => total + number, 0) / messages;
        if (name === 'ours') ours = shares(calls, messages);
      }
      report.judge({ name: 'syscalls', what: `system calls per message, ${what}`, value: cells.ours, atMost });
      report.figure({ what: `system calls per message, ${what}`, cells });
      report.figure({ what: '… of which', cells: { ours } });
    }
  },
};

async function count(bench, name, burst) {
  const server = await start(name, bench.kinds, bench.cores.server);
  try {
    return await bench.generator.countSystemCalls(server, { ...bench.sizes.relay, bytes: 200, burst });
  } finally {
    await server.stop();
  }
}

function shares(calls, messages) {
  const often = [...calls].filter(([, number]) => number / messages >= 0.005);
  return often.map(([name, number]) => `${name} ${(number / messages).toFixed(2)}`).join(', ');
}
