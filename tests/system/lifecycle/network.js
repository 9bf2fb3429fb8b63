// A network namespace of a case's own: nobody else has a port there, addresses can be added, and IPv6 taken away. It
// lives as long as its keeper, a process that sleeps in it; servers are started inside, and `ask` sends requests from
// inside, by an agent that is started when the first is asked.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const kAgent = join(dirname(fileURLToPath(import.meta.url)), 'network_agent.js');

const keepers = new Set();
process.on('exit', () => {
  for (const keeper of keepers) keeper.kill('SIGKILL');
});

export class Network {
  /// `hosts`: a file that is /etc/hosts inside; names are looked up there and nowhere else.
  static create(setup = '', { hosts } = {}) {
    const names = hosts ? `mount --bind ${hosts} /etc/hosts; mount --bind /dev/null /etc/resolv.conf;` : '';
    const script = `set -e; ip link set lo up; ${names} ${setup}\necho ready; exec sleep infinity`;
    const namespaces = hosts ? ['--net', '--mount'] : ['--net'];
    const keeper = spawn('unshare', [...namespaces, 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    return new Promise((resolve, reject) => {
      const read = (chunk) => {
        said += chunk;
        if (/^ready$/m.test(said)) resolve(new Network(keeper, hosts !== undefined));
      };
      for (const stream of [keeper.stdout, keeper.stderr]) stream.setEncoding('utf8').on('data', read);
      keeper.once('close', () => reject(new Error(`the network cannot be made: ${said}`)));
    });
  }

  constructor(keeper, hasNames) {
    this.keeper = keeper;
    this.hasNames = hasNames;
    keepers.add(keeper);
  }

  /// `command` as it is run inside. It keeps its process id, since nsenter becomes it.
  inside(command) {
    // Its own root again, since a mount namespace is entered at the machine's: this one may be in a folder (chroot).
    const names = this.hasNames ? ['--mount', '--root'] : [];
    return ['nsenter', `--target=${this.keeper.pid}`, '--net', ...names, ...command];
  }

  /// Sends each request of the list from inside, one after the other; see network_agent.js for what they are.
  ask(...requests) {
    this.agent ??= this.#startAgent();
    return new Promise((resolve, reject) => {
      this.agent.stdin.write(`${JSON.stringify(requests)}\n`);
      this.agent.lines.once('line', (line) => resolve(JSON.parse(line)));
      this.agent.once('close', () => reject(new Error('the agent in the network has ended')));
    });
  }

  #startAgent() {
    const [program, ...args] = this.inside([process.execPath, kAgent]);
    const agent = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    agent.lines = createInterface({ input: agent.stdout });
    return agent;
  }

  end() {
    this.agent?.stdin.end();
    keepers.delete(this.keeper);
    this.keeper.kill('SIGKILL');
  }
}
