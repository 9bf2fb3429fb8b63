// A client of the call protocol over the `ws` package. It keeps every frame it got, in order, and `next` is strict: a
// frame that nobody expected fails the test instead of being skipped.
// That nothing arrives is proved by a fence, not by a pause: a WebSocket ping is answered by the server after what
// came before it on that connection, so after a round trip of the sender and one of the receiver whatever the server
// had to say has been said (`quiet`).
import { strict as assert } from 'node:assert';
import WebSocket from 'ws';

import { mint } from './tokens.js';

// Long, because a busy machine is slow; `waitAtMost` is for runs that expect failures.
let waitMaxMs = 10_000;

/** How long the clients of this process wait for a frame, a pong or a close, unless a call says otherwise. */
export function waitAtMost(ms) {
  waitMaxMs = ms;
}

/** The server answered the upgrade with something else than 101. */
export class Refused extends Error {
  constructor(status, headers, body) {
    super(`the upgrade was answered ${status}: ${body}`);
    Object.assign(this, { status, headers, body });
  }
}

export class Client {
  // State.
  frames = []; // All that ever arrived: {text, binary, message (parsed, or undefined)}.
  #read = 0; // How many of them `next` has handed out.
  #wake = new Set();
  #pings = 0;

  /**
   * Resolves when the socket is open; rejects with Refused when the upgrade is. `who` is a user id (string or number:
   * the claim has that type) or {token}; a token of null sends no token parameter at all.
   * Options: query (object), headers, protocols (list), path, plus what `ws` takes (origin, ca…).
   */
  static async connect(server, who, options = {}) {
    const client = new Client(server, who, options);
    await client.opened;
    return client;
  }

  constructor(server, who, { query = {}, headers = {}, protocols = [], path, ...rest } = {}) {
    const token = typeof who === 'object' ? who.token : mint({ userId: who });
    const url = new URL(server.wsUrl);
    if (path) url.pathname = path;
    if (token !== null) url.searchParams.set('token', token);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    this.name = typeof who === 'object' ? 'client' : String(who);
    this.ws = new WebSocket(url, protocols, { headers, perMessageDeflate: false, maxPayload: 0, ...rest });
    this.#listen();
  }

