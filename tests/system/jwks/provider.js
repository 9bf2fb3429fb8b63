// An identity provider on loopback: an https server with a key set that a test changes, and that can be made to fail
// in the ways in which such servers do.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

import { keyPair, mint, publicJwk } from '../../lib/tokens.js';
import { makePair } from '../lifecycle/certificate.js';

export const keySet = (keys) => JSON.stringify({ keys: Object.entries(keys).map(([kid, key]) => publicJwk(key, { kid })) });

export class Provider {
  /// With one key, `first`; `env` is what our server needs to ask it.
  static async start(t, { host = '127.0.0.1' } = {}) {
    const pair = makePair(t);
    const provider = new Provider({ first: keyPair('ES256') });
    const answer = (request, response) => provider.#answer(request, response);
    const server = createServer({ cert: readFileSync(pair.cert), key: readFileSync(pair.key) }, answer);
    await new Promise((done) => server.listen(0, host, done));
    provider.port = server.address().port;
    provider.url = `https://${host}:${provider.port}/keys.json`;
    provider.env = { ZVONOK_JWKS_URL: provider.url, ZVONOK_JWKS_CA_FILE: pair.cert };
    provider.close = () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    };
    t.onEnd(() => provider.close());
    return provider;
  }

  constructor(keys) {
    this.keys = keys; // by kid
    this.asked = 0;
    /// `(response, text)`: how it answers.
    this.answers = good;
    this.#waiting = [];
  }

  #waiting;

  #answer(request, response) {
    this.asked += 1;
    response.on('error', () => {});
    this.answers(response, keySet(this.keys));
    this.#waiting = this.#waiting.filter(({ count, done }) => this.asked < count || done());
  }

  /// Resolves once `asked` is `count`.
  askedTimes(count) {
    if (this.asked >= count) return Promise.resolve();
    return new Promise((done) => this.#waiting.push({ count, done }));
  }

  token(kid, userId = 'anna', claims = {}) {
    return mint({ userId, ...claims }, { alg: 'ES256', key: this.keys[kid].privateKey, header: { kid } });
  }
}

export const good = (response, text) => response.setHeader('Content-Type', 'application/json').end(text);
