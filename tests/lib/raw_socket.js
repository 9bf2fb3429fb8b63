// A TCP or TLS client that puts exact bytes on the wire, in pieces of its own choosing, and ends by FIN, by RST or not
// at all. It reads HTTP responses because every session begins with one; WebSocket frames are in frames.js.
// The surprise: `pieces` asks the kernel whether the server has read the last piece before it sends the next. No pause
// would do: on a loaded machine the server may be late, and two pieces would become one read.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import tls from 'node:tls';

import { parseHead } from './http_head.js';

/// Waits are bounded by this unless a case says otherwise: long enough for a machine that is busy with a build.
export const kDeadlineMs = 20_000;

const hexPort = (port) => port.toString(16).toUpperCase().padStart(4, '0');

/// The other end of our connection as the kernel has it: `unread` bytes wait for its process, and `inode` is 0 once the
/// process has closed it. Undefined when not even the kernel knows it any more.
function serverEnd(serverPort, ourPort) {
  const entry = new RegExp(
    `:${hexPort(serverPort)} [0-9A-F]+:${hexPort(ourPort)} [0-9A-F]{2} [0-9A-F]{8}:([0-9A-F]{8}) \\S+ \\S+ +\\d+ +\\d+ (\\d+)`,
  );
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const found = entry.exec(readFileSync(table, 'latin1'));
    if (found) return { unread: Number.parseInt(found[1], 16), inode: Number(found[2]) };
  }
  return undefined;
}

/// How often the server's loop has gone to sleep. Far cheaper to ask than /proc/net/tcp, which walks all of the kernel's
/// hash table: when this has grown since we wrote, the loop woke up for our bytes and has gone through them.
function timesAsleep(pid) {
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]);
}

/// A server that has not slept for so long after a write is busy, or was not woken: then the sockets are looked at.
const kAsleepSoonMs = 200;

export class RawSocket {
  #socket;
  /// The same, but for TLS: then the connection below it.
  #tcp;
  #port;
  #serverPid;
  #localPort;
  #received = Buffer.alloc(0);
  #chunks = [];
  #waiting = new Set();
  /// How the server ended the stream: undefined, 'fin', or 'reset' when that came before a FIN.
  ended;

  /// `tls` is undefined for plain TCP, else options for tls.connect; `serverPid` makes `pieces` fast.
  static async connect({ port, host = '127.0.0.1', tls: tlsOptions, serverPid, within = kDeadlineMs }) {
    const tcp = net.connect({ port, host, noDelay: true, allowHalfOpen: true });
    const socket = tlsOptions
      ? tls.connect({ socket: tcp, rejectUnauthorized: false, allowHalfOpen: true, ...tlsOptions })
      : tcp;
    const raw = new RawSocket(socket, tcp, { port, serverPid });
    await raw.until(() => (raw.connected || raw.ended ? true : undefined), 'connection', within);
    if (!raw.connected) throw new Error(`no connection to port ${port}: ${raw.error?.message ?? raw.ended}`);
    return raw;
  }

