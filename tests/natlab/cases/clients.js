// Who calls: another browser, a device whose date is wrong; and what browsers think of our answer.
import assert from 'node:assert/strict';

import { relayOnly } from '../../e2e/relay_only.js';
import { call, path, row } from '../calls.js';

const UDP = path('relayed', 'udp');
const BY_UDP = { out: 'allButTurnTcp' };
const SYMMETRIC = { nat: 'symmetric', ...BY_UDP };
const OFF = { ZVONOK_TURN_MODE: 'off', ZVONOK_TURN_HOST: null, ZVONOK_TURN_ALLOWED_PEERS: null };
const EXTERNAL = {
  ...OFF, ZVONOK_TURN_MODE: 'external', ZVONOK_TURN_SECRET: 'of the relay',
  ZVONOK_TURN_URLS: 'stun:turn.example:3478,turn:198.51.100.99:3478?transport=udp,turn:[2001:db8:9::9]:3478?transport=tcp,turns:turn.example:5349',
};

/** Before the page loads: its date is off by this much, its monotonic clock is not. */
const clockOff = (hours) => (page, context) =>
  context.addInitScript((offMs) => {
    const Real = Date;
    window.Date = class extends Real {
      constructor(...args) {
        super(...(args.length > 0 ? args : [Real.now() + offMs]));
      }

      static now() {
        return Real.now() + offMs;
      }
    };
  }, hours * 3_600_000);

/** Makes a peer connection of our answer as it came, in the page of somebody. */
const makesPeer = (person) =>
  person.page.evaluate(async () => {
    const headers = { Authorization: `Bearer ${sessionStorage.getItem('zvonok.token')}` };
    const reply = await (await fetch('api/ice-servers', { headers })).json();
    const peer = new RTCPeerConnection(reply);
    const kept = peer.getConfiguration().iceServers.flatMap(({ urls }) => urls);
    peer.close();
    return { ttl: reply.ttl, urls: reply.iceServers.flatMap(({ urls }) => urls), kept };
  });

const acceptsReply = (urlCount) => async (lab) => {
  for (const person of await Promise.all([lab.chromium('alice', 'left'), lab.firefox('bob', 'right')])) {
    const { ttl, urls, kept } = await makesPeer(person);
    assert.equal(ttl, 3600);
    assert.equal(urls.length, urlCount, urls.join());
    assert.deepEqual(kept, urls, person.name);
  }
};

export const cases = [
  ...[-3, 3].map((hours) => ({
    name: `a clock that is 3 h ${hours < 0 ? 'behind' : 'ahead'}`,
    shape: { left: BY_UDP, right: BY_UDP },
    async run(lab) {
      const prepare = async (page, context) => {
        await clockOff(hours)(page, context);
        await relayOnly()(page, context);
      };
      const [alice, bob] = await lab.pair({ prepare });
      const offMs = await alice.page.evaluate((now) => Date.now() - now, Date.now());
      assert.ok(Math.abs(offMs - hours * 3_600_000) < 60_000, `the page's clock is off by ${offMs} ms`);
      await call(alice, bob);
      return row(alice, bob, [UDP, UDP]);
    },
  })),
  {
    name: 'Chromium calls Firefox, symmetric NAT on both sides',
    shape: { left: SYMMETRIC, right: SYMMETRIC },
    async run(lab) {
      const [alice, bob] = await Promise.all([lab.chromium('alice', 'left'), lab.firefox('bob', 'right')]);
      await call(alice, bob);
      return row(alice, bob, [UDP, UDP]);
    },
  },
  { name: 'browsers take the answer of a managed relay', run: acceptsReply(3) },
  { name: 'browsers take the answer of an external relay', shape: { env: EXTERNAL }, run: acceptsReply(4) },
  { name: 'browsers take the answer without a relay', shape: { env: OFF }, run: acceptsReply(0) },
];
