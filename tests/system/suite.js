// Runs a table of wire cases against servers that it starts, several cases at once, each with users of its own.
// After every case three things are looked at, whatever the case itself found: the server still runs, the innocent
// bystander has lost nothing, and neither a token nor any other secret of the case stands in the server's log, which
// is written at debug level. A case is `{name, run(t)}` and may name a `server` from the suite's table; one without
// (`server: null`) starts its own with `t.start`.
import { parseArgs } from 'node:util';

import { Bystander } from '../lib/bystander.js';
import { Client } from '../lib/client.js';
import { RawSocket } from '../lib/raw_socket.js';
import { RawWebSocket } from '../lib/raw_websocket.js';
import { startServer } from '../lib/server.js';
import { mint } from '../lib/tokens.js';
import { Watch } from '../lib/watch.js';

/// A case that takes longer than this hangs, and says so instead of holding up the suite.
const kCaseMs = 110_000;
/// Cases on a shared server mostly wait for the wire; those with a server of their own mostly wait for its timers.
const kLanes = { shared: 6, own: 5 };

/// On a loaded machine this process may be late to read; the server must not have lost its patience by then, or what
/// a case sees is a reset. Cases about that patience set it themselves.
const kPatient = { ZVONOK_LOG_LEVEL: 'debug', ZVONOK_LIMITS_LINGER_S: 20 };

/// A server with a bystander, and the log as it grows.
class Guarded {
  static async start({ env = {}, bystander = true, ...options }) {
    const guarded = new Guarded();
    guarded.server = await startServer({ env: { ...kPatient, ...env }, ...options });
    guarded.server.exited.then((exit) => {
      guarded.exit = exit;
    });
    guarded.secrets = ['bystander-secret-6f1d'];
    if (bystander)
      guarded.bystander = await Bystander.start(
        guarded.server,
        guarded.secrets[0],
        bystander === true ? {} : bystander,
      );
    guarded.watch = new Watch(guarded.server);
    return guarded;
  }

  async check() {
    if (this.exit) throw new Error(`the server ended: ${JSON.stringify(this.exit)}\n${this.server.log().slice(-2000)}`);
    await this.bystander?.check();
  }

  async stop(signal) {
    await this.bystander?.stop();
    return this.exit ?? this.server.stop(signal);
  }
}

/// What a case gets: users, tokens, sockets, and the promise that all of them are cleared away.
class Context {
  #closers = [];
  #guarded = [];
  #secrets = [];
  #looked = new Map();
  #prefix;

  constructor(number, shared) {
    this.#prefix = `u${number}`;
    if (shared) this.#adopt(shared);
  }

