// The WebSocket to the server, kept open for as long as somebody is logged in.
// Surprising: a refused token shows as a socket that opens and is closed with 4001 at once (a browser cannot read an
// HTTP status here), so "open" alone proves nothing and must never reset the growing delay between attempts.

const kSettleMs = 250;       // A refusal arrives right behind the open; longer would only delay the word "online".
const kWellMs = 10_000;      // A session that lived this long was well: the next loss starts with a short delay again.
const kTokenRetryMs = 1_500; // The clock of the token's issuer may be a second ahead: one more try before the login.
const kDelayMaxMs = 16_000;

const kUnauthorized = 4001;
// Closes after which trying again by ourselves would only do harm: the same device took over, too many devices.
const kFinal = new Map([[4009, 'replaced'], [4029, 'tooMany']]);

/**
 * Status values: `{kind: 'off'}`, `{kind: 'connecting'}`, `{kind: 'online'}`, `{kind: 'waiting', why}` with why
 * `lost`, `unreachable` or `noPath`, and `{kind: 'refused', why}` with why `unauthorized`, `replaced` or `tooMany`.
 */
export class Signalling {
  constructor({ onStatus, onMessage, onLost }) {
    // Given to us.
    this.onStatus = onStatus;
    this.onMessage = onMessage;
    this.onLost = onLost;
    // State.
    this.token = null;
    this.socket = null;
    this.timer = null;
    this.attempts = 0;
    this.tokenRetried = false;
    this.status = { kind: 'off' };
  }

  start(token) {
    this.token = token;
    this.attempts = 0;
    this.tokenRetried = false;
    this.#open();
  }

  stop() {
    this.token = null;
    this.pause();
  }

  /** Closes the socket but keeps the token: resume() opens a new one. */
  pause() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close(1000);
    this.#is({ kind: 'off' });
  }

  resume() {
    if (this.token !== null && this.socket === null) this.#open();
  }

  /**
   * The network came back: worth a try soon, whatever the delay has grown to. An open socket is replaced too, since it
   * may have died unnoticed: a browser does not find out before it sends.
   */
  renew() {
    if (['waiting', 'online', 'connecting'].includes(this.status.kind)) this.#openAfter(delayMs(0));
  }

  /** @returns {boolean} false if there is no open socket to send on. */
  send(event, payload) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(payload === undefined ? { event } : { event, payload }));
    return true;
  }

  #open() {
    clearTimeout(this.timer);
    const old = this.socket;
    this.socket = null;
    old?.close(1000);
    if (this.status.kind !== 'waiting') this.#is({ kind: 'connecting' });

    const url = new URL('ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.hash = '';
    url.search = '?' + new URLSearchParams({ token: this.token });
    const socket = new WebSocket(url);
    let openedAt = null;
    this.socket = socket;

    // Events of an old socket may come late, even after its successor is open: each handler asks whose they are.
    const ifCurrent = (handler) => (event) => { if (this.socket === socket) handler(event); };
    socket.onopen = ifCurrent(() => {
      openedAt = performance.now();
      this.timer = setTimeout(ifCurrent(() => this.#is({ kind: 'online' })), kSettleMs);
    });
    socket.onmessage = ifCurrent(({ data }) => {
      const message = parse(data);
      if (message !== null) this.onMessage(message.event, message.payload);
    });
    socket.onclose = ifCurrent(({ code }) => {
      clearTimeout(this.timer);
      this.socket = null;
      if (openedAt !== null && performance.now() - openedAt >= kWellMs) {
        this.attempts = 0;
        this.tokenRetried = false;
      }
      this.onLost();
      this.#closed(code, openedAt !== null);
    });
  }

  #closed(code, wasOpen) {
    if (code === kUnauthorized) {
      if (this.tokenRetried) return this.#refused('unauthorized');
      this.tokenRetried = true;
      this.#is({ kind: 'connecting' });
      return this.#openAfter(kTokenRetryMs);
    }
    if (kFinal.has(code)) return this.#refused(kFinal.get(code));
    this.#is({ kind: 'waiting', why: 'lost' });
    if (!wasOpen) this.#askWhy();
    this.#openAfter(delayMs(this.attempts++));
  }

  #refused(why) {
    this.#is({ kind: 'refused', why });
  }

  #openAfter(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#open(), ms);
  }

  // A socket that cannot be opened says nothing about the cause. If plain HTTP reaches the server, what fails is the
  // WebSocket path: a proxy that knows the page but not /ws.
  async #askWhy() {
    const answers = await fetch('healthz', { cache: 'no-store' }).then((response) => response.ok, () => false);
    if (this.status.kind === 'waiting') this.#is({ kind: 'waiting', why: answers ? 'noPath' : 'unreachable' });
  }

  #is(status) {
    this.status = status;
    this.onStatus(status);
  }
}

/** Doubles from 0.5–2 s to 8–32 s; the wide jitter spreads the tabs that a restart of the server sends here at once. */
export function delayMs(attempt, random = Math.random()) {
  return Math.min(1_000 * 2 ** attempt, kDelayMaxMs) * (0.5 + 1.5 * random);
}

function parse(text) {
  try {
    const message = JSON.parse(text);
    return typeof message?.event === 'string' ? message : null;
  } catch {
    return null;
  }
}
