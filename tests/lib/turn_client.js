// A TURN client for tests (RFC 8489, RFC 8656): asks for allocations and permissions over UDP, TCP or TLS, with any
// credential, says what the server answered, and sends through the relay.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { isIPv6 } from 'node:net';
import net from 'node:net';
import tls from 'node:tls';

const COOKIE = 0x2112a442;
const METHODS = { allocate: 0x003, refresh: 0x004, createPermission: 0x008, send: 0x006, data: 0x007 };
const INDICATION = 0x0010;
const ATTRIBUTES = {
  username: 0x0006, integrity: 0x0008, error: 0x0009, lifetime: 0x000d, peer: 0x0012, data: 0x0013, realm: 0x0014, nonce: 0x0015,
  relayed: 0x0016, family: 0x0017, transport: 0x0019,
};
const ANSWER_MAX_MS = 5_000;

/** The parts of a URL as /api/ice-servers gives it. */
export function parseTurnUrl(url) {
  const [, scheme, host, port, , transport] = /^(stuns?|turns?):(\[[^\]]+\]|[^:?]+):(\d+)(\?transport=(\w+))?$/.exec(url);
  return { scheme, host: host.replace(/^\[|\]$/g, ''), port: Number(port), transport: scheme === 'turns' ? 'tls' : (transport ?? 'udp') };
}

export class TurnClient {
  /** `at`: {host, port, transport}; `login`: {username, credential}, or none. */
  static async open(at, login = null) {
    const client = new TurnClient(login);
    await client.#connect(at);
    return client;
  }

  constructor(login) {
    this.login = login;
    this.challenge = null; // {realm, nonce} of the server
    this.received = Buffer.alloc(0);
    this.waiting = new Map(); // transaction → resolve
    this.arrived = []; // what peers have sent
    this.wakers = [];
  }

  /** {code: 0 or the error's, relayed: 'ADDRESS', relayedPort}; `family`: 4 or 6. */
  async allocate({ family = 4 } = {}) {
    const wish = [attribute(ATTRIBUTES.transport, Buffer.from([17, 0, 0, 0])), attribute(ATTRIBUTES.family, Buffer.from([family === 6 ? 2 : 1, 0, 0, 0]))];
    const answer = await this.#ask(METHODS.allocate, wish);
    return { code: answer.code, relayed: answer.relayed, relayedPort: answer.relayedPort };
  }

  /** The code of the answer: 0 when the relay may send there, 403 when it must not. */
  async permit(peer) {
    return (await this.#ask(METHODS.createPermission, [attribute(ATTRIBUTES.peer, address(peer))])).code;
  }

  /** The code of the answer to a wish for ten minutes more. */
  async refresh() {
    return (await this.#ask(METHODS.refresh, [])).code;
  }

  /** Through the relay to a peer, which needs a permission; nobody says whether it arrives. */
  sendTo(peer, port, data) {
    const id = randomBytes(12);
    const parts = [attribute(ATTRIBUTES.peer, address(peer, port)(id)), attribute(ATTRIBUTES.data, Buffer.from(data))];
    return this.write(unsigned(METHODS.send | INDICATION, id, parts));
  }

  /** The next thing that a peer has sent. */
  async nextData() {
    for (const deadline = Date.now() + ANSWER_MAX_MS; this.arrived.length === 0; ) {
      let timer;
      await Promise.race([
        new Promise((done) => this.wakers.push(done)),
        new Promise((done, fail) => { timer = setTimeout(() => fail(new Error('nothing comes through the relay')), deadline - Date.now()); }),
      ]).finally(() => clearTimeout(timer));
    }
    return this.arrived.shift();
  }

  async release() {
    return (await this.#ask(METHODS.refresh, [attribute(ATTRIBUTES.lifetime, Buffer.alloc(4))])).code;
  }

  close() {
    (this.socket.destroy ?? this.socket.close).call(this.socket);
  }

  async #connect({ host, port, transport }) {
    if (transport === 'udp') {
      this.socket = dgram.createSocket(isIPv6(host) ? 'udp6' : 'udp4');
      this.socket.on('message', (message) => this.#read(message));
      this.socket.on('error', () => {});
      await new Promise((done) => this.socket.connect(port, host, done));
      this.write = (bytes) => this.socket.send(bytes);
      return;
    }
    const secure = transport === 'tls';
    this.socket = secure ? tls.connect({ host, port, rejectUnauthorized: false }) : net.connect({ host, port });
    this.socket.on('data', (bytes) => this.#readStream(bytes));
    await new Promise((done, fail) => this.socket.once(secure ? 'secureConnect' : 'connect', done).once('error', fail));
    this.socket.on('error', () => {});
    this.write = (bytes) => this.socket.write(bytes);
  }

  // The first time without a login, as RFC 8489 section 9.2.3.1 has it; again when the nonce is stale.
  async #ask(method, attributes) {
    let answer = await this.#send(method, attributes);
    if (this.login && [401, 438].includes(answer.code) && answer.nonce !== this.challenge?.nonce) {
      this.challenge = { realm: answer.realm, nonce: answer.nonce };
      answer = await this.#send(method, attributes);
    }
    return answer;
  }

  #send(method, attributes) {
    const id = (this.lastId = randomBytes(12));
    const parts = attributes.map((part) => (typeof part === 'function' ? part(id) : part));
    const message = this.challenge ? signed(method, id, parts, this.login, this.challenge) : unsigned(method, id, parts);
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error('the relay does not answer')), ANSWER_MAX_MS);
      this.waiting.set(id.toString('hex'), (answer) => (clearTimeout(timer), done(answer)));
      this.write(message);
    });
  }

  #readStream(bytes) {
    this.received = Buffer.concat([this.received, bytes]);
    while (this.received.length >= 20) {
      const size = 20 + this.received.readUInt16BE(2);
      if (this.received.length < size) return;
      this.#read(this.received.subarray(0, size));
      this.received = this.received.subarray(size);
    }
  }

  #read(message) {
    if (message.readUInt16BE(0) === (METHODS.data | INDICATION)) {
      this.arrived.push(parse(message).data);
      for (const wake of this.wakers.splice(0)) wake();
      return;
    }
    const id = message.subarray(8, 20).toString('hex');
    const done = this.waiting.get(id);
    this.waiting.delete(id);
    done?.(parse(message));
  }
}

