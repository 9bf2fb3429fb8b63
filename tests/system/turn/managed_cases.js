// A coturn of our own: it works, for everybody who may call and nobody else, and it ends and comes back as it should.
import { strict as assert } from 'node:assert';
import dgram from 'node:dgram';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ownAddresses } from '../../lib/addresses.js';
import { freePort } from '../../lib/server.js';
import { TEST_SECRET, mint } from '../../lib/tokens.js';
import { TurnClient } from '../../lib/turn_client.js';
import { eventually } from '../../lib/watch.js';
import { iceServers, ipv6Relay, managed, metric, relayClient, relayPorts, relaysOf, relayedCall } from './relay.js';

// Every kind of id that a token may name (measured: as TURN names they would get 400 or 401 from coturn).
export const kIds = {
  plain: 'anna', number: 42, colon: 'al:ice', blank: 'anna b', quotes: 'a"b\'c', backslash: 'a\\b', 'line ends': 'a\r\nb',
  cyrillic: 'Жанна', emoji: '👩‍🚀', '512 bytes': 'x'.repeat(512), slash: 'a/b?c=d', angle: '<a>', percent: '%00%s',
};

export const managedCases = [
  ...Object.entries(kIds).map(([kind, id]) => ({
    name: `a user id with ${kind} gets an allocation over UDP and TCP`,
    async run(t) {
      const server = await managed(t);
      for (const transport of ['udp', 'tcp']) {
        const client = await relayClient(t, server, id, transport);
        const { code, relayed } = await client.allocate();
        assert.equal(code, 0, transport);
        assert.ok([...ownAddresses(), '127.0.0.1'].includes(relayed), `relayed from ${relayed}`);
        assert.equal(await client.release(), 0);
      }
    },
  })),
  {
    name: 'an IPv6 relay where the machine has an address for it',
    async run(t) {
      const server = await managed(t, ipv6Relay);
      const { code } = await (await relayClient(t, server, 'anna')).allocate({ family: 6 });
      assert.equal(code === 0, ownAddresses().some((address) => address.includes(':')), `answered ${code}`);
    },
  },
  {
    name: 'no relay without a login, with a wrong one, or with a name that was changed',
    async run(t) {
      const server = await managed(t);
      const stranger = await TurnClient.open({ host: '127.0.0.1', port: server.turnPort, transport: 'udp' });
      t.onEnd(() => stranger.close());
      assert.equal((await stranger.allocate()).code, 401);
      const changes = {
        password: ({ username }) => ({ username, credential: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }),
        'longer life': ({ username, credential }) => ({ username: username.replace(/^\d+/, (n) => String(Number(n) + 1)), credential }),
        'other user': ({ username, credential }) => ({ username: username.replace(/.$/, 'g'), credential }),
      };
      for (const [what, change] of Object.entries(changes))
        assert.equal((await (await relayClient(t, server, 'anna', 'udp', change)).allocate()).code, 401, what);
      await eventually('refused logins are counted', async () => (await metric(server, 'zvonok_relay_allocations_total{outcome="login"}')) >= 3);
    },
  },
  {
    name: 'the quota counts a person over all credentials, and nobody else',
    async run(t) {
      const server = await managed(t, { ZVONOK_TURN_USER_QUOTA: 3, ZVONOK_TURN_TTL_S: 60 });
      const clients = [];
      for (let i = 0; i < 4; ++i) clients.push(await relayClient(t, server, 'anna'));
      for (const client of clients.slice(0, 3)) assert.equal((await client.allocate()).code, 0);
      assert.equal((await clients[3].allocate()).code, 486);
      for (const other of ['boris', 'an', 'anna:', '1:anna']) assert.equal((await (await relayClient(t, server, other)).allocate()).code, 0, other);
      assert.equal(await clients[0].release(), 0);
      const again = await relayClient(t, server, 'anna');
      await eventually('a freed place is usable', async () => (await again.allocate()).code === 0, 3_000);
      await eventually('a refused one is counted', async () => (await metric(server, 'zvonok_relay_allocations_total{outcome="quota"}')) >= 1);
    },
  },
  {
    name: 'a quota of one is one for each person, and the probe of our own does not count',
    async run(t) {
      const server = await managed(t, { ZVONOK_TURN_USER_QUOTA: 1 });
      for (const user of ['anna', 'boris']) {
        const [first, second] = [await relayClient(t, server, user), await relayClient(t, server, user, 'tcp')];
        assert.equal((await first.allocate()).code, 0);
        assert.equal((await second.allocate()).code, 486);
      }
    },
  },
  {
    name: 'used up relay ports are answered 508, counted, and told with the setting to change',
    async run(t) {
      const server = await managed(t, { ZVONOK_TURN_RELAY_PORTS: relayPorts(6), ZVONOK_TURN_USER_QUOTA: 100 });
      const codes = [];
      for (let i = 0; i < 8; ++i) codes.push((await (await relayClient(t, server, `u${i}`)).allocate()).code);
      assert.ok(codes.includes(508), codes.join());
      await t.logged(server, 'no port left.*turn.relay_ports');
      assert.ok((await metric(server, 'zvonok_relay_allocations_total{outcome="no_port"}')) > 0);
    },
  },
  {
    name: 'allocations are counted from their beginning to their end',
    async run(t) {
      const server = await managed(t);
      const client = await relayClient(t, server, 'anna');
      await client.allocate();
      await eventually('one is live', async () => (await metric(server, 'zvonok_relay_allocations_live')) === 1);
      await client.release();
      await eventually('none is live', async () => (await metric(server, 'zvonok_relay_allocations_live')) === 0);
      assert.equal(await metric(server, 'zvonok_relay_allocations_total{outcome="made"}'), 1, 'our own probe is not counted');
    },
  },
  {
    name: 'a relay that is killed is back within two seconds, with the same secret',
    async run(t) {
      const server = await managed(t);
      const before = await relayClient(t, server, 'anna');
      assert.equal((await before.allocate()).code, 0);
      const [first] = relaysOf(server.pid);
      const killed = Date.now();
      process.kill(first, 'SIGKILL');
      await t.logged(server, 'relay .coturn. works again');
      assert.ok(Date.now() - killed < 2_000, `${Date.now() - killed} ms`);
      const again = await TurnClient.open({ host: '127.0.0.1', port: server.turnPort, transport: 'udp' }, before.login);
      t.onEnd(() => again.close());
      assert.equal((await again.allocate()).code, 0, 'a credential that was handed out before still opens it');
      assert.equal(await metric(server, 'zvonok_relay_restarts_total'), 1);
      await eventually('of all allocations there is the new one', async () => (await metric(server, 'zvonok_relay_allocations_live')) === 1);
      assert.notDeepEqual(relaysOf(server.pid), [first]);
    },
  },
  {
    name: 'a relay that hangs is noticed and started again',
    async run(t) {
      const server = await managed(t);
      const [hung] = relaysOf(server.pid);
      process.kill(hung, 'SIGSTOP');
      await t.logged(server, 'relay .coturn. does not answer: starting it again', 1, 60_000);
      await t.logged(server, 'relay .coturn. works again');
      assert.equal((await (await relayClient(t, server, 'anna')).allocate()).code, 0);
      assert.ok(!relaysOf(server.pid).includes(hung));
    },
  },
  {
    name: 'a flood of wishes without a login does not hold up what is relayed',
    async run(t) {
      const server = await managed(t, { ZVONOK_TURN_ALLOWED_PEERS: '127.0.0.1' });
      const call = await relayedCall(t, server, ['anna', 'boris']);
      const stranger = dgram.createSocket('udp4');
      t.onEnd(() => stranger.close());
      // An Allocate (RFC 8656 section 7.1) that asks for UDP; coturn writes a line for each.
      const wish = Buffer.from('000300082112a442000102030405060708090a0b0019000411000000', 'hex');
      let slowest = 0;
      for (let round = 0; round < 30; ++round) {
        for (let i = 0; i < 500; ++i) stranger.send(wish, server.turnPort, '127.0.0.1');
        const begun = performance.now();
        await call.reachesBothWays(`round ${round}`);
        slowest = Math.max(slowest, performance.now() - begun);
      }
      assert.ok(slowest < 700, `a packet took ${Math.round(slowest)} ms`);
    },
  },
  {
    name: 'what a client writes into the log of the relay is not believed',
    async run(t) {
      const server = await managed(t);
      const stranger = dgram.createSocket('udp4');
      t.onEnd(() => stranger.close());
      const lines = ['x', '0: : session 001000000000000009: new, realm=<r>, username=<1:a>, lifetime=600',
        '0: : session 001000000000000009: usage: realm=<r>, username=<1:a>, rp=1, rb=999999, sp=1, sb=999999',
        '0: : session 001000000000000009: realm <r> user <1:a>: incoming packet ALLOCATE processed, error 508: Cannot create socket', 'x'];
      const origin = Buffer.from(lines.join('\n'));
      const padded = Buffer.concat([origin, Buffer.alloc((4 - (origin.length % 4)) % 4)]);
      const head = Buffer.from('000300002112a4420001020304050607080900ff', 'hex');
      const attribute = Buffer.from('802f0000', 'hex'); // ORIGIN, which coturn prints as it is
      head.writeUInt16BE(padded.length + 4, 2);
      attribute.writeUInt16BE(origin.length, 2);
      for (let i = 0; i < 20; ++i) stranger.send(Buffer.concat([head, attribute, padded]), server.turnPort, '127.0.0.1');
      const client = await relayClient(t, server, 'anna');
      assert.equal((await client.allocate()).code, 0);
      await eventually('the real one is counted', async () => (await metric(server, 'zvonok_relay_allocations_live')) === 1);
      assert.equal(await metric(server, 'zvonok_relay_allocations_total{outcome="made"}'), 1);
      assert.equal(await metric(server, 'zvonok_relay_allocations_total{outcome="no_port"}'), 0);
      assert.equal(await metric(server, 'zvonok_relay_bytes_total{direction="from_clients"}'), 0);
    },
  },
  {
    name: 'the relay ends with the server, however that ends',
    async run(t) {
      for (const signal of ['SIGTERM', 'SIGKILL']) {
        const server = await managed(t);
        server.mayDie = true;
        const [relay] = relaysOf(server.pid);
        assert.ok(relay);
        await server.stop(signal);
        await eventually('the relay is gone', () => !readdirSync('/proc').includes(String(relay)), 3_000);
      }
    },
  },
  {
    name: 'the secret is in no argument, no environment and no file, and nothing of a user is in the log',
    async run(t) {
      const server = await managed(t, { ZVONOK_LOG_LEVEL: 'debug' });
      const { body } = await iceServers(server, 'anna-of-the-log');
      const client = await relayClient(t, server, 'anna-of-the-log');
      await client.allocate();
      const [relay] = relaysOf(server.pid);
      assert.deepEqual(readFileSync(`/proc/${relay}/cmdline`, 'utf8').split('\0').filter(Boolean), ['turnserver', '-c', '/proc/self/fd/3']);
      assert.deepEqual(readFileSync(`/proc/${relay}/environ`, 'utf8').split('\0').filter(Boolean), ['PATH=/usr/local/bin:/usr/bin:/bin']);
      const kept = readdirSync(join(server.folder, 'data'));
      assert.ok(kept.includes('zvonok.db'), `looked at the wrong folder: ${kept}`);
      for (const name of kept) {
        const bytes = readFileSync(join(server.folder, 'data', name));
        for (const word of [body.iceServers[1].credential, TEST_SECRET]) assert.ok(!bytes.includes(word), `${name} holds ${word}`);
      }
      const log = await t.wholeLog(server);
      for (const word of ['anna-of-the-log', body.iceServers[1].credential, body.iceServers[1].username, TEST_SECRET])
        assert.ok(!log.includes(word), word);
    },
  },
  {
    name: 'a port of the relay that is taken is a start-up error that names the setting, and nothing is left running',
    async run(t) {
      const port = await freePort();
      const taken = dgram.createSocket('udp4');
      t.onEnd(() => taken.close());
      await new Promise((done) => taken.bind(port, '127.0.0.1', done));
      const env = { JWT_SECRET: TEST_SECRET, PORT: await freePort(), ZVONOK_ADMIN_LISTEN: '', ZVONOK_TURN_MODE: 'managed', ZVONOK_TURN_HOST: '127.0.0.1', ZVONOK_TURN_PORT: port, ZVONOK_TURN_RELAY_PORTS: relayPorts() };
      await t.refuses(['serve'], { env }, [/turn\.port/, new RegExp(`port ${port} on 127\\.0\\.0\\.1`)]);
      assert.equal(relaysOf(1).length + relaysOf(process.pid).length, 0);
    },
  },
  {
    name: 'a machine without coturn is told which package to install',
    async run(t) {
      const env = { JWT_SECRET: TEST_SECRET, PATH: '/nowhere', PORT: await freePort(), ZVONOK_ADMIN_LISTEN: '', ZVONOK_TURN_MODE: 'managed', ZVONOK_TURN_HOST: '127.0.0.1', ZVONOK_TURN_PORT: await freePort() };
      await t.refuses(['serve'], { env }, [/turn\.mode = managed/, /apt install coturn/]);
    },
  },
  {
    name: 'many files allowed to the server are not taken by the relay (D02)',
    async run(t) {
      const server = await managed(t);
      const [relay] = relaysOf(server.pid);
      const limit = /Max open files\s+(\d+)/.exec(readFileSync(`/proc/${relay}/limits`, 'utf8'))[1];
      assert.ok(Number(limit) <= 8_192 + 4 * 40, limit);
    },
  },
  {
    name: 'sixty answers a minute for a user, then 429 with Retry-After, and others are not touched',
    async run(t) {
      const server = await managed(t);
      let answered = 0, refused;
      const begun = Date.now();
      while ((refused = await iceServers(server, 'anna')).status === 200) answered += 1;
      const earned = Math.ceil((Date.now() - begun) / 1_000); // one a second, on a machine that is slow
      assert.ok(answered >= 60 && answered <= 60 + earned, `${answered} answers`);
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get('retry-after'), '60');
      assert.equal((await iceServers(server, 'boris')).status, 200);
    },
  },
  {
    name: 'a token that is missing, wrong or expired gets 401 and no server',
    async run(t) {
      const server = await managed(t);
      for (const token of ['', 'x', mint({ userId: 'anna', exp: 1 }), mint({ userId: 'anna' }, { key: 'another secret of more than 32 bytes' })]) {
        const { status, headers, body } = await iceServers(server, 'anna', { token });
        assert.deepEqual([status, headers.get('www-authenticate'), body.code], [401, 'Bearer', 'unauthorized']);
      }
    },
  },
];
