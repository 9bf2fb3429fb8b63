// A network namespace of a case's own: nobody else has a port there, addresses can be added, and IPv6 taken away. It lives
// as long as its keeper, a process that sleeps in it; servers are started inside, and `ask` sends requests from inside.
import { execFile, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kProbe = join(dirname(fileURLToPath(import.meta.url)), 'network_probe.js');
const kAskMs = 60_000;

export class Network {
  static create(setup = '') {
    const script = `set -e; ip link set lo up; ${setup}\necho ready; exec sleep infinity`;
    const keeper = spawn('unshare', ['--net', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    return new Promise((resolve, reject) => {
      const read = (chunk) => {
        said += chunk;
        if (/^ready$/m.test(said)) resolve(new Network(keeper));
      };
      for (const stream of [keeper.stdout, keeper.stderr]) stream.setEncoding('utf8').on('data', read);
      keeper.once('close', () => reject(new Error(`the network cannot be made: ${said}`)));
    });
  }

  constructor(keeper) {
    this.keeper = keeper;
    process.on('exit', () => keeper.kill('SIGKILL'));
  }

  /// `command` as it is run inside. It keeps its process id, since nsenter becomes it.
  inside(command) {
    return ['nsenter', `--net=/proc/${this.keeper.pid}/ns/net`, ...command];
  }

  /// Sends each request of the list from inside, one after the other; see network_probe.js for what they are.
  ask(...requests) {
    const [program, ...args] = this.inside([process.execPath, kProbe, JSON.stringify(requests)]);
    return new Promise((resolve, reject) => {
      execFile(program, args, { timeout: kAskMs }, (error, out) => (error ? reject(error) : resolve(JSON.parse(out))));
    });
  }

  end() {
    this.keeper.kill('SIGKILL');
  }
}
