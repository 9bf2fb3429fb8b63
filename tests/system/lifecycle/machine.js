// What a case may need of the machine beside the server, and how it is found out. Everything here is tried, not guessed
// from versions: a container may have the program and lack the right.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

import { postgresqlPrograms } from '../../lib/postgresql.js';

const succeeds = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/// Where Debian keeps libfaketime depends on the architecture. Undefined: it is not installed. Of its two builds the one
/// for programs with threads: in the other, threads that look at the clock at once see it without its offset now and then.
export const faketimeLibrary = readdirSync('/usr/lib', { withFileTypes: true })
  .map(({ name }) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));

/// Need → why this machine does not meet it, or undefined.
const kNeeds = {
  network: () =>
    succeeds('unshare', '--net', 'sh', '-c', 'ip link set lo up && ip addr add 10.9.8.7/24 dev lo')
      ? undefined
      : 'no network namespace can be made here (root and iproute2 are needed)',
  nftables: () => (succeeds('unshare', '--net', 'nft', 'list', 'ruleset') ? undefined : 'nft does not work here (root and nftables are needed)'),
  processes: () =>
    succeeds('unshare', '--pid', '--fork', '--mount-proc', 'true')
      ? undefined
      : 'no process namespace can be made here (root is needed)',
  faketime: () => (faketimeLibrary ? undefined : 'libfaketime is not installed (Debian package faketime)'),
  compiler: () => (succeeds('cc', '--version') ? undefined : 'there is no C compiler'),
  postgresql: () => (postgresqlPrograms() ? undefined : 'PostgreSQL is not installed (Debian package postgresql)'),
  root: () => (process.getuid() === 0 ? undefined : 'only root can become somebody else'),
};

const answers = new Map();

/// The first reason against running a case with these needs.
export function reasonAgainst(needs) {
  for (const need of needs) {
    if (!(need in kNeeds)) throw new Error(`no such need: ${need}`);
    if (!answers.has(need)) answers.set(need, kNeeds[need]());
    if (answers.get(need)) return answers.get(need);
  }
  return undefined;
}
