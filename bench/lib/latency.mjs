// Latency at a fixed rate. Printed and not judged: on two shared cores it says as much about the neighbours as about us.
import { start } from './servers.mjs';

export const latency = {
  names: ['latency'],

  async run(bench, report) {
    const p50 = {};
    const p99 = {};
    for (const name of Object.keys(bench.kinds)) {
      bench.progress(`latency: ${name}`);
      const server = await start(name, bench.kinds, bench.cores.server);
      try {
        const result = await bench.generator.run('latency', server, bench.sizes.latency);
        p50[name] = result.p50_ns / 1000;
        p99[name] = result.p99_ns / 1000;
      } finally {
        await server.stop();
      }
    }
    const rate = `${bench.sizes.latency.rate} messages/s`;
    report.figure({ what: `latency at ${rate}, p50, µs`, cells: p50, digits: 0 });
    report.figure({ what: `latency at ${rate}, p99, µs`, cells: p99, digits: 0 });
  },
};
