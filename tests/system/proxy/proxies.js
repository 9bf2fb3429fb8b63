// Runs a real nginx or Caddy as a process of the test: its own folder, configuration, logs and free ports; the one that
// the machine may run is never touched. When a test is done with it, its logs are searched: whatever looks like a token
// in them fails the test.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../lib/server.js';
import { makeCertificate } from './sites.js';

const kStartMs = 30_000;
const kStopMs = 15_000;
const kPortTries = 5;
const kNginx = '/usr/sbin/nginx';
/// Every JWT begins with the base64url of `{"`.
const kToken = /eyJ[A-Za-z0-9_-]{16}/;

const live = new Set();
process.on('exit', () => {
  for (const proxy of live) proxy.discard();
});

class Proxy {
  constructor({ folder, command, env, scheme, port, plainPort, ca }) {
    Object.assign(this, { folder, port, plainPort, ca, output: '' });
    this.url = `${scheme}://127.0.0.1:${port}`;
    this.wsUrl = `${scheme.replace('http', 'ws')}://127.0.0.1:${port}/ws`;
    this.child = spawn(command[0], command.slice(1), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => (this.output += chunk));
    this.exited = new Promise((done) => {
      this.child.once('error', (error) => done({ error: error.message }));
      this.child.once('close', (code, signal) => done({ code, signal }));
    });
    this.exited.then((exit) => (this.exit = exit));
    live.add(this);
  }

  /// Everything it has written, whatever the file. What it wrote before a test saw the answer is in here: both write
  /// the access log when a request ends, so a test must see the end of a connection before it looks.
  logs() {
    const files = readdirSync(this.folder).filter((name) => name.endsWith('.log'));
    return files.map((name) => readFileSync(join(this.folder, name), 'utf8')).join('') + this.output;
  }

  async listening() {
    const deadline = Date.now() + kStartMs;
    while (!(await answers(this.port))) {
      if (this.exit || Date.now() > deadline)
        throw new Error(`${this.child.spawnfile} does not listen: ${JSON.stringify(this.exit)}\n${this.logs()}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    // Somebody else may listen there, while ours is ending because of it.
    if (this.exit) throw new Error(`the port was taken: address already in use\n${this.logs()}`);
  }

  async stop() {
    const killer = setTimeout(() => this.child.kill('SIGKILL'), kStopMs);
    this.child.kill('SIGTERM');
    await this.exited;
    clearTimeout(killer);
  }

  discard() {
    live.delete(this);
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function answers(port) {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function startProxy(prepare) {
  for (let tries = 1; ; tries++) {
    const folder = mkdtempSync(join(tmpdir(), 'zvonok-proxy-'));
    const proxy = new Proxy({ folder, ...(await prepare(folder)) });
    try {
      await proxy.listening();
      return proxy;
    } catch (error) {
      proxy.discard();
      if (tries === kPortTries || !/already in use/i.test(error.message)) throw error;
    }
  }
}

/// The http block of Debian's nginx.conf as far as it matters here, around one site.
function nginxConfig(folder, site) {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  access_log ${folder}/access.log;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
${site}
}
`;
}

/// Writes what nginx needs into `folder`; the command with which it runs there.
export function layOutNginx(folder, site, ports) {
  const ca = makeCertificate(folder);
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'nginx.conf'), nginxConfig(folder, site({ folder, ...ports })));
  return { ca, command: [kNginx, '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')] };
}

export function startNginx(site, { scheme = 'https' } = {}) {
  return startProxy(async (folder) => {
    const ports = { port: await freePort(), plainPort: await freePort() };
    return { scheme, ...ports, ...layOutNginx(folder, site, ports) };
  });
}

export function startCaddy(site) {
  return startProxy(async (folder) => {
    const port = await freePort();
    writeFileSync(join(folder, 'Caddyfile'), site({ folder, port }));
    const env = { PATH: process.env.PATH, HOME: folder };
    return { scheme: 'http', port, env, command: ['caddy', 'run', '--config', 'Caddyfile', '--adapter', 'caddyfile'] };
  });
}

/// `work` with a proxy that is gone afterwards. `leaks`: the site is not ours and does log tokens.
export async function through(starting, work, { leaks = false } = {}) {
  const proxy = await starting;
  try {
    await work(proxy);
    await proxy.stop();
    const found = kToken.test(proxy.logs());
    const amount = found ? 'a' : 'no';
    if (found !== leaks) throw new Error(`${amount} token is in the proxy's logs:\n${proxy.logs().slice(-3000)}`);
  } finally {
    proxy.discard();
  }
}
