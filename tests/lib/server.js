// Starts a server for a test, on a port of its own, and sees to it that none outlives the test process.
// What surprises: the target is any program that reads PORT and JWT_SECRET and prints the "running on port" line, so
// the same tests run against the product and against a reference in Node.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { TEST_SECRET } from './tokens.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const START_MAX_MS = 30_000;
const PORT_TRIES = 5;
const PORT_TAKEN = /EADDRINUSE|in use|taken/i;

const live = new Set();

process.on('exit', () => {
  for (const child of live) child.discard();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

/** The command that is tested unless a test names another: ZVONOK_TARGET_CMD, or the built binary. */
export function defaultTarget() {
  if (process.env.ZVONOK_TARGET_CMD) return process.env.ZVONOK_TARGET_CMD.trim().split(/\s+/);
  return [resolve(process.env.ZVONOK_BINARY ?? join(ROOT, 'build', 'zvonok'))];
}

/**
 * A port that was free a moment ago: any, or the one that is wanted; rejects if that is taken. Another process may take it
 * first, which is why startServer tries again.
 */
export function freePort(host = '127.0.0.1', wanted = 0) {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(wanted, host, () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/**
 * Starts `target` (a command as a list) and resolves once it says that it listens. `env` is all that the server sees
 * beside PATH, the options of sanitizers and the defaults below; a value of null takes a default away. Rejects, with the log in the message and
 * `exit` = {code, signal}, when the server ends before it listens.
 */
export async function startServer({ env = {}, args = [], target = defaultTarget() } = {}) {
  const fixedPort = env.PORT !== undefined || env.ZVONOK_PORT !== undefined;
  for (let tries = 1; ; ++tries) {
    const port = fixedPort ? Number(env.ZVONOK_PORT ?? env.PORT) : await freePort();
    try {
      return await startOnce({ env: { PORT: String(port), ...env }, args, target });
    } catch (error) {
      if (fixedPort || tries === PORT_TRIES || !PORT_TAKEN.test(error.message)) throw error;
    }
  }
}

function startOnce({ env, args, target }) {
  const folder = mkdtempSync(join(tmpdir(), 'zvonok-test-'));
  const full = {
    PATH: process.env.PATH,
    ...sanitizerOptions(),
    JWT_SECRET: TEST_SECRET,
    ZVONOK_HOST: '127.0.0.1',
    ZVONOK_DATA_DIR: join(folder, 'data'),
    ZVONOK_ADMIN_LISTEN: '',
    ...env,
  };
  for (const [name, value] of Object.entries(full)) {
    if (value === null || value === undefined) delete full[name];
    else full[name] = String(value);
  }
  const child = spawn(target[0], [...target.slice(1), ...args], {
    cwd: folder,
    env: full,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  let output = '';
  const entry = {
    discard() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  live.add(entry);
  const exited = new Promise((done) => {
    const finish = (code, signal) => {
      live.delete(entry);
      rmSync(folder, { recursive: true, force: true });
      done({ code, signal });
    };
    child.once('error', (error) => {
      output += `cannot start ${target[0]}: ${error.message}\n`;
      finish(null, null);
    });
    child.once('close', finish);
  });

  return new Promise((done, fail) => {
    const failWith = (what, exit) => {
      clearTimeout(timer);
      fail(Object.assign(new Error(`${what}\n--- log of ${target.join(' ')}\n${output}`), { exit, log: output }));
    };
    const timer = setTimeout(() => {
      entry.discard();
      failWith(`the server did not listen within ${START_MAX_MS} ms`);
    }, START_MAX_MS);
    exited.then((exit) => failWith(`the server ended before it listened (code ${exit.code}, ${exit.signal})`, exit));

    const read = (chunk) => {
      output += chunk;
      const running = /Backend running on port (\d+)/.exec(output);
      if (!running) return;
      clearTimeout(timer);
      done(describe({ child, folder, port: Number(running[1]), secure: 'ZVONOK_TLS_CERT' in full, exited, log: () => output }));
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
  });
}

/** Stops a server, and fails unless it ends as one that is well. */
export async function mustEndWell(server) {
  const { code, signal } = await server.stop();
  if (code !== 0) throw new Error(`the server ended with ${code ?? signal}\n${server.log()}`);
}

/** ASAN_OPTIONS, TSAN_OPTIONS and their like are for the server that is tested. */
function sanitizerOptions() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^[A-Z]+SAN_/.test(name)));
}

function describe({ child, folder, port, secure, exited, log }) {
  const host = `127.0.0.1:${port}`;
  return {
    port,
    folder,
    pid: child.pid,
    url: `${secure ? 'https' : 'http'}://${host}`,
    wsUrl: `${secure ? 'wss' : 'ws'}://${host}/ws`,
    exited,
    /** Everything it has printed so far. */
    log,
    /** Resolves with {code, signal} once it is gone; one that ignores the signal for 15 s is killed. */
    async stop(signal = 'SIGTERM') {
      const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      child.kill(signal);
      const exit = await exited;
      clearTimeout(killer);
      return exit;
    },
  };
}
