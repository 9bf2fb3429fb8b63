// Runs a table of cases about the life of the server's process: how it starts, re-reads, logs and stops. Each case
// starts servers of its own with `t.start` or watches a command end with `t.ends`; several cases run at once, those
// whose time is judged (`alone`) after the others. A server that a case leaves running must still be there and exit
// with 0 at SIGTERM, so every case checks that as well. A case whose `needs` this machine cannot give is skipped by
// name.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { Client } from '../../lib/client.js';
import { RawSocket } from '../../lib/raw_socket.js';
import { RawWebSocket } from '../../lib/raw_websocket.js';
import { defaultTarget, startServer } from '../../lib/server.js';
import { mint } from '../../lib/tokens.js';
import { reasonAgainst } from './machine.js';
import { Network } from './network.js';

const kCaseMs = 100_000;
const kLanes = 5;
/// Generous, because a busy machine is slow; what must be quick says so itself.
const kEndMs = 30_000;
const kLogMs = 20_000;

export const binary = defaultTarget();

class Context {
  #closers = [];
  #servers = [];

  // --- servers and commands ----------------------------------------------------------------------------------

  /// As `startServer` takes it; stopped at the end of the case unless the case has seen it end.
  async start(options = {}) {
    const server = await startServer(options);
    server.exited.then((exit) => {
      server.exit = exit;
    });
    this.#servers.push(server);
    return server;
  }

  /// Starts a command that has to end by itself: {code, signal, out, err, text (both), ms}. `env` is all that it sees
  /// beside PATH; it runs in `cwd`, else in an empty folder.
  ends(args, { env = {}, target = binary, cwd } = {}) {
    const begun = Date.now();
    const child = spawn(target[0], [...target.slice(1), ...args], {
      cwd: cwd ?? this.folder(),
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '', text: '' };
    for (const [name, stream] of [
      ['out', child.stdout],
      ['err', child.stderr],
    ])
      stream.setEncoding('utf8').on('data', (chunk) => {
        said[name] += chunk;
        said.text += chunk;
      });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`does not end within ${kEndMs} ms, and has said: ${said.text}`));
      }, kEndMs);
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, ...said, ms: Date.now() - begun });
      });
    });
  }

  /// The server refuses to start: an exit code of its own choosing, and a text that matches each of `says`.
  async refuses(args, options, says) {
    const ended = await this.ends(args, options);
    assert.equal(ended.signal, null, ended.text);
    assert.ok(ended.code > 0, `it exits with ${ended.code} and says: ${ended.text}`);
    assert.doesNotMatch(ended.text, /Backend running/);
    for (const pattern of [says].flat()) assert.match(ended.text, pattern);
    return ended;
  }

  /// Resolves with the log when it has `count` matches of `pattern`.
  async logged(server, pattern, count = 1, withinMs = kLogMs) {
    const all = new RegExp(pattern, 'g');
    for (const deadline = Date.now() + withinMs; ;) {
      const log = server.log();
      if ((log.match(all) ?? []).length >= count) return log;
      if (server.exit || Date.now() > deadline)
        throw new Error(
          `the log has no ${pattern} (${count} times): ${JSON.stringify(server.exit)}\n${log.slice(-2000)}`,
        );
      await pause(5);
    }
  }

  /// Everything that a server has ever said. It is stopped for this: only then is it known that nothing is under way.
  async wholeLog(server) {
    assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.log());
    return server.log();
  }

  // --- files -------------------------------------------------------------------------------------------------

  folder() {
    const folder = mkdtempSync(join(tmpdir(), 'zvonok-lifecycle-'));
    this.onEnd(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  /// A data folder for a server that runs as nobody. Needs root.
  nobodysFolder() {
    const folder = this.folder();
    chownSync(folder, 65534, 65534);
    return folder;
  }

  /// A file of this case, in a folder that other users may enter.
  file(name, content, mode = 0o644) {
    const folder = this.folder();
    chmodSync(folder, 0o755);
    const path = join(folder, name);
    writeFileSync(path, content, { mode });
    return path;
  }

  // --- clients -----------------------------------------------------------------------------------------------

  async client(server, who, options = {}) {
    const client = await Client.connect(server, who, options);
    this.onEnd(() => client.drop());
    return client;
  }

  /// A caller and a callee in an answered call.
  async call(server, names = ['caller', 'callee'], options = {}) {
    const [a, b] = await Promise.all(names.map((name) => this.client(server, name, options)));
    a.offer(names[1]);
    await b.next('call:offer');
    b.answer();
    await a.next('call:answer');
    return [a, b];
  }

  async raw(server, options = {}) {
    const raw = await RawSocket.connect({ port: server.port, ...options });
    this.onEnd(() => raw.destroy());
    return raw;
  }

  async rawWebSocket(server, user, options = {}) {
    return RawWebSocket.open(await this.raw(server, options), { token: mint({ userId: user }) });
  }

  // --- surroundings ------------------------------------------------------------------------------------------

  /// A network that holds nothing but this case; `setup` is a shell script run inside.
  async network(setup, options) {
    const network = await Network.create(setup, options);
    this.onEnd(() => network.end());
    return network;
  }

  onEnd(work) {
    this.#closers.push(work);
  }

  async finish() {
    for (const server of this.#servers) {
      const died = server.exit && (server.exit.code !== 0 || server.exit.signal) && !server.mayDie;
      assert.ok(!died, `a server ended: ${JSON.stringify(server.exit)}\n${server.log()}`);
    }
    const running = this.#servers.filter((server) => !server.exit);
    await this.clear();
    for (const exit of await Promise.all(running.map((server) => server.stop())))
      assert.deepEqual(exit, { code: 0, signal: null }, 'a server left running exits with 0 at SIGTERM');
  }

  async clear() {
    const closers = this.#closers.reverse();
    this.#closers = [];
    for (const close of closers) await Promise.resolve(close()).catch(() => {}); // What is gone already needs no end.
  }

  async kill() {
    await this.clear();
    await Promise.allSettled(this.#servers.filter((server) => !server.exit).map((server) => server.stop('SIGKILL')));
  }
}

/// A message that goes from one to the other: the call, and both connections, live.
export async function reaches(from, to) {
  const candidate = `marker-${Math.random()}`;
  from.ice(candidate);
  const { payload } = await to.next('call:ice');
  assert.equal(payload.candidate, candidate);
}

/// What the server makes of a token: 'connected', or the code with which it closes.
export async function verdict(server, token, options = {}) {
  const client = await Client.connect(server, { token }, options);
  const code = await Promise.race([
    client.closed.then((how) => how.code),
    client.roundTrip().then(
      () => 'connected',
      () => client.closed.then((how) => how.code),
    ),
  ]);
  await client.drop();
  return code;
}

async function runCase(test) {
  const context = new Context();
  let timer;
  try {
    const hangs = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`hangs for ${kCaseMs} ms`)), kCaseMs);
    });
    await Promise.race([test.run(context).then(() => context.finish()), hangs]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
    await context.kill();
  }
}

