// A mail server on loopback that delivers nothing: it takes messages apart for a test to read, and can be made to fail as
// such servers do. With a certificate it also speaks TLS, from the first byte (smtps) or after STARTTLS.
import { createServer } from 'node:net';
import { TLSSocket } from 'node:tls';

import { Receipts } from './receipts.js';

/// The lines of a socket, one after the other; undefined at its end. What has come before TLS is forgotten with it, as RFC
/// 3207 section 4.2 wants.
class Lines {
  #text = '';
  #ended = false;
  #wake = () => {};

  constructor(socket) {
    socket.on('data', (chunk) => { this.#text += chunk.toString('latin1'); this.#wake(); });
    for (const event of ['end', 'close', 'error']) socket.on(event, () => { this.#ended = true; this.#wake(); });
  }

  async next() {
    for (;;) {
      const end = this.#text.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return line;
      }
      if (this.#ended) return undefined;
      await new Promise((done) => { this.#wake = done; });
    }
  }
}

/// RFC 2047; blanks between two encoded words count for nothing.
function decodeWords(text) {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, letters) => Buffer.from(letters, 'base64').toString('latin1'))
    .replace(/=\?utf-8\?q\?([^?]*)\?=/gi, (_, letters) => unquote(letters.replace(/_/g, ' ')));
}

function unquote(text) {
  return text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const utf8 = (latin1) => Buffer.from(latin1, 'latin1').toString('utf8');

/// Headers (by their names in lower case), subject and text of a message; `raw` holds a byte in each of its characters.
export function parseMail(raw) {
  const end = raw.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`a message without a body: ${JSON.stringify(raw)}`);
  const headers = {};
  for (const line of raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || name in headers) throw new Error(`no header, or one that is there twice: ${JSON.stringify(line)}`);
    headers[name] = utf8(decodeWords(line.slice(colon + 1).trim()));
  }
  const body = raw.slice(end + 4);
  const encoding = headers['content-transfer-encoding']?.toLowerCase();
  const bytes = encoding === 'base64' ? Buffer.from(body, 'base64').toString('latin1') : encoding === 'quoted-printable' ? unquote(body) : body;
  return { headers, subject: headers.subject, text: utf8(bytes).replace(/\r\n/g, '\n') };
}

/// What it says in place of a yes; each goes with a way to behave.
const kRefusals = {
  fail: { RCPT: '550 5.1.1 nobody of this name' },
  busy: { RCPT: '451 4.3.0 try again later' },
  redirect: { RCPT: '551 5.1.6 try another server' }, // RFC 5321 section 3.4
};
const kBehaviours = ['ok', 'hang', 'close', ...Object.keys(kRefusals)];

export class MailReceiver {
  #server;
  #sockets = new Set();
  #receipts = new Receipts();
  #behaviour = 'ok';
  #options;
  /// How many connections there were, well or not.
  connections = 0;

  /// `tls`: {cert, key} in PEM. `secure`: 'starttls' or 'smtps', which need it. `login`: {user, password}, without which
  /// it takes nothing.
  static async start({ tls, secure, login } = {}) {
    const receiver = new MailReceiver({ tls, secure, login });
    await new Promise((done) => receiver.#server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  constructor(options) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get port() {
    return this.#server.address().port;
  }
  /// For login.smtp.url, without user and password.
  get url() {
    return `${this.#options.secure === 'smtps' ? 'smtps' : 'smtp'}://127.0.0.1:${this.port}`;
  }

  /// Those that it has said yes to: {from, to, subject, text, headers, raw, greeting, user, encrypted}.
  get messages() {
    return this.#receipts.all;
  }
  /// Resolves with the message number `count`.
  received(count = this.messages.length + 1, deadline) {
    return this.#receipts.reaches(count, deadline);
  }
  /// Resolves with the message number `count` of those to that address.
  receivedBy(to, count, deadline) {
    return this.#receipts.reachesOf((message) => message.to === to, count, deadline);
  }

  /// From the next connection on: 'ok', 'hang' (says nothing), 'fail' (550), 'busy' (451), 'redirect' (551) or 'close' (in
  /// the middle of a message).
  behave(how) {
    if (!kBehaviours.includes(how)) throw new Error(`no way to behave: ${how}`);
    this.#behaviour = how;
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((done) => this.#server.close(done));
  }

  #accept(socket) {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.#behaviour === 'hang') return;
    const first = this.#options.secure === 'smtps' ? this.#encrypted(socket) : socket;
    this.#converse(first, this.#behaviour).catch(() => socket.destroy());
  }

  #encrypted(socket) {
    socket.removeAllListeners('data');
    const secure = new TLSSocket(socket, { isServer: true, ...this.#options.tls });
    secure.on('error', () => socket.destroy());
    return secure;
  }

  async #converse(socket, behaviour) {
    let lines = new Lines(socket);
    const say = (text) => socket.write(`${text}\r\n`);
    const session = { encrypted: socket instanceof TLSSocket, user: undefined, greeting: undefined };
    const starttls = this.#options.secure === 'starttls';
    say('220 receiver ESMTP');
    for (let line; (line = await lines.next()) !== undefined; ) {
      const [verb, ...rest] = line.split(' ');
      const refusal = kRefusals[behaviour]?.[verb];
      if (refusal) say(refusal);
      else if (verb === 'EHLO') {
        session.greeting = rest.join(' ');
        const offers = starttls && !session.encrypted ? ['STARTTLS'] : this.#options.login ? ['AUTH PLAIN'] : [];
        say(['250-receiver', ...offers.map((offer) => `250-${offer}`), '250 8BITMIME'].join('\r\n'));
      } else if (verb === 'STARTTLS' && starttls && !session.encrypted) {
        socket.removeAllListeners('end');
        say('220 go on');
        socket = this.#encrypted(socket);
        lines = new Lines(socket);
        session.encrypted = true;
      } else if (verb === 'AUTH' && rest[0] === 'PLAIN') {
        if (rest.length === 1) say('334 ');
        const given = rest[1] ?? (await lines.next()) ?? '';
        session.user = this.#userOf(given);
        say(session.user === undefined ? '535 5.7.8 wrong user or password' : '235 come in');
      } else if (verb === 'MAIL' && this.#mayNotSend(session)) say('530 5.7.0 say who you are first');
      else if (verb === 'MAIL' || verb === 'RCPT') {
        session[verb] = /<([^>]*)>/.exec(line)?.[1];
        say('250 ok');
      } else if (verb === 'DATA') {
        if (behaviour === 'close') return socket.destroy();
        say('354 go on');
        if (await this.#take(lines, session)) say('250 taken');
      } else if (verb === 'QUIT') {
        say('221 bye');
        return socket.end();
      } else say('502 what?');
    }
  }

  #mayNotSend({ encrypted, user }) {
    const { secure, login } = this.#options;
    return (secure && !encrypted) || (login && user === undefined);
  }

  /// RFC 4616: an identity that is not given, the user and the password, parted by zeros.
  #userOf(letters) {
    const [, user, password] = Buffer.from(letters, 'base64').toString('utf8').split('\0');
    const { login } = this.#options;
    return login && user === login.user && password === login.password ? user : undefined;
  }

  async #take(lines, { MAIL: from, RCPT: to, greeting, user, encrypted }) {
    const text = [];
    for (let line; (line = await lines.next()) !== '.'; ) {
      if (line === undefined) return false;
      text.push(line.startsWith('.') ? line.slice(1) : line);
    }
    const raw = text.map((line) => `${line}\r\n`).join('');
    this.#receipts.add({ from: utf8(from), to: utf8(to), ...parseMail(raw), raw, greeting, user, encrypted });
    return true;
  }
}
