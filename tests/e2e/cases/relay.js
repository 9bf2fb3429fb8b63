// Calls through a relay of the server's own: with candidates of that kind alone, as behind networks that let nothing in.
import assert from 'node:assert/strict';

import { ownAddresses } from '../../lib/addresses.js';
import { freePort, mustEndWell, startServer } from '../../lib/server.js';
import { TurnClient, parseTurnUrl } from '../../lib/turn_client.js';
import { relayOnly } from '../relay_only.js';

let relays = 0;

/** A relay on this machine may send to this machine only, by the setting for networks without outside. */
async function managedRelay() {
  const first = 30_000 + (process.pid % 20) * 800 + (relays++ % 8) * 100; // Of its own: the case beside may have one too.
  return {
    ZVONOK_TURN_MODE: 'managed', ZVONOK_TURN_HOST: '127.0.0.1', ZVONOK_TURN_PORT: await freePort(),
    ZVONOK_TURN_RELAY_PORTS: `${first}-${first + 99}`,
    ZVONOK_TURN_ALLOWED_PEERS: ['127.0.0.1', ...ownAddresses()].join(','),
  };
}

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
  ['UDP', 'transport=udp'], // A browser that may choose takes the one that answers first.
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
    name: 'relay: a server that was started anew has a relay with a new secret, and open pages call through it',
    async run(stage) {
      const env = { PORT: await freePort(), ...(await managedRelay()) };
      const first = await startServer({ args: ['--dev'], env });
      stage.url = first.url;
      const alice = await stage.person('alice', { prepare: relayOnly('udp') });
      const bob = await stage.person('bob', { prepare: relayOnly('udp') });
      const talk = async () => {
        await alice.dial('bob', 'audio');
        await bob.answer('audio');
        await Promise.all([alice.phase('active'), bob.phase('active')]);
        await alice.hangUp();
        await bob.sees(/hung up/);
      };
      await talk();
      await first.stop();
      for (const { page } of [alice, bob]) await page.waitForSelector('#status:not([data-kind="online"])', { state: 'attached' });
      const second = await startServer({ args: ['--dev'], env });
      stage.atEnd(() => mustEndWell(second));
      await Promise.all([alice.online(), bob.online()]);
      await talk();
    },
  },
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
