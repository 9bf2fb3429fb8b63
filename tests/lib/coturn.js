// A coturn of a test's own, for what a relay that is somebody else's does: with any secrets, and TLS of its own.
import { spawn } from 'node:child_process';

import { freePort } from './server.js';

const kRealm = 'turn.test';
const kStartMs = 10_000;

/// `secrets`: all of them are accepted. `tls`: {cert, key}, for a TLS listener at `tlsPort`. Relays to loopback, so that a
/// test needs no other network. `relayPorts`: "FIRST-LAST"; `core`: the only one that it may use.
export async function startCoturn({ secrets, relayPorts, tls = null, env = {}, folder, core }) {
  const port = await freePort();
  const tlsPort = tls ? await freePort() : null;
  const [first, last] = relayPorts.split('-');
  const options = [
    '-n', '--no-cli', '--no-dtls', '--use-auth-secret', '--allow-loopback-peers', '--no-rfc5780', '--simple-log', '--verbose',
    `--realm=${kRealm}`, '--log-file=stdout', `--pidfile=${folder}/coturn.pid`, `--userdb=${folder}/coturn.db`,
    '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, `--min-port=${first}`, `--max-port=${last}`,
    ...secrets.map((secret) => `--static-auth-secret=${secret}`),
    ...(tls ? [`--cert=${tls.cert}`, `--pkey=${tls.key}`, `--tls-listening-port=${tlsPort}`] : ['--no-tls']),
  ];
  const pinned = core === undefined ? [] : ['taskset', '-c', String(core)];
  const [program, ...rest] = [...pinned, 'turnserver', ...options];
  const child = spawn(program, rest, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const exited = new Promise((done) => child.once('close', (code, signal) => done({ code, signal })));
  const stop = () => {
    child.kill('SIGKILL');
    return exited;
  };
  process.on('exit', stop);
  exited.then(() => process.off('exit', stop));
  await new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`coturn does not start:\n${log}`)), kStartMs);
    exited.then(() => fail(new Error(`coturn has ended:\n${log}`)));
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => {
      log += chunk;
      // The last thing that it does before it serves.
      if (/SQLite DB connection success/.test(log)) done(clearTimeout(timer));
    });
  });
  return { port, tlsPort, pid: child.pid, stop, log: () => log };
}
