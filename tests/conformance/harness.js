// The smallest test runner that this suite needs: cases are data (so that a coverage check can list them), run side by
// side against shared servers, one for each set of settings. Users are new in every case, so cases cannot meet.
import { Client } from '../lib/client.js';
import { RawSocket } from '../lib/raw_socket.js';
import { startServer } from '../lib/server.js';

const CASE_MAX_MS = 60_000;

// Buckets are raised by configuration; the group `limits` runs with the defaults.
export const OPEN_BUCKETS = {
  ZVONOK_LIMITS_OFFERS_BURST: 100000,
  ZVONOK_LIMITS_OFFERS_PER_MIN: 100000,
  ZVONOK_LIMITS_PAIR_BURST: 100000,
  ZVONOK_LIMITS_PAIR_PER_MIN: 100000,
  ZVONOK_LIMITS_PAIR_PER_H: 100000,
};

/** All cases, in the order of their files: {name, rows, ours, env, run}. */
export const cases = [];

/**
 * The declarer of one subject's cases: `test(promise, rows, run)`. `rows` are ids of docs/compatibility.md. `test.ours`
 * marks what a plain server in Node cannot do. `env` = the settings of the server that the cases share.
 */
export function subject(title, { env = OPEN_BUCKETS } = {}) {
  const declare = (ours) => (promise, rows, run, options = {}) => {
    const name = `${title}: ${promise}`;
    if (cases.some((other) => other.name === name)) throw new Error(`two cases are called "${name}"`);
    cases.push({ name, rows: rows.split(' '), ours, env: options.env ?? env, run });
  };
  return Object.assign(declare(false), { ours: declare(true) });
}

let casesRun = 0;

/** What a case gets: its server, and clients that are closed when it ends. */
export class Scene {
  // State.
  #number = ++casesRun;
  #open = [];

  constructor(server, startOptions) {
    this.server = server;
    this.startOptions = startOptions;
  }

  /** A user id that no other case uses. */
  id(name) {
    return `${name}.${this.#number}`;
  }

  /** The same as a number. */
  number(digit = 1) {
    return 7_000_000 + this.#number * 100 + digit;
  }

  /** A connection of the user with exactly this id, or with {token}. */
  async connect(who, options) {
    const client = await Client.connect(this.server, who, options);
    client.id = who;
    this.#open.push(() => client.ws.terminate());
    return client;
  }

  /** Connections of new users, one for each name. */
  people(...names) {
    return Promise.all(names.map(async (name) => Object.assign(await this.connect(this.id(name)), { name })));
  }

  /** One more connection of the same user. */
  async device(client) {
    return Object.assign(await this.connect(client.id), { name: `${client.name}'` });
  }

  async raw() {
    const socket = await RawSocket.connect(this.server);
    this.#open.push(() => socket.destroy());
    return socket;
  }

  /** A server of this case's own, for what would disturb others. */
  async start({ env = {}, ...options } = {}) {
    const server = await startServer({ ...this.startOptions, ...options, env: { ...OPEN_BUCKETS, ...env } });
    this.#open.push(() => server.stop('SIGKILL'));
    return server;
  }

  /** The same scene at another server. */
  at(server) {
    const scene = new Scene(server, this.startOptions);
    this.#open.push(() => scene.end());
    return scene;
  }

  /** `caller` and `callee` are in an answered call afterwards, and have read all that belongs to it. */
  async call(caller, callee) {
    caller.offer(callee.id);
    await callee.next('call:offer');
    callee.answer();
    await caller.next('call:answer');
  }

  async end() {
    await Promise.all(this.#open.map((close) => close()));
  }
}

/** Proves that a call between the two works, whatever happened before. */
export async function assertCallWorks(scene, caller, callee) {
  await scene.call(caller, callee);
  caller.hangup();
  await callee.next('call:hangup');
}

/**
 * Runs the cases and returns {passed, failed: [{name, error}]}. Options: target (command), parallel, stopAtFirst,
 * report(name, error | undefined, ms).
 */
export async function runCases(list, { target, parallel = 6, stopAtFirst = false, report = () => {} } = {}) {
  const servers = new Map();
  const serverFor = (env) => {
    const key = JSON.stringify(env);
    if (!servers.has(key)) servers.set(key, startServer({ target, env }));
    return servers.get(key);
  };
  const result = { passed: 0, failed: [] };
  const waiting = [...list];
  let stop;
  const stopped = new Promise((done) => (stop = done));
  const worker = async () => {
    while (waiting.length > 0) {
      const current = waiting.shift();
      const began = performance.now();
      const error = await runOne(current, serverFor, target);
      if (error) result.failed.push({ name: current.name, error });
      else ++result.passed;
      report(current.name, error, performance.now() - began);
      if (error && stopAtFirst) stop(waiting.splice(0));
    }
  };
  await Promise.race([stopped, Promise.all(Array.from({ length: parallel }, worker))]);
  for (const starting of servers.values()) {
    const server = await starting.catch(() => undefined); // Its cases have failed with the reason.
    if (!server) continue;
    if (stopAtFirst) await server.stop('SIGKILL');
    else await judgeEnd(server, result);
  }
  return result;
}

/** A server that ended by itself, or does not stop cleanly (a sanitizer may object then), is a failure of its own. */
async function judgeEnd(server, result) {
  const early = await Promise.race([server.exited, undefined]);
  const { code, signal } = early ?? (await server.stop('SIGTERM'));
  if (!early && code === 0) return;
  const what = `${early ? 'it ended by itself' : 'it was told to stop'}: code ${code}, ${signal}`;
  result.failed.push({ name: 'the server stays up, and stops when told', error: new Error(`${what}\n${server.log().slice(-4000)}`) });
}

async function runOne({ env, run }, serverFor, target) {
  let scene;
  let timer;
  try {
    scene = new Scene(await serverFor(env), { target });
    const limit = new Promise((_, fail) => {
      timer = setTimeout(() => fail(new Error(`the case took over ${CASE_MAX_MS} ms`)), CASE_MAX_MS);
    });
    await Promise.race([run(scene), limit]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
    await scene?.end();
  }
}