  constructor(socket, tcp, { port, serverPid }) {
    this.#socket = socket;
    this.#tcp = tcp;
    this.#port = port;
    this.#serverPid = serverPid;
    const ready = socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect';
    socket.on(ready, () =>
      this.#note(() => {
        this.connected = true;
        this.#localPort = tcp.localPort;
      }),
    );
    socket.on('data', (chunk) => this.#note(() => this.#chunks.push(chunk)));
    socket.on('end', () =>
      this.#note(() => {
        this.ended ??= 'fin';
      }),
    );
    socket.on('close', () =>
      this.#note(() => {
        this.ended ??= 'reset';
      }),
    );
    tcp.on('error', () => {}); // TLS reports it as its own.
    socket.on('error', (error) =>
      this.#note(() => {
        this.error = error;
        this.ended ??= 'reset';
      }),
    );
  }

  #note(change) {
    change();
    for (const look of [...this.#waiting]) look();
  }

  /// What has come and was not taken yet.
  get bytes() {
    if (this.#chunks.length > 0) {
      this.#received = Buffer.concat([this.#received, ...this.#chunks]);
      this.#chunks = [];
    }
    return this.#received;
  }

  take(count) {
    const taken = this.bytes.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  get alpn() {
    return this.#socket.alpnProtocol;
  }

  /// The first result of `look` that is not undefined; it runs now and after each event of the socket.
  until(look, what, within = kDeadlineMs) {
    return new Promise((resolve, reject) => {
      const settle = (finish, value) => {
        clearTimeout(timer);
        this.#waiting.delete(attempt);
        finish(value);
      };
      const attempt = () => {
        try {
          const result = look();
          if (result !== undefined) settle(resolve, result);
        } catch (error) {
          settle(reject, error);
        }
      };
      const timer = setTimeout(
        () =>
          settle(
            reject,
            new Error(
              `no ${what} within ${within} ms; the stream is ${this.ended ?? 'open'}, unread: ${this.#preview()}`,
            ),
          ),
        within,
      );
      this.#waiting.add(attempt);
      attempt();
    });
  }

  #preview() {
    return JSON.stringify(this.bytes.subarray(0, 200).toString('latin1'));
  }

  /// Resolves when the kernel has the bytes, or when the server has gone: what that means is for the case to say.
  write(bytes) {
    if (this.ended === 'reset' || this.#socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#socket.write(bytes, () => resolve());
    });
  }

  /// Hands bytes over and does not wait: for clients that send to a server which does not read.
  pour(bytes) {
    return this.#socket.write(bytes);
  }

  /// Each piece is a segment, and a read of the server, of its own.
  async pieces(list) {
    for (const piece of list) {
      const before = this.#serverPid && timesAsleep(this.#serverPid);
      await this.write(piece);
      if (!this.#serverPid || !(await this.#sleepsAgain(before))) await this.taken();
    }
  }

  async #sleepsAgain(before) {
    const deadline = Date.now() + kAsleepSoonMs;
    while (!this.ended && timesAsleep(this.#serverPid) === before) {
      if (Date.now() > deadline) return false;
      await nextTurn();
    }
    return true;
  }

  /// Resolves when the server has read everything that we wrote, or is gone.
  async taken(within = kDeadlineMs) {
    const deadline = Date.now() + within;
    while (!this.ended && this.#serverEnd()?.unread > 0) {
      if (Date.now() > deadline) throw new Error(`the server did not read for ${within} ms`);
      await nextTurn();
    }
  }

  /// Whether the server's process still holds a descriptor for our connection.
  servedByProcess() {
    return (this.#serverEnd()?.inode ?? 0) !== 0;
  }

  #serverEnd() {
    return serverEnd(this.#port, this.#localPort);
  }

  fin() {
    this.#socket.end();
  }
  reset() {
    this.#tcp.resetAndDestroy();
  }
  /// Stops reading, so that the server's queue for us fills.
  stopReading() {
    this.#socket.pause();
  }
  resumeReading() {
    this.#socket.resume();
  }
  destroy() {
    this.#socket.destroy();
  }

  async readHead({ within } = {}) {
    const end = await this.until(
      () => {
        const at = this.bytes.indexOf('\r\n\r\n');
        if (at >= 0) return at + 4;
        if (this.ended)
          throw new Error(`the stream ended (${this.ended}) instead of a response head: ${this.#preview()}`);
        return undefined;
      },
      'response head',
      within,
    );
    return parseHead(this.take(end).toString('latin1'));
  }

  async readBytes(count, { within } = {}) {
    await this.until(
      () => {
        if (this.bytes.length >= count) return true;
        if (this.ended)
          throw new Error(`the stream ended (${this.ended}) after ${this.bytes.length} of ${count} bytes`);
        return undefined;
      },
      `${count} bytes`,
      within,
    );
    return this.take(count);
  }

  /// A whole response. Its body is delimited by Content-Length, as all of ours are.
  async readResponse({ method = 'GET', within } = {}) {
    const head = await this.readHead({ within });
    const bodiless = method === 'HEAD' || head.status < 200 || head.status === 204 || head.status === 304;
    const length = Number(head.get('content-length') ?? 0);
    return { ...head, body: bodiless ? '' : (await this.readBytes(length, { within })).toString('utf8') };
  }

  /// 'fin' or 'reset': how the server ended the stream.
  readEnd({ within } = {}) {
    return this.until(() => this.ended, 'end of the stream', within);
  }
}
