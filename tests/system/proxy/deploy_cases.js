// What the programs themselves say about the files of deploy/: nginx, Caddy, systemd and bash. And whether the system
// calls that the unit forbids are really never made.
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defaultTarget, freePort, startServer } from '../../lib/server.js';
import { layOutNginx } from './proxies.js';
import { callThrough, hangUp } from './site_cases.js';
import { deployFile, kRoot, nginxSite, replace } from './sites.js';

const kExposureMax = 3.0;
const own = (name, run) => ({ name, server: null, run });

async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'zvonok-deploy-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/// Output of both kinds; fails, with it, unless the program ends with 0.
function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env: process.env });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${error ?? ''}${stdout}${stderr}`);
  return stdout + stderr;
}

const nginxAccepts = ['zvonok.conf', 'beside-backend.conf'].map((name) =>
  own(`nginx -t accepts ${name}, without a warning`, () =>
    inFolder(async (folder) => {
      const upstreams = name === 'zvonok.conf' ? { 3001: 3001 } : { 3001: 3001, 3002: 3002 };
      const ports = { port: await freePort(), plainPort: await freePort() };
      const { command } = layOutNginx(folder, nginxSite(name, { upstreams }), ports);
      const output = run(command[0], '-t', '-q', ...command.slice(1));
      assert.equal(output, '');
    }),
  ),
);

/// systemd looks whether the program is there: the built one stands for the installed one.
function unitFor(folder) {
  const unit = join(folder, 'zvonok.service');
  writeFileSync(unit, replace(deployFile('zvonok.service'), [['/usr/local/bin/zvonok', defaultTarget()[0]]]));
  return unit;
}

/// The lines of the unit that set `name`, as systemd reads them.
function unitValues(name) {
  const lines = [...deployFile('zvonok.service').matchAll(/^(\w+)=(.*)$/gm)];
  return lines.filter(([, key]) => key === name).map(([, , value]) => value);
}

const systemdCases = [
  own('systemd-analyze verify has nothing to say about zvonok.service', () =>
    inFolder((folder) => assert.equal(run('systemd-analyze', 'verify', unitFor(folder)), '')),
  ),
  own(`systemd-analyze security gives zvonok.service at most ${kExposureMax}`, () =>
    inFolder((folder) => {
      const threshold = `--threshold=${kExposureMax * 10}`;
      const output = run('systemd-analyze', 'security', '--offline=yes', '--no-pager', threshold, unitFor(folder));
      const exposure = Number(/Overall exposure level for zvonok.service: ([\d.]+)/.exec(output)?.[1]);
      assert.ok(exposure > 0 && exposure <= kExposureMax, output);
    }),
  ),
  own('zvonok.service: every variable that it sets is a setting', () => {
    const variables = unitValues('Environment').map((value) => value.split('=')[0]);
    assert.ok(variables.length >= 2);
    const page = readFileSync(join(kRoot, 'docs', 'settings.md'), 'utf8');
    for (const variable of variables) assert.ok(page.includes(`\`${variable}\``), variable);
  }),
];

function callsOf(group, seen = new Map()) {
  if (seen.has(group)) return seen.get(group);
  const lines = execFileSync('systemd-analyze', ['syscall-filter', group], { encoding: 'utf8' }).split('\n').slice(1);
  const names = lines.map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  const calls = new Set();
  seen.set(group, calls);
  for (const name of names) for (const call of name.startsWith('@') ? callsOf(name, seen) : [name]) calls.add(call);
  return calls;
}

/// What SystemCallFilter allows: its lines in order, those with ~ take away.
function allowedCalls() {
  const allowed = new Set();
  for (const line of unitValues('SystemCallFilter')) {
    const names = line.replace(/^~/, '').split(/\s+/);
    for (const call of names.flatMap((name) => (name.startsWith('@') ? [...callsOf(name)] : [name]))) {
      if (line.startsWith('~')) allowed.delete(call);
      else allowed.add(call);
    }
  }
  return allowed;
}

const filterCase = own('zvonok.service forbids no system call that a server with a call makes', async (t) =>
  inFolder(async (folder) => {
    const trace = join(folder, 'trace');
    // -D: the tracer is the child's child, so that signals to the child reach the server.
    const target = ['strace', '-D', '-f', '-qq', '-o', trace, ...defaultTarget()];
    const env = { ZVONOK_ADMIN_LISTEN: `127.0.0.1:${await freePort()}` };
    const server = await startServer({ target, env });
    try {
      process.kill(server.pid, 'SIGHUP');
      await hangUp(await callThrough(t, server));
    } finally {
      await server.stop();
    }
    const calls = readFileSync(trace, 'utf8');
    const made = new Set([...calls.matchAll(/^\d+ +(?:<\.\.\. )?([a-z_0-9]+)[( ]/gm)].map(([, name]) => name));
    for (const call of ['execve', 'epoll_wait', 'listen']) assert.ok(made.has(call), `${call} was not traced`);
    const allowed = allowedCalls();
    if (process.getuid() === 0) allowed.add('fchown'); // SQLite's, as root alone; the service is never root.
    assert.deepEqual([...made].filter((name) => !allowed.has(name)), []);
    const families = new Set([...calls.matchAll(/socket\((AF_\w+)/g)].map(([, family]) => family));
    const permitted = unitValues('RestrictAddressFamilies')[0].split(' ');
    assert.ok(families.has('AF_INET'));
    assert.deepEqual([...families].filter((family) => !permitted.includes(family)), []);
  }),
);

const scripts = () => readdirSync(join(kRoot, 'deploy', 'docker')).map((name) => `deploy/docker/${name}`);

const dockerCases = [
  own('Dockerfile: it names files that exist, and the scripts can be run', () => {
    const text = deployFile('Dockerfile');
    assert.match(text, /^USER 10001:10001$/m);
    const named = text.match(/deploy\/docker\/[\w.]+/g);
    assert.ok(named.length >= 2);
    for (const path of [...named, ...scripts()]) assert.ok(statSync(join(kRoot, path)).mode & 0o100, path);
    const copied = readFileSync(join(kRoot, '.dockerignore'), 'utf8').match(/(?<=^!).*/gm);
    for (const path of copied) assert.ok(existsSync(join(kRoot, path)), `${path}, which .dockerignore lets in`);
  }),
  own("the Dockerfile's scripts are bash without a fault of syntax", () => {
    assert.ok(scripts().length >= 3);
    for (const script of scripts()) run('bash', '-n', join(kRoot, script));
  }),
  own('healthcheck.sh tells a server that runs from one that does not', async (t) => {
    await t.start();
    const check = join(kRoot, 'deploy', 'docker', 'healthcheck.sh');
    const env = { PATH: process.env.PATH, PORT: String(t.server.port) };
    assert.equal(spawnSync(check, { env }).status, 0);
    t.leave();
    await t.guarded.stop();
    assert.notEqual(spawnSync(check, { env }).status, 0);
  }),
];

const caddyCase = own('caddy validate accepts the Caddyfile', () =>
  inFolder((folder) => {
    const file = join(kRoot, 'deploy', 'Caddyfile');
    const env = { PATH: process.env.PATH, HOME: folder };
    const args = ['validate', '--config', file, '--adapter', 'caddyfile'];
    const { status, stdout, stderr } = spawnSync('caddy', args, { cwd: folder, env, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Valid configuration/);
    // It says when a file is not formatted as `caddy fmt` would.
    assert.doesNotMatch(stderr, /"level":"warn"/);
  }),
);

export const deployCases = [...nginxAccepts, caddyCase, ...systemdCases, filterCase, ...dockerCases];
