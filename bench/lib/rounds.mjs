// What is compared between servers: in each round every load is put on every server in turn, seconds apart, so that
// whatever else the machine does falls on all of them. A ratio is taken within a round; the median is taken over rounds.
import { start } from './servers.mjs';
import { spread, median } from './statistics.mjs';

const LOADS = {
  one: { load: 'relay', options: { bytes: 200, burst: 1 }, what: 'CPU µs per message, 64 pairs × 200 B, one at a time' },
  burst: { load: 'relay', options: { bytes: 200, burst: 8 }, what: 'CPU µs per message, 64 pairs × 200 B, bursts of 8' },
  large: { load: 'relay', options: { bytes: 4096, burst: 1 }, what: 'CPU µs per message, 64 pairs × 4 KB, one at a time' },
  handshakes: { load: 'handshakes', options: {}, what: 'CPU µs per authenticated handshake' },
};

const TARGETS = [
  { name: 'one', over: ['Node', 'ours'], what: 'CPU per message, Node / ours: 200 B one at a time', atLeast: 1.8 },
  { name: 'burst', over: ['Node', 'ours'], what: 'CPU per message, Node / ours: 200 B in bursts of 8', atLeast: 10 },
  { name: 'one', over: ['ours', 'bare'], what: 'CPU per message, ours / bare: 200 B one at a time', atMost: 1.45 },
  { name: 'burst', over: ['ours', 'bare'], what: 'CPU per message, ours / bare: 200 B in bursts of 8', atMost: 1.7 },
  { name: 'large', over: ['ours', 'bare'], what: 'CPU per message, ours / bare: 4 KB one at a time', atMost: 1.9 },
  { name: 'handshakes', over: ['Node', 'ours'], what: 'handshakes per CPU second, ours / Node', atLeast: 8 },
];

export const rounds = {
  names: Object.keys(LOADS),

  async run(bench, report, wanted) {
    const costs = {}; // load -> server -> one number per round
    for (let round = 1; round <= bench.sizes.rounds; ++round) {
      bench.progress(`round ${round} of ${bench.sizes.rounds}`);
      await oneRound(bench, wanted, round, costs);
    }
    for (const name of wanted) {
      const cells = Object.fromEntries(Object.entries(costs[name]).map(([server, values]) => [server, median(values)]));
      report.figure({ what: LOADS[name].what, cells });
      if (costs[name].other) {
        const { median: value, least, most } = ratios(costs[name], 'ours', 'other');
        report.figure({ what: '… ours / other', cells: { ours: `${value.toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)})` } });
      }
    }
    for (const { name, over, ...target } of TARGETS.filter((target) => wanted.includes(target.name))) {
      const range = ratios(costs[name], ...over);
      report.judge({ name, ...target, value: range.median, range });
    }
  },
};

function ratios(costs, above, below) {
  return spread(costs[above].map((cost, round) => cost / costs[below][round]));
}

// Servers are new in each round: where a process happens to lie in memory is worth a per cent or two.
async function oneRound(bench, wanted, round, costs) {
  const servers = [];
  try {
    for (const name of Object.keys(bench.kinds)) servers.push(await start(name, bench.kinds, bench.cores.server));
    for (const name of wanted) {
      costs[name] ??= {};
      for (const server of rotated(servers, round)) {
        const { load, options } = LOADS[name];
        if (load === 'handshakes' && server.raw) continue;
        const result = await bench.generator.run(load, server, { ...bench.sizes[load], ...options });
        (costs[name][server.name] ??= []).push(result.cpu_ns / 1000 / (result.messages ?? result.handshakes));
      }
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function rotated(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
