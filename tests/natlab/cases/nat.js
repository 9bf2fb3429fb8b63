// What lies between two people: routers, firewalls, a server behind a NAT of its own, two kinds of addresses.
import assert from 'node:assert/strict';

import { relayOnly } from '../../e2e/relay_only.js';
import { call, path, row } from '../calls.js';
import { watchFlow } from '../stopwatch.js';
import { SERVER } from '../topology.js';

const BY_UDP = { out: 'allButTurnTcp' };
const SYMMETRIC = { nat: 'symmetric', ...BY_UDP };
const BEHIND_NAT = { behindNat: true, left: BY_UDP, right: BY_UDP };
const NAME = 'calls.example';
const GIVES_UP_MAX_MS = 45_000; // kConnectMs and kRecoverMs of the page, and a loaded machine.
const BY_NAME = { name: NAME, env: { ZVONOK_TURN_HOST: NAME } };

/** Alice on the left calls Bob on the right, and each takes that path. */
const callWith = (expected, { prepare, families } = {}) => async (lab) => {
  const [alice, bob] = await lab.pair({ prepare, families });
  await call(alice, bob);
  return row(alice, bob, expected);
};

// Whoever the private address of the server is shown to cannot reach it.
const announcesPublicAddress = (run) => async (lab) => {
  const measured = await run(lab);
  for (const { local, remote } of [measured.caller, measured.callee])
    assert.deepEqual([local, remote].map(({ type, address }) => [type, address]), [['relay', SERVER.v4], ['relay', SERVER.v4]]);
  return measured;
};

const relayed = (protocol) => path('relayed', protocol);

export const cases = [
  {
    name: 'cone NAT on both sides',
    run: async (lab) => {
      const measured = await callWith([path('direct', 'udp'), path('direct', 'udp')])(lab);
      // The address that STUN told, or the same one, learnt from a check that came before the candidate.
      for (const { local, remote } of [measured.caller, measured.callee])
        for (const { type } of [local, remote]) assert.match(type, /^(srflx|prflx)$/);
      return measured;
    },
  },
  {
    name: 'symmetric NAT on both sides',
    core: true,
    shape: { left: SYMMETRIC, right: SYMMETRIC },
    run: callWith([relayed('udp'), relayed('udp')]),
  },
  {
    name: 'UDP blocked on one side',
    shape: { left: { out: 'tcp' } },
    run: callWith([relayed('tcp'), relayed('udp')]),
  },
  {
    name: 'UDP blocked on both sides',
    shape: { left: { out: 'tcp' }, right: { out: 'tcp' } },
    run: callWith([relayed('tcp'), relayed('tcp')]),
  },
  {
    name: 'only port 443 open on one side',
    shape: { tls: true, left: { out: 'https' } },
    run: callWith([relayed('tls'), relayed('udp')]),
  },
  {
    name: 'only port 443 open on both sides',
    shape: { tls: true, left: { out: 'https' }, right: { out: 'https' } },
    run: callWith([relayed('tls'), relayed('tls')]),
  },
  {
    name: 'relay only',
    shape: { left: BY_UDP, right: BY_UDP },
    run: callWith([relayed('udp'), relayed('udp')], { prepare: relayOnly() }),
  },
  {
    name: 'server behind 1:1 NAT, address found out',
    shape: { ...BEHIND_NAT, env: { ZVONOK_TURN_HOST: null, ZVONOK_PUBLIC_URL: `http://${SERVER.v4}:3001` } },
    run: announcesPublicAddress(callWith([relayed('udp'), relayed('udp')], { prepare: relayOnly() })),
  },
  {
    name: 'server behind 1:1 NAT, address given',
    shape: { ...BEHIND_NAT, env: { ZVONOK_TURN_EXTERNAL_IP: SERVER.v4 } },
    run: announcesPublicAddress(callWith([relayed('udp'), relayed('udp')], { prepare: relayOnly() })),
  },
  {
    name: 'IPv6 only calls IPv4 only',
    shape: { ...BY_NAME, left: { family: 6, ...BY_UDP }, right: BY_UDP },
    run: callWith([relayed('udp'), relayed('udp')], { families: [6, 4] }),
  },
  {
    name: 'IPv4 only calls IPv6 only',
    shape: { ...BY_NAME, left: BY_UDP, right: { family: 6, ...BY_UDP } },
    run: callWith([relayed('udp'), relayed('udp')], { families: [4, 6] }),
  },
  {
    name: 'control: symmetric NAT on both sides and no relay',
    shape: { left: SYMMETRIC, right: SYMMETRIC, env: { ZVONOK_TURN_MODE: 'off', ZVONOK_TURN_HOST: null, ZVONOK_TURN_ALLOWED_PEERS: null } },
    async run(lab) {
      const [alice, bob] = await lab.pair();
      await alice.dial('bob', 'video');
      await bob.answer('video');
      await alice.phase('connecting');
      const begun = performance.now();
      for (const { page } of [alice, bob]) {
        await page.evaluate(watchFlow);
        page.setDefaultTimeout(GIVES_UP_MAX_MS);
      }
      for (const person of [alice, bob]) await person.sees(/No network path between the two of you was found/);
      const givenUpMs = Math.round(performance.now() - begun);
      for (const { page, name } of [alice, bob]) {
        const { flow, times } = await page.evaluate(() => window.lab);
        assert.ok(flow.every(({ frames }) => frames === 0), `${name} got a frame`);
        assert.equal(times.connectedAt, null, `${name} was connected`);
      }
      return { note: `no frame; both pages say so after ${(givenUpMs / 1000).toFixed(1)} s` };
    },
  },
];
