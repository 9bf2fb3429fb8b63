// An SMS gateway on loopback that sends nothing: it keeps what is posted for a test to read, and can be made to fail as
// such gateways do.
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import { Receipts } from './receipts.js';

/// Whoever follows a redirect ends up there.
const kElsewhere = '/elsewhere';

const kBehaviours = {
  ok: (response) => response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"queued":true}'),
  fail: (response) => response.writeHead(500).end('no'),
  redirect: (response) => response.writeHead(302, { Location: kElsewhere }).end(),
  hang: () => {},
  close: (response) => response.destroy(),
};

export class SmsReceiver {
  #server;
  #receipts = new Receipts();
  #behaviour = 'ok';
  #secure;
  /// How often it was asked, well or not, and how often by somebody who had followed a redirect.
  asked = 0;
  followed = 0;

  /// `tls`: {cert, key} in PEM, for https.
  static async start({ tls } = {}) {
    const receiver = new SmsReceiver(tls);
    await new Promise((done) => receiver.#server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  constructor(tls) {
    const answer = (request, response) => this.#answer(request, response);
    this.#secure = Boolean(tls);
    this.#server = tls ? createTlsServer(tls, answer) : createServer(answer);
  }

  get port() {
    return this.#server.address().port;
  }
  /// For login.sms.url.
  get url() {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.port}/sms`;
  }

  /// Those that it has said yes to: {to, text, body, raw, path, headers}; `to` and `text` are those of the default template.
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

  /// From the next request on: 'ok', 'hang', 'fail' (500), 'redirect' (302) or 'close' (without an answer).
  behave(how) {
    if (!(how in kBehaviours)) throw new Error(`no way to behave: ${how}`);
    this.#behaviour = how;
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(done));
  }

  async #answer(request, response) {
    this.asked += 1;
    if (request.url === kElsewhere) this.followed += 1;
    const behaviour = this.#behaviour;
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      if (behaviour === 'ok') this.#take(request, Buffer.concat(chunks).toString('utf8'));
    } catch (error) {
      return response.writeHead(400).end(error.message);
    }
    kBehaviours[behaviour](response);
  }

  #take({ method, url, headers }, raw) {
    if (method !== 'POST') throw new Error(`${method} in place of a POST`);
    const body = JSON.parse(raw);
    this.#receipts.add({ to: body.to, text: body.text, body, raw, path: url, headers });
  }
}
