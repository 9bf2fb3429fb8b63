// How long a server takes from its start to the line that says that it listens, and what it holds when it has.
import { residentBytes, start } from './servers.mjs';
import { median } from './statistics.mjs';

export const startup = {
  names: ['start'],

  async run(bench, report) {
    bench.progress('starts');
    const took = {};
    const resident = {};
    for (let i = 0; i < bench.sizes.starts; ++i) {
      for (const name of Object.keys(bench.kinds)) {
        const server = await start(name, bench.kinds, bench.cores.server);
        (took[name] ??= []).push(server.startMs);
        (resident[name] ??= []).push(residentBytes(server.pid) / 2 ** 20);
        await server.stop();
      }
    }
    report.figure({ what: 'start, ms until it listens', cells: medians(took), digits: 0 });
    report.figure({ what: 'resident memory after the start, MiB', cells: medians(resident), digits: 1 });
  },
};

function medians(byServer) {
  return Object.fromEntries(Object.entries(byServer).map(([name, values]) => [name, median(values)]));
}