function checkNames(cases) {
  const names = cases.map(({ name }) => name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice) throw new Error(`two cases are named "${twice}"`);
}

/// Ends the process: with 1 unless every case that ran has passed, and one has.
export async function runLifecycle(cases, suite = 'lifecycle') {
  const options = { only: { type: 'string' }, verbose: { type: 'boolean' }, sanitized: { type: 'boolean' } };
  const { values } = parseArgs({ options });
  checkNames(cases);
  // libfaketime hangs in the start of a sanitizer, so cases that move the clock are for other builds.
  const chosen = cases
    .filter(({ name }) => !values.only || new RegExp(values.only).test(name))
    .filter(({ needs = [] }) => !values.sanitized || !needs.includes('faketime'));
  const count = { passed: 0, failed: 0, skipped: 0 };
  const begun = Date.now();
  const work = async (test) => {
    const reason = reasonAgainst(test.needs ?? []);
    if (reason) {
      count.skipped++;
      console.log(`SKIP ${test.name}: ${reason}`);
      return;
    }
    const from = Date.now();
    const error = await runCase(test);
    count[error ? 'failed' : 'passed']++;
    if (error) console.log(`FAIL ${test.name}\n     ${String(error.message).replaceAll('\n', '\n     ')}`);
    else if (values.verbose) console.log(`ok   ${test.name} (${Date.now() - from} ms)`);
  };
  const queue = chosen.filter(({ alone }) => !alone);
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: kLanes }, lane));
  for (const test of chosen.filter(({ alone }) => alone)) await work(test);

  console.log(`${suite} took ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  console.log(`${suite}: ${count.passed} passed, ${count.failed} failed${skipped}`);
  process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);
}
