// A relay that is somebody else's: we hand out its URLs, and credentials that it works out for itself.
import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { startCoturn } from '../../lib/coturn.js';
import { TurnClient, parseTurnUrl } from '../../lib/turn_client.js';
import { eventually } from '../../lib/watch.js';
import { fakeClock } from '../lifecycle/fake_clock.js';
import { taken } from '../lifecycle/reload_cases.js';
import { iceServers, relayClient, relayPorts, relayedCall } from './relay.js';

const kUrls = 'stun:turn.example.com:3478,turn:turn.example.com:3478?transport=udp,turns:turn.example.com?transport=tcp';
const external = (t, env = {}, options = {}) =>
  t.start({ ...options, env: { ZVONOK_TURN_MODE: 'external', ZVONOK_TURN_URLS: kUrls, ZVONOK_TURN_SECRET: 'of the relay', ...env } });
const password = (secret, username) => createHmac('sha1', secret).update(username).digest('base64');

/// Our server with a relay of somebody else's, which really is there.
async function withCoturn(t, relayOptions, env = {}) {
  const relay = await startCoturn({ relayPorts: relayPorts(), folder: t.folder(), ...relayOptions });
  t.onEnd(() => relay.stop());
  const urls = `turn:127.0.0.1:${relay.port}?transport=udp,turn:127.0.0.1:${relay.port}?transport=tcp`;
  return [await external(t, { ZVONOK_TURN_URLS: urls, ...env }), relay];
}

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
    name: 'external: a secret changed by SIGHUP while the relay holds both: the relayed call goes on, new credentials work',
    async run(t) {
      const file = t.file('turn-secret', 'before\n');
      const [server, relay] = await withCoturn(t, { secrets: ['before', 'after'] }, { ZVONOK_TURN_SECRET: null, ZVONOK_TURN_SECRET_FILE: file });
      const call = await relayedCall(t, server, ['anna', 'boris']);
      await call.reachesBothWays('before the change');
      writeFileSync(file, 'after\n');
      await taken(t, server);
      await call.reachesBothWays('after the change');
      for (const side of call.sides) assert.equal(await side.refresh(), 0, 'the credential of before keeps what it has opened');
      const next = await relayedCall(t, server, ['anna', 'vera']);
      assert.equal(next.logins[0].credential, password('after', next.logins[0].username));
      await next.reachesBothWays('with the new secret');
      await call.reachesBothWays('beside it');
      assert.match(relay.log(), /session/);
    },
  },
  {
    name: 'external: a credential that has expired opens nothing',
    async run(t) {
      const [server] = await withCoturn(t, { secrets: ['of the relay'] });
      const { body } = await iceServers(server, 'anna');
      const login = body.iceServers.find(({ username }) => username);
      const expired = Number(login.username.split(':')[0]) - 2 * 3600;
      const username = login.username.replace(/^\d+/, expired);
      const at = parseTurnUrl(login.urls[0]);
      const client = await TurnClient.open(at, { username, credential: password('of the relay', username) });
      t.onEnd(() => client.close());
      assert.equal((await client.allocate()).code, 401);
      const good = await relayClient(t, server, 'anna');
      assert.equal((await good.allocate()).code, 0, 'the same with its time before it');
    },
  },
  {
    name: 'external: the clock of server and relay steps by two hours while a relayed call runs: it goes on, fresh credentials work (T06)',
    async run(t) {
      const clock = fakeClock(t);
      const [server] = await withCoturn(t, { secrets: ['of the relay'], env: clock.env }, clock.env);
      const call = await relayedCall(t, server, ['anna', 'boris']);
      for (const offset of ['+2h', '-2h']) {
        clock.set(offset);
        await call.reachesBothWays(`at ${offset}`);
        for (const side of call.sides) assert.equal(await side.refresh(), 0, offset);
        // coturn looks at its clock once a second.
        await eventually('the relay has seen the new time', async () => (await (await relayClient(t, server, 'dina')).allocate()).code === 0, 5_000);
        const next = await relayedCall(t, server, ['vera', 'gleb']);
        await next.reachesBothWays(`a new call at ${offset}`);
      }
      assert.equal((await iceServers(server, 'anna')).body.ttl, 3600, 'a length, not a date');
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
