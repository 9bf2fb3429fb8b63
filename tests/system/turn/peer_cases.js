// Where the relay must not send for its users: each range is asked for through a real allocation.
import { strict as assert } from 'node:assert';

import { ownAddresses } from '../../lib/addresses.js';
import { ipv6Relay, managed, relayClient } from './relay.js';

const kDenied4 = [
  '127.0.0.1', '169.254.169.254', '168.63.129.16', '127.255.255.255', '0.0.0.1', '10.0.0.1', '10.255.255.255', '100.64.0.1', '169.254.0.1', '172.16.0.1',
  '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1', '192.168.0.1', '192.168.255.255', '198.18.0.1', '198.19.255.255', '198.51.100.1',
  '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255',
];
const kDenied6 = [
  '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1',
  '2002:7f00:1::1', '::ffff:0:7f00:1', '1fff::1', '3fff::1', '4000::1', '5f00::1', 'fec0::1', 'feff::1', 'fc00::1', 'fdff::1', 'fe80::1', 'ff02::1',
];
const kAllowed4 = ['1.1.1.1', '168.63.129.15', '168.63.129.17', '9.255.255.255', '11.0.0.1', '172.15.255.255', '172.32.0.1', '198.20.0.1', '223.255.255.255'];
const kAllowed6 = ['2606:4700:4700::1111', '2a00::1', '2003::1', '3ffe::1'];

export const peerCases = [
  {
    name: 'peers that are this machine, private or special are refused with 403 over IPv4, public ones are not',
    async run(t) {
      const client = await relayClient(t, await managed(t), 'anna');
      assert.equal((await client.allocate()).code, 0);
      for (const peer of kDenied4) assert.equal(await client.permit(peer), 403, peer);
      for (const peer of kAllowed4) assert.equal(await client.permit(peer), 0, peer);
    },
  },
  {
    name: 'and over IPv6, where the machine has it',
    async run(t) {
      const client = await relayClient(t, await managed(t, ipv6Relay), 'anna');
      if ((await client.allocate({ family: 6 })).code !== 0) {
        assert.ok(!ownAddresses().some((address) => address.includes(':')));
        return; // "an IPv6 relay where the machine has an address for it" says so.
      }
      for (const peer of kDenied6) assert.equal(await client.permit(peer), 403, peer);
      for (const peer of kAllowed6) assert.equal(await client.permit(peer), 0, peer);
    },
  },
  {
    name: 'an IPv4 allocation reaches no denied peer by its mapped IPv6 form (CVE-2026-27624)',
    async run(t) {
      const client = await relayClient(t, await managed(t), 'anna');
      await client.allocate();
      for (const peer of ['::ffff:127.0.0.1', '::ffff:169.254.169.254', '::ffff:10.0.0.1']) assert.ok([403, 443].includes(await client.permit(peer)), peer);
    },
  },
  {
    name: 'turn.allowed_peers lifts its range and no other',
    async run(t) {
      const client = await relayClient(t, await managed(t, { ZVONOK_TURN_ALLOWED_PEERS: '10.1.0.0/16' }), 'anna');
      await client.allocate();
      assert.equal(await client.permit('10.1.2.3'), 0);
      for (const peer of ['10.0.255.255', '10.2.0.0', '127.0.0.1']) assert.equal(await client.permit(peer), 403, peer);
    },
  },
];
