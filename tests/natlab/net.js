// Network namespaces of this run, and the wires between them. Nothing of it is seen by the machine's own network: a
// pair of interfaces is born inside the two namespaces that it joins.
// Surprising: the commands are synchronous, so that an exit handler can take everything down, too.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'zvonok-lab-'; // Then the process of the run, then what the namespace is.
const RESOLVERS = '/etc/netns'; // What `ip netns exec` lays over /etc, a folder for each namespace.

// Nobody answers there, at once: a resolver that cannot be reached would cost a browser seconds for each call.
const NO_RESOLVER = 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n';

const live = new Set();
process.on('exit', () => {
  for (const network of live) network.end();
});

export class Network {
  constructor() {
    this.prefix = `${PREFIX}${process.pid}-`;
    this.folder = mkdtempSync(join(tmpdir(), this.prefix));
    this.names = [];
    live.add(this);
  }

  /** A new namespace; `script` for sh runs in it. */
  add(name, script = '', { resolver = NO_RESOLVER } = {}) {
    run(['ip', 'netns', 'add', this.prefix + name]);
    this.names.push(name);
    mkdirSync(join(RESOLVERS, this.prefix + name), { recursive: true });
    writeFileSync(join(RESOLVERS, this.prefix + name, 'resolv.conf'), resolver);
    this.in(name, `ip link set lo up\n${script}`);
  }

  /** A wire between two namespaces; each end is [namespace, interface, addresses…]. */
  join([one, oneEnd, ...oneAddresses], [other, otherEnd, ...otherAddresses]) {
    const [from, to] = [one, other].map((name) => this.prefix + name);
    run(['ip', 'link', 'add', oneEnd, 'netns', from, 'type', 'veth', 'peer', 'name', otherEnd, 'netns', to]);
    this.in(one, plugIn(oneEnd, oneAddresses));
    this.in(other, plugIn(otherEnd, otherAddresses));
  }

  /** Runs a script for sh in a namespace. */
  in(name, script) {
    return run(this.inside(name, ['sh', '-e']), script);
  }

  /** `command` as it is run inside. It keeps its process id, since ip becomes it. */
  inside(name, command) {
    return ['ip', 'netns', 'exec', this.prefix + name, ...command];
  }

  /** A program that is `program` inside, for those who take a path only. */
  wrapper(name, program) {
    const path = join(this.folder, `${name}.sh`);
    writeFileSync(path, `#!/bin/sh\nexec ${this.inside(name, [program]).join(' ')} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  end() {
    for (const name of this.names.splice(0)) remove(this.prefix + name);
    rmSync(this.folder, { recursive: true, force: true });
    live.delete(this);
  }
}

/** What runs that were killed have left behind; a run that is alive keeps its own. */
export function clearLeftovers() {
  const abandoned = (name) => {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !isRun(pid);
  };
  for (const name of [...list('/run/netns'), ...list(RESOLVERS)].filter(abandoned)) remove(name);
  for (const name of list(tmpdir()).filter(abandoned)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
}

/** Why no lab can be built here, or undefined. It is tried, since a container may have the programs and lack the right. */
export function reasonAgainst() {
  const network = new Network();
  try {
    network.add('a', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
    network.add('b');
    network.join(['a', 'x', '192.168.1.1/24'], ['b', 'x', '192.168.1.2/24']);
    network.in('a', "nft 'add table ip t; add chain ip t c { type nat hook postrouting priority 100; }; add rule ip t c masquerade fully-random'");
    return undefined;
  } catch (error) {
    return `network namespaces with NAT cannot be made here: ${error.message}`;
  } finally {
    network.end();
  }
}

// Without duplicate address detection, which would keep an IPv6 address from being used for a second; also of the one that the
// kernel makes by itself: when that comes into use, a browser breaks off what it is loading.
const plugIn = (end, addresses) =>
  [
    `echo 0 > /proc/sys/net/ipv6/conf/${end}/accept_dad`,
    ...addresses.map((address) => `ip addr add ${address} dev ${end}${address.includes(':') ? ' nodad' : ''}`),
    `ip link set ${end} up`,
  ].join('\n');

function run([program, ...args], input = '') {
  const { status, stderr, stdout, error } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`${[program, ...args].join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

function remove(name) {
  // All that runs inside was started there by a run of ours.
  const { stdout = '' } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  for (const pid of stdout.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  spawnSync('ip', ['netns', 'delete', name]);
  rmSync(join(RESOLVERS, name), { recursive: true, force: true });
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Nobody has made it yet.
  }
}

// A process id alone says little: it may be somebody else's by now.
function isRun(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('natlab');
  } catch {
    return false;
  }
}
