// A WebSocket session over a RawSocket, in which the test decides every byte that goes out and sees every frame that
// comes in. Frames that arrive while it looks for another one wait in `inbox`, so that order can be judged later.
import { strict as assert } from 'node:assert';

import { closeFrame, frame, opcodes, parseServerFrame } from './frames.js';
import { upgradeHead } from './http_head.js';

export class RawWebSocket {
  #raw;
  #pings = 0;
  #closeSent = false;
  /// Data frames nobody has asked for yet.
  inbox = [];

  constructor(raw) {
    this.#raw = raw;
  }

  /// Upgrades `raw`. `early` is sent in the same segment as the request; `head` replaces the request altogether.
  static async open(raw, { token, head, early = Buffer.alloc(0), target, ...request } = {}) {
    const path = target ?? `/ws?token=${token}`;
    await raw.write(Buffer.concat([Buffer.from(head ?? upgradeHead({ target: path, ...request })), early]));
    const response = await raw.readHead();
    if (response.status !== 101) throw new Error(`the upgrade was answered ${response.statusLine}`);
    const session = new RawWebSocket(raw);
    session.response = response;
    return session;
  }

  get raw() {
    return this.#raw;
  }

  /// All frames in one write.
  send(...frames) {
    return this.#raw.write(Buffer.concat(frames));
  }

  text(payload, options = {}) {
    return this.send(frame({ payload, ...options }));
  }

  event(event, payload) {
    return this.text(JSON.stringify({ event, payload }));
  }

  close(code, reason) {
    this.#closeSent = true;
    return this.send(closeFrame(code, reason));
  }

  /// For cases that send a close frame of their own making.
  closeWasSent() {
    this.#closeSent = true;
  }

  /// The next frame as it came, control frames included.
  nextFrame({ within } = {}) {
    return this.#raw.until(
      () => {
        const parsed = parseServerFrame(this.#raw.bytes);
        if (parsed) {
          this.#raw.take(parsed.size);
          return parsed;
        }
        if (this.#raw.ended) throw new Error(`the stream ended (${this.#raw.ended}) without a close frame`);
        return undefined;
      },
      'frame',
      within,
    );
  }

  /// Reads on to the first frame that `wanted` accepts; answers pings, keeps data frames, fails at any other.
  async #readUntil(wanted, what, within) {
    for (;;) {
      const next = await this.nextFrame({ within });
      if (wanted(next)) return next;
      if (next.opcode === opcodes.ping) await this.send(frame({ opcode: opcodes.pong, payload: next.payload }));
      else if (next.opcode === opcodes.close) throw new Error(`waited for ${what}, got ${describeClose(next)}`);
      else if (next.opcode === opcodes.pong)
        throw new Error(`waited for ${what}, got a pong of ${JSON.stringify(next.payload.toString())}`);
      else this.inbox.push(next);
    }
  }

  /// The next message as parsed JSON. With `event`, it must be that event.
  async nextMessage(event, { within } = {}) {
    const isData = ({ opcode }) => opcode < 8;
    const data = this.inbox.shift() ?? (await this.#readUntil(isData, event ?? 'a message', within));
    assert.equal(data.opcode, opcodes.text, 'the server sends text frames only');
    assert.equal(data.fin, true, 'the server sends whole messages only');
    const message = JSON.parse(data.payload.toString());
    if (event !== undefined)
      assert.equal(message.event, event, `expected ${event}, got ${data.payload.toString().slice(0, 300)}`);
    return message;
  }

  /// A ping and its pong: the server has handled all that we sent before, and our frames are still in step with its.
  async roundTrip({ within } = {}) {
    const mark = `mark-${++this.#pings}`;
    await this.send(frame({ opcode: opcodes.ping, payload: mark }));
    const isOurs = ({ opcode, payload }) => opcode === opcodes.pong && payload.toString() === mark;
    await this.#readUntil(isOurs, `the pong of ${mark}`, within);
  }

  /// Fails if anything but the answer to our own ping has come.
  async quiet() {
    await this.roundTrip();
    assert.deepEqual(
      this.inbox.map(({ payload }) => payload.toString().slice(0, 300)),
      [],
      'nothing should have come',
    );
  }

  /// The server's close frame as `{code, reason}`; an empty one has code undefined.
  async readClose({ within } = {}) {
    for (;;) {
      const next = await this.nextFrame({ within });
      if (next.opcode === opcodes.close) return closeOf(next);
      if (next.opcode < 8) this.inbox.push(next);
    }
  }

  /// The server closes with one of these codes, and ends the stream so that the close frame is not lost to a reset.
  async expectClose(codes, { within } = {}) {
    const { code, reason } = await this.readClose({ within });
    assert.ok([codes].flat().includes(code), `expected close ${codes}, got ${code} ${JSON.stringify(reason)}`);
    if (!this.#closeSent) await this.close(code);
    assert.equal(await this.#raw.readEnd({ within }), 'fin', 'the stream ends by FIN after a close frame');
    this.#raw.fin();
    return { code, reason };
  }

  destroy() {
    this.#raw.destroy();
  }
}

export function closeOf({ payload }) {
  return payload.length === 0
    ? { code: undefined, reason: '' }
    : { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
}

function describeClose(next) {
  const { code, reason } = closeOf(next);
  return `close ${code ?? 'without a code'} ${JSON.stringify(reason)}`;
}