  #listen() {
    const { ws } = this;
    this.opened = new Promise((done, fail) => {
      ws.once('open', done);
      ws.once('error', fail);
      ws.once('upgrade', (response) => (this.upgrade = response));
      ws.once('unexpected-response', (request, response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => (body += chunk));
        response.on('end', () => fail(new Refused(response.statusCode, response.headers, body)));
      });
    });
    this.opened.catch(() => {}); // Who does not wait for `opened` looks at `closed`.
    /** {code, reason} as the client saw it: 1005 = a close frame without a code, 1006 = none at all. */
    this.closed = new Promise((done) => {
      ws.once('close', (code, reason) => done({ code, reason: reason.toString() }));
    });
    this.closed.then((how) => {
      this.ended = how;
      this.#notify();
    });
    ws.on('error', (error) => (this.error = error));
    ws.on('message', (data, binary) => {
      this.frames.push(frameOf(data, binary));
      this.#notify();
    });
  }

  #notify() {
    for (const wake of this.#wake) wake();
  }

  // --- sending -------------------------------------------------------------------------------------------------

  /** A payload of undefined is left out altogether. */
  send(event, payload) {
    this.sendRaw(JSON.stringify({ event, payload }));
  }

  /** A string goes as text, a Buffer as binary, unless `options` of ws say otherwise. */
  sendRaw(data, options = {}) {
    this.ws.send(data, { binary: typeof data !== 'string', ...options });
  }

  /** Everything that `work` sends leaves in one write (one TCP segment, if it is small). */
  together(work) {
    const socket = this.ws._socket;
    socket.cork();
    work();
    socket.uncork();
  }

  offer(userId, fields = { sdp: 'v=0 offer' }) {
    this.send('call:offer', { ...fields, userId });
  }

  answer(payload = { sdp: 'v=0 answer' }) {
    this.send('call:answer', payload);
  }

  ice(candidate) {
    this.send('call:ice', { candidate });
  }

  hangup() {
    this.send('call:hangup');
  }

  // --- receiving -----------------------------------------------------------------------------------------------

  /** The frames that `next` has not handed out yet. */
  get unread() {
    return this.frames.slice(this.#read);
  }

  /** The next frame's message. With `event` it must be that event, or the test fails. */
  async next(event, timeoutMs = waitMaxMs) {
    await this.#until(() => this.#read < this.frames.length, timeoutMs, event ?? 'a frame');
    const { message, text } = this.frames[this.#read++];
    if (event !== undefined) assert.equal(message?.event, event, `${this.name} got ${text.slice(0, 200)}`);
    return message;
  }

  /** The next frame as it came: {text, binary, message}. */
  async nextFrame(timeoutMs = waitMaxMs) {
    await this.#until(() => this.#read < this.frames.length, timeoutMs, 'a frame');
    return this.frames[this.#read++];
  }

  /** Reads on, throwing frames away, up to and including the first whose message satisfies `wanted`. */
  async skipTo(wanted, timeoutMs = waitMaxMs) {
    for (;;) {
      const message = await this.next(undefined, timeoutMs);
      if (wanted(message)) return message;
    }
  }

  #until(ready, timeoutMs, what) {
    if (ready()) return Promise.resolve();
    return new Promise((done, fail) => {
      const finish = (settle, value) => {
        clearTimeout(timer);
        this.#wake.delete(look);
        settle(value);
      };
      const look = () => {
        if (ready()) finish(done);
        else if (this.ended !== undefined) finish(fail, new Error(`${this.name} waited for ${what}, but was closed ${this.ended.code}`));
      };
      const timer = setTimeout(() => {
        finish(fail, new Error(`${this.name} waited ${timeoutMs} ms for ${what}`));
      }, timeoutMs);
      this.#wake.add(look);
      look();
    });
  }

  /** A ping and its pong: the server has done with everything that this client sent before. */
  roundTrip(timeoutMs = waitMaxMs) {
    const mark = `fence-${++this.#pings}`;
    return new Promise((done, fail) => {
      const finish = (settle, value) => {
        clearTimeout(timer);
        this.ws.off('pong', seen);
        settle(value);
      };
      const seen = (data) => {
        if (data.toString() === mark) finish(done);
      };
      const timer = setTimeout(() => finish(fail, new Error(`${this.name}: no pong in ${timeoutMs} ms`)), timeoutMs);
      this.closed.then(({ code }) => finish(fail, new Error(`${this.name} was closed ${code} before the pong`)));
      this.ws.on('pong', seen);
      this.ws.ping(mark);
    });
  }

  // --- leaving -------------------------------------------------------------------------------------------------

  /** Sends a close frame (without a code if none is given) and resolves with how the connection ended. */
  close(code, reason) {
    this.ws.close(code, reason);
    return this.closed;
  }

  /** `closed`, for when the server is expected to close: fails if it does not in time. */
  async whenClosed(timeoutMs = waitMaxMs) {
    await this.#until(() => this.ended !== undefined, timeoutMs, 'the close');
    return this.ended;
  }

  /** Ends the TCP connection without a close frame, as a lost network or a killed app does. */
  drop() {
    this.ws.terminate();
    return this.closed;
  }
}

/**
 * Fails if `receivers` hold a frame that nobody has read, after all that `senders` sent has had its effect.
 * Both are lists or single clients; a closed client can hold nothing more and is only looked at.
 */
export async function quiet(receivers, senders = []) {
  const open = (list) => [list].flat().filter((client) => client.ended === undefined);
  for (const sender of open(senders)) await sender.roundTrip();
  for (const receiver of open(receivers)) await receiver.roundTrip();
  for (const receiver of [receivers].flat()) {
    const texts = receiver.unread.map(({ text }) => text.slice(0, 200));
    assert.deepEqual(texts, [], `${receiver.name} should have heard nothing`);
  }
}

function frameOf(data, binary) {
  const text = data.toString();
  try {
    return { text, binary, message: JSON.parse(text) };
  } catch {
    return { text, binary, message: undefined };
  }
}
