// A PostgreSQL of the test's own: in a temporary folder, on a unix socket alone, as a user of its own, since it refuses
// to run as root. Ended by its pid.
import { execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { eventually } from './watch.js';

const START_MAX_MS = 30_000;
const ROOT = '/usr/lib/postgresql'; // where Debian puts each version

const isRoot = process.getuid() === 0;
/// Other cases are timed meanwhile, so nothing here stops this process.
const run = promisify(execFile);

/// The newest version's programs, or undefined.
export function postgresqlPrograms() {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(ROOT, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/// PostgreSQL's package makes this user; another one would do.
function owner() {
  if (!isRoot) return undefined;
  const [, , uid, gid] = readFileSync('/etc/passwd', 'utf8').match(/^postgres:.*$/m)[0].split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

export class PostgreSql {
  static async start() {
    const server = new PostgreSql();
    await run(join(server.bin, 'initdb'), ['-A', 'trust', '-U', 'tests', '--no-sync', '-D', join(server.folder, 'data')], {
      ...server.as,
      cwd: server.folder,
    });
    await server.again();
    return server;
  }

  constructor() {
    this.bin = postgresqlPrograms();
    this.as = owner();
    this.folder = mkdtempSync(join(tmpdir(), 'zvonok-postgresql-'));
    if (this.as) chownSync(this.folder, this.as.uid, this.as.gid);
  }

  get url() {
    return `postgresql://tests@/postgres?host=${this.folder}`;
  }

  /// Starts it, or starts it anew on the same data.
  async again() {
    const settings = ['listen_addresses=', `unix_socket_directories=${this.folder}`, 'fsync=on'].flatMap((setting) => ['-c', setting]);
    this.child = spawn(join(this.bin, 'postgres'), ['-D', join(this.folder, 'data'), ...settings], { ...this.as, cwd: this.folder, stdio: 'ignore' });
    this.ended = new Promise((done) => this.child.once('close', done));
    await eventually('PostgreSQL answers', async () => (await this.query('SELECT 1')) === '1', START_MAX_MS);
  }

  /// The rows as psql prints them, without decoration; undefined: it does not answer.
  async query(statement) {
    const args = ['-h', this.folder, '-U', 'tests', '-d', 'postgres', '-At', '-c', statement];
    return run(join(this.bin, 'psql'), args, { cwd: this.folder }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
  }

  /// Rejects unless PostgreSQL's own check finds its tables and indexes whole.
  async checkIntegrity() {
    const args = ['-h', this.folder, '-U', 'tests', '-d', 'postgres', '--install-missing', '--heapallindexed'];
    await run(join(this.bin, 'pg_amcheck'), args, { cwd: this.folder });
  }

  /// SIGINT ends it and all its connections at once; SIGQUIT as a crash would.
  async stop(signal = 'SIGINT') {
    this.child.kill(signal);
    await this.ended;
  }

  async close() {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.stop('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