  #adopt(guarded) {
    this.guarded = guarded;
    this.server = guarded.server;
    this.#guarded.push(guarded);
    this.#secrets.push(...guarded.secrets);
    this.#looked.set(guarded, guarded.server.log().length);
  }

  /// A server for this case alone, with its bystander. Stopped at the end.
  async start(options = {}) {
    const guarded = await Guarded.start(options);
    this.#closers.push(() => guarded.stop('SIGKILL'));
    this.#adopt(guarded);
    return guarded;
  }

  /// For cases that stop the server themselves.
  leave() {
    this.#guarded = this.#guarded.filter((guarded) => guarded !== this.guarded);
  }

  user(label) {
    return `${this.#prefix}-${label}`;
  }

  /// Text that must never be found in the log.
  secret(label = 'text') {
    return this.keep(`${this.#prefix}-secret-${label}-9c41e7`);
  }

  keep(text) {
    this.#secrets.push(text);
    return text;
  }

  token(claims, options) {
    const token = mint(typeof claims === 'object' ? claims : { userId: claims }, options);
    return this.keepToken(token);
  }

  /// The parts of a token are secrets of their own: half a token in a log is a leak as well.
  keepToken(token) {
    for (const part of token.split('.').slice(1)) if (part.length >= 16) this.#secrets.push(part.slice(0, 64));
    return token;
  }

  async raw(options = {}) {
    const raw = await RawSocket.connect({ port: this.server.port, serverPid: this.server.pid, ...options });
    this.#closers.push(() => raw.destroy());
    return raw;
  }

  /// A raw session of `user`, a label of this case or an exact `{token}`.
  async ws(user, { socket, ...options } = {}) {
    const token = typeof user === 'object' ? user.token : this.token(this.user(user));
    return RawWebSocket.open(await this.raw(socket), { token, ...options });
  }

  /// A well-behaved client from the conformance suite.
  async client(user, options = {}) {
    const who = typeof user === 'object' ? user : { token: this.token(this.user(user)) };
    const client = await Client.connect(this.server, who, options);
    client.name = typeof user === 'object' ? 'client' : user;
    this.#closers.push(() => client.drop());
    return client;
  }

  /// Two raw sessions in an answered call.
  async call(caller = 'caller', callee = 'callee', options = {}) {
    const [a, b] = [await this.ws(caller, options), await this.ws(callee, options)];
    await a.event('call:offer', { sdp: this.secret('sdp'), userId: this.user(callee) });
    await b.nextMessage('call:offer');
    await b.event('call:answer', { sdp: this.secret('sdp') });
    await a.nextMessage('call:answer');
    return { a, b };
  }

  /// A marker sent by `from` is the next thing that `to` hears: nothing else came before it, the call is alive.
  async reaches(from, to) {
    const candidate = `${this.secret('marker')}-${Math.random()}`;
    await from.event('call:ice', { candidate });
    const { payload } = await to.nextMessage('call:ice');
    if (payload.candidate !== candidate)
      throw new Error(`another candidate came first: ${JSON.stringify(payload).slice(0, 200)}`);
  }

  #searchLog(guarded) {
    const text = guarded.server.log().slice(this.#looked.get(guarded));
    for (const secret of new Set(this.#secrets)) {
      if (text.includes(secret)) throw new Error(`the log shows ${JSON.stringify(secret)}`);
    }
  }

  async finish() {
    for (const guarded of this.#guarded) await guarded.check();
    for (const guarded of this.#looked.keys()) this.#searchLog(guarded);
  }

  async clear() {
    await Promise.allSettled(this.#closers.reverse().map((close) => close()));
  }
}

async function runCase(number, test, sharedServers) {
  let context;
  let timer;
  try {
    context = new Context(number, test.server === null ? undefined : await sharedServers(test.server ?? 'default'));
    const hangs = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`hangs for ${kCaseMs} ms`)), kCaseMs);
    });
    await Promise.race([test.run(context), hangs]);
    await context.finish();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
    await context?.clear();
  }
}

async function inLanes(count, queue, work) {
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: count }, lane));
}

function checkNames(cases) {
  const seen = new Set();
  for (const { name } of cases) {
    if (seen.has(name)) throw new Error(`two cases are named "${name}"`);
    seen.add(name);
  }
}

/// `servers`: name → options of a shared server. Ends the process: with 1 unless every case that ran has passed.
export async function runSuite(suiteName, { servers, cases }) {
  const { values } = parseArgs({ options: { only: { type: 'string' }, verbose: { type: 'boolean' }, sanitized: { type: 'boolean' } } });
  checkNames(cases);
  const chosen = cases
    .map((test, number) => ({ test, number }))
    .filter(({ test }) => !values.only || new RegExp(values.only).test(test.name));
  const started = new Map();
  const sharedServers = (name) => {
    if (!started.has(name)) started.set(name, Guarded.start(servers[name]));
    return started.get(name);
  };
  const begun = Date.now();
  let failed = 0;
  const work = async ({ test, number }) => {
    const from = Date.now();
    const error = await runCase(number, test, sharedServers);
    if (error) failed++;
    if (error) console.log(`FAIL ${test.name}\n     ${String(error.message).replaceAll('\n', '\n     ')}`);
    else if (values.verbose) console.log(`ok   ${test.name} (${Date.now() - from} ms)`);
  };
  await Promise.all([
    inLanes(
      kLanes.shared,
      chosen.filter(({ test }) => test.server !== null),
      work,
    ),
    inLanes(
      kLanes.own,
      chosen.filter(({ test }) => test.server === null),
      work,
    ),
  ]);
  for (const [name, starting] of started) {
    try {
      const guarded = await starting;
      await guarded.check();
      await guarded.stop();
    } catch (error) {
      failed++;
      console.log(`FAIL the server "${name}" at the end of the suite\n     ${error.message}`);
    }
  }
  console.log(`${suiteName} took ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  const passed = Math.max(0, chosen.length - failed);
  console.log(`${suiteName}: ${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