function attribute(type, value) {
  if (typeof value === 'function') return (id) => attribute(type, value(id));
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

// XOR-PEER-ADDRESS (RFC 8489 section 14.2); an IPv6 one is masked with the transaction, too.
function address(ip, port = 9) {
  return (id) => {
    const v6 = isIPv6(ip);
    const raw = v6 ? v6Bytes(ip) : Buffer.from(ip.split('.').map(Number));
    const mask = Buffer.alloc(16);
    mask.writeUInt32BE(COOKIE, 0);
    id.copy(mask, 4);
    const head = Buffer.from([0, v6 ? 2 : 1, 0, 0]);
    head.writeUInt16BE(port ^ (COOKIE >>> 16), 2);
    return Buffer.concat([head, raw.map((byte, i) => byte ^ mask[i])]);
  };
}

export function v6Bytes(ip) {
  const mapped = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
  const plain = mapped ? `${mapped[1]}${((mapped[2] << 8) | mapped[3]).toString(16)}:${((mapped[4] << 8) | mapped[5]).toString(16)}` : ip;
  const [head, tail] = plain.split('::').map((part) => (part ? part.split(':') : []));
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head;
  return Buffer.from(groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]));
}

function unsigned(method, id, attributes) {
  const body = Buffer.concat(attributes);
  return Buffer.concat([header(method, body.length, id), body]);
}

function signed(method, id, attributes, { username, credential }, { realm, nonce }) {
  const body = Buffer.concat([
    ...attributes, attribute(ATTRIBUTES.username, Buffer.from(username)), attribute(ATTRIBUTES.realm, Buffer.from(realm)),
    attribute(ATTRIBUTES.nonce, Buffer.from(nonce)),
  ]);
  const key = createHash('md5').update(`${username}:${realm}:${credential}`).digest();
  const covered = Buffer.concat([header(method, body.length + 24, id), body]);
  return Buffer.concat([covered, attribute(ATTRIBUTES.integrity, createHmac('sha1', key).update(covered).digest())]);
}

function header(method, length, id) {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16BE(method, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(COOKIE, 4);
  id.copy(bytes, 8);
  return bytes;
}

function parse(message) {
  const answer = { code: (message.readUInt16BE(0) & 0x0110) === 0x0100 ? 0 : -1, realm: '', nonce: '' };
  for (let at = 20; at + 4 <= message.length; ) {
    const [type, length] = [message.readUInt16BE(at), message.readUInt16BE(at + 2)];
    const value = message.subarray(at + 4, at + 4 + length);
    if (type === ATTRIBUTES.error) answer.code = (value[2] & 7) * 100 + value[3];
    if (type === ATTRIBUTES.realm) answer.realm = value.toString();
    if (type === ATTRIBUTES.nonce) answer.nonce = value.toString();
    if (type === ATTRIBUTES.data) answer.data = Buffer.from(value);
    if (type === ATTRIBUTES.relayed) {
      answer.relayed = unmasked(value, message.subarray(4, 20));
      answer.relayedPort = value.readUInt16BE(2) ^ (COOKIE >>> 16);
    }
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return answer;
}

function unmasked(value, mask) {
  const raw = [...value.subarray(4)].map((byte, i) => byte ^ mask[i]);
  if (value[1] === 1) return raw.join('.');
  return Array.from({ length: 8 }, (_, i) => ((raw[2 * i] << 8) | raw[2 * i + 1]).toString(16)).join(':');
}
