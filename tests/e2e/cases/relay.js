// Calls through a relay of the server's own: with candidates of that kind alone, as behind networks that let nothing in.
import assert from 'node:assert/strict';

import { ownAddresses } from '../../lib/addresses.js';
import { freePort } from '../../lib/server.js';

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
