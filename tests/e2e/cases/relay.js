// Calls through a relay of the server's own: with candidates of that kind alone, as behind networks that let nothing in.
import assert from 'node:assert/strict';

import { ownAddresses } from '../../lib/addresses.js';
import { freePort } from '../../lib/server.js';
import { TurnClient, parseTurnUrl } from '../../lib/turn_client.js';

/** A relay on this machine may send to this machine only, by the setting for networks without outside. */
async function managedRelay() {
  const first = 30_000 + (process.pid % 100) * 20;
  return {
    ZVONOK_TURN_MODE: 'managed', ZVONOK_TURN_HOST: '127.0.0.1', ZVONOK_TURN_PORT: await freePort(),
    ZVONOK_TURN_RELAY_PORTS: `${first}-${first + 99}`,
    ZVONOK_TURN_ALLOWED_PEERS: ['127.0.0.1', ...ownAddresses()].join(','),
  };
}

// As if no other path could be had; `only` keeps the URLs that contain it.
const relayOnly = (only = '') => async (page, context) => {
  await context.addInitScript((wanted) => {
    const Real = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Real {
      constructor(configuration) {
        const iceServers = configuration.iceServers
          .map((server) => ({ ...server, urls: [server.urls].flat().filter((url) => url.includes(wanted)) }))
          .filter(({ urls }) => urls.length > 0);
        super({ ...configuration, iceServers, iceTransportPolicy: 'relay' });
      }
    };
  }, only);
};

const path = (person) => person.page.textContent('#call-path');

/** A place on the relay that this person has already, as by a page that was left. */
async function takePlace(stage, name) {
  const response = await fetch(`${stage.url}/api/ice-servers`, { headers: { Authorization: `Bearer ${stage.token(name)}` } });
  const { urls, username, credential } = (await response.json()).iceServers.find((server) => server.username);
  const client = await TurnClient.open(parseTurnUrl(urls[0]), { username, credential });
  stage.atEnd(() => client.close());
  assert.equal((await client.allocate()).code, 0);
}

export const cases = [
  ['UDP', ''],
  ['TCP', 'transport=tcp'],
].map(([protocol, only]) => ({
  name: `relay: a video call through our own coturn, reached over ${protocol}, and both read that it is relayed`,
  env: managedRelay,
  async run(stage) {
    const alice = await stage.person('alice', { prepare: relayOnly(only) });
    const bob = await stage.person('bob', { prepare: relayOnly(only) });
    await alice.dial('bob', 'video');
    await bob.answer('video');
    await Promise.all([alice.receives({ video: true }), bob.receives({ video: true })]);
    for (const person of [alice, bob]) {
      await person.page.waitForFunction(() => document.querySelector('#call-path').textContent !== '');
      assert.equal(await path(person), `Through a relay · ${protocol}`);
    }
    await alice.hangUp();
    await bob.sees(/hung up/);
  },
})).concat([
  {
    name: 'relay: when it has no place left, the page says that it is full and does not blame the network (T10)',
    env: async () => ({ ...(await managedRelay()), ZVONOK_TURN_USER_QUOTA: '1' }),
    async run(stage) {
      for (const name of ['alice', 'bob']) await takePlace(stage, name);
      const alice = await stage.person('alice', { prepare: relayOnly('udp') });
      const bob = await stage.person('bob', { prepare: relayOnly('udp') });
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.sees(/The relay that this call needs is full/);
    },
  },
  {
    name: 'relay: a path that is direct is called so, and a server without a relay changes nothing',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.page.waitForFunction(() => document.querySelector('#call-path').textContent !== '');
      assert.match(await path(alice), /^Direct · (UDP|TCP)$/);
    },
  },
]);
