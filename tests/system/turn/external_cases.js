// A relay that is somebody else's: we hand out its URLs, and credentials that it works out for itself.
import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { taken } from '../lifecycle/reload_cases.js';
import { iceServers } from './relay.js';

const kUrls = 'stun:turn.example.com:3478,turn:turn.example.com:3478?transport=udp,turns:turn.example.com?transport=tcp';
const external = (t, env = {}, options = {}) =>
  t.start({ ...options, env: { ZVONOK_TURN_MODE: 'external', ZVONOK_TURN_URLS: kUrls, ZVONOK_TURN_SECRET: 'of the relay', ...env } });
const password = (secret, username) => createHmac('sha1', secret).update(username).digest('base64');

export const externalCases = [
  {
    name: 'external: URLs as they were set, and a credential that follows from the secret',
    async run(t) {
      const { body } = await iceServers(await external(t, { ZVONOK_TURN_TTL_S: 600 }), 'anna');
      assert.equal(body.ttl, 600);
      const [stun, turn] = body.iceServers;
      assert.deepEqual(stun, { urls: ['stun:turn.example.com:3478'] });
      assert.deepEqual(turn.urls, kUrls.split(',').slice(1));
      assert.match(turn.username, /^\d+:[0-9a-f]{32}$/);
      assert.ok(Math.abs(Number(turn.username.split(':')[0]) - Date.now() / 1000 - 600) < 30);
      assert.equal(turn.credential, password('of the relay', turn.username));
    },
  },
  ...['a#b', 'x=y;z', 'тайна', 'in the middle', 'x'.repeat(300)].map((secret) => ({
    name: `external: the secret ${secret.slice(0, 20)} is used as it is`,
    async run(t) {
      const { body } = await iceServers(await external(t, { ZVONOK_TURN_SECRET: secret }), 'anna');
      assert.equal(body.iceServers[1].credential, password(secret, body.iceServers[1].username));
    },
  })),
  {
    name: 'external: a secret changed in its file is used after SIGHUP',
    async run(t) {
      const file = t.file('turn-secret', 'before\n');
      const server = await external(t, { ZVONOK_TURN_SECRET: null, ZVONOK_TURN_SECRET_FILE: file });
      writeFileSync(file, 'after\n');
      await taken(t, server);
      const { body } = await iceServers(server, 'anna');
      assert.equal(body.iceServers[1].credential, password('after', body.iceServers[1].username));
    },
  },
  {
    name: 'off: an empty list and a line that says what that costs',
    async run(t) {
      const server = await t.start();
      assert.deepEqual((await iceServers(server, 'anna')).body, { iceServers: [], ttl: 3600 });
      await t.logged(server, 'turn.mode = off');
    },
  },
  {
    name: 'the API answers listed origins, and a preflight',
    async run(t) {
      const server = await t.start({ env: { ZVONOK_CORS_ORIGINS: 'https://app.example' } });
      const { headers } = await iceServers(server, 'anna', { headers: { Origin: 'https://app.example' } });
      assert.equal(headers.get('access-control-allow-origin'), 'https://app.example');
      const preflight = await fetch(`http://127.0.0.1:${server.port}/api/ice-servers`, { method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' } });
      assert.equal(preflight.status, 204);
      assert.match(preflight.headers.get('access-control-allow-headers'), /Authorization/);
    },
  },
];
