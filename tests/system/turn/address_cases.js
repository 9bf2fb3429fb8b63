// Which address the relay gives out: the one that people see, in each family, or none (T08); and what the watch over it
// makes of a network that takes no datagrams. In networks of their own, with names of their own; addresses are those that
// are set aside for documentation, and count as public here.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

import { TEST_SECRET, mint } from '../../lib/tokens.js';
import { eventually } from '../../lib/watch.js';
import { binary } from '../lifecycle/harness.js';
import { relaysOf } from './relay.js';

const kName = 'turn.zvonok.test';
const kPublic = '198.51.100.0/24,203.0.113.0/24,2001:db8::/32';
/// An interface whose other end hangs in the air; what is sent there goes nowhere, as it should.
const device = (name, address) =>
  `ip link add ${name} type veth peer name to-${name}; ip link set ${name} up; ip link set to-${name} up; ip addr add ${address} dev ${name};`;
const kPrivateV4 = `${device('eth0', '10.0.0.5/24')} ip route add default via 10.0.0.1;`;
const kUla = 'ip addr add fd00::5/64 dev eth0 nodad; ip -6 route add default via fd00::1;';
const kPort = 3001;

/// A server with a relay inside a network: `t.network` with `setup`, where `names` are the lines of /etc/hosts.
async function inside(t, { setup = kPrivateV4, names = '', env = {} }) {
  const hosts = t.file('hosts', `127.0.0.1 localhost\n${names}\n`);
  const network = await t.network(setup, { hosts });
  const server = await t.start({
    target: network.inside(binary),
    env: {
      PORT: kPort, JWT_SECRET: TEST_SECRET, ZVONOK_HOST: null, ZVONOK_ADMIN_LISTEN: '', ZVONOK_TURN_MODE: 'managed',
      ZVONOK_TURN_HOST: kName, ZVONOK_TURN_ALLOWED_PEERS: kPublic, ...env,
    },
  });
  const ask = async (family) => {
    const headers = { Authorization: `Bearer ${mint({ userId: 'anna' })}` };
    const [answer] = await network.ask({ url: `http://127.0.0.1:${kPort}/api/ice-servers`, headers });
    const { username, credential } = JSON.parse(answer.body).iceServers.find((entry) => entry.username);
    const [allocation] = await network.ask({ turn: 'turn:127.0.0.1:3478?transport=udp', login: { username, credential }, family });
    return allocation.relayed ?? allocation.error ?? allocation.code;
  };
  return { server, network, ask, rename: (lines) => writeFileSync(hosts, `127.0.0.1 localhost\n${lines}\n`) };
}

const kNoSuchFamily = 440; // RFC 8656 section 19: Address Family not Supported

/// What the relay gives for IPv4 and IPv6, and what the log says of it.
const table = [
  ['a name that means the public address of 1:1 NAT', { names: `198.51.100.7 ${kName}` }, '198.51.100.7', kNoSuchFamily, null],
  ['a name with an address of each family', { setup: kPrivateV4 + kUla, names: `198.51.100.7 ${kName}\n2001:db8::7 ${kName}` }, '198.51.100.7', '2001:db8:0:0:0:0:0:7', null],
  ['a name with IPv4 only on a machine with both', { setup: kPrivateV4 + kUla, names: `198.51.100.7 ${kName}` }, '198.51.100.7', kNoSuchFamily, null],
  ["Debian's own 127.0.1.1", { names: `127.0.1.1 ${kName}` }, '10.0.0.5', kNoSuchFamily, /address 10\.0\.0\.5 is private.*turn\.external_ip/],
  ['a private address of another machine', { names: `10.0.0.77 ${kName}` }, '10.0.0.5', kNoSuchFamily, /address 10\.0\.0\.5 is private/],
  ['a name that nobody knows', {}, '10.0.0.5', kNoSuchFamily, /turn\.zvonok\.test \(turn\.host\) is not known now; trying again/],
  ['an address that is set, with two interfaces and a bridge', {
    setup: kPrivateV4 + device('eth1', '192.168.7.5/24') + device('docker0', '172.17.0.1/16'),
    names: `198.51.100.7 ${kName}`, env: { ZVONOK_TURN_EXTERNAL_IP: '203.0.113.9' },
  }, '203.0.113.9', kNoSuchFamily, null],
  ['a public address of this machine', { setup: `${device('eth0', '203.0.113.5/24')} ip route add default via 203.0.113.1;`, names: `203.0.113.5 ${kName}` }, '203.0.113.5', kNoSuchFamily, null],
];

export const addressCases = [
  ...table.map(([what, options, v4, v6, says]) => ({
    name: `the relay's address with ${what} (T08)`,
    needs: ['network'],
    async run(t) {
      const { server, ask } = await inside(t, options);
      assert.equal(await ask(4), v4);
      assert.equal(await ask(6), v6);
      if (says) await t.logged(server, says.source);
      else assert.doesNotMatch(server.log(), / warn (?!jwt)/);
    },
  })),
  {
    name: 'a name that gets another address is noticed, and the relay gives that out (T08)',
    needs: ['network'],
    async run(t) {
      const { server, ask, rename } = await inside(t, { names: `198.51.100.7 ${kName}` });
      assert.equal(await ask(4), '198.51.100.7');
      const [before] = relaysOf(server.pid);
      rename(`198.51.100.8 ${kName}`);
      const begun = Date.now();
      await t.logged(server, 'have changed: starting the relay anew', 1, 60_000);
      // Once may be a moment's mistake of a name server; the third look in a row is believed.
      assert.ok(Date.now() - begun > 15_000, `after ${Date.now() - begun} ms`);
      await t.logged(server, 'works again');
      assert.equal(await ask(4), '198.51.100.8');
      await eventually('the old one is gone', () => !relaysOf(server.pid).includes(before));
    },
  },
  {
    name: 'a relay that a flood of datagrams hides, but not from TCP, is left the calls that it has',
    needs: ['network', 'nftables'],
    async run(t) {
      const { server, network } = await inside(t, { names: `198.51.100.7 ${kName}` });
      const nft = (...rules) => {
        const [program, ...args] = network.inside(['nft', ...rules]);
        return execFileSync(program, args, { encoding: 'utf8' });
      };
      const relays = relaysOf(server.pid);
      nft('add table ip lab; add chain ip lab in { type filter hook input priority 0; }; add rule ip lab in udp dport 3478 counter drop');
      await t.logged(server, 'answers over TCP alone', 1, 60_000);
      assert.match(nft('list', 'ruleset'), /counter packets [1-9]/);
      assert.deepEqual(relaysOf(server.pid), relays, server.log());
      assert.doesNotMatch(server.log(), /does not answer/);
    },
  },
];
