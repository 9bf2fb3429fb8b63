// TURN over TLS on the port of HTTPS: the first byte tells them apart, and both work whatever a client's TLS says (T03).
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';

import { Client } from '../../lib/client.js';
import { TurnClient, parseTurnUrl } from '../../lib/turn_client.js';
import { eventually } from '../../lib/watch.js';
import { makePair } from '../lifecycle/certificate.js';
import { kIds } from './managed_cases.js';
import { iceServers, managed, metric, relaysOf } from './relay.js';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // our own certificate, on loopback

async function secure(t, env = {}) {
  const pair = makePair(t);
  return managed(t, { ZVONOK_TLS_CERT: pair.cert, ZVONOK_TLS_KEY: pair.key, ...env });
}

const servers = async (server, user) => iceServers(server, user, { scheme: 'https' });

async function turns(t, server, user = 'anna') {
  const { body } = await servers(server, user);
  const entry = body.iceServers.find(({ username }) => username);
  const url = entry.urls.find((text) => text.startsWith('turns:'));
  assert.equal(url, `turns:127.0.0.1:${server.port}?transport=tcp`);
  const client = await TurnClient.open(parseTurnUrl(url), { username: entry.username, credential: entry.credential });
  t.onEnd(() => client.close());
  return client;
}

function connect(t, server, options = {}) {
  return new Promise((done, fail) => {
    const socket = tls.connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false, ...options }, () => done(socket));
    socket.once('error', fail);
    t.onEnd(() => socket.destroy());
  });
}

const read = (socket) => new Promise((done) => { socket.once('data', done); socket.once('close', () => done(Buffer.alloc(0))); });
const ended = (socket) => new Promise((done) => { socket.resume(); socket.once('close', done); });

// A binding request (RFC 8489 section 5) and the type of its success.
const kBinding = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');
const isBindingSuccess = (bytes) => bytes.readUInt16BE(0) === 0x0101;

const kHandshakes = {
  'no ALPN': {}, 'ALPN stun.turn': { ALPNProtocols: ['stun.turn'] }, 'ALPN http/1.1': { ALPNProtocols: ['http/1.1'] },
  'ALPN h2 and http/1.1': { ALPNProtocols: ['h2', 'http/1.1'] }, 'no name': { servername: '' }, 'another name': { servername: 'other.example' },
  'TLS 1.2': { maxVersion: 'TLSv1.2' }, 'TLS 1.3': { minVersion: 'TLSv1.3' },
};

export const tlsCases = [
  ...Object.entries(kHandshakes).map(([what, options]) => ({
    name: `${what}: STUN and HTTP are answered on the same port`,
    async run(t) {
      const server = await secure(t);
      const stun = await connect(t, server, options);
      stun.write(kBinding);
      assert.ok(isBindingSuccess(await read(stun)));
      const http = await connect(t, server, options);
      http.write('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n');
      assert.match((await read(http)).toString(), /^HTTP\/1\.1 200 OK/);
    },
  })),
  {
    name: 'an allocation over turns, beside a WebSocket call on the same port',
    async run(t) {
      const server = await secure(t);
      const [a, b] = await Promise.all(['a', 'b'].map((name) => Client.connect(server, name)));
      t.onEnd(() => Promise.all([a.drop(), b.drop()]));
      const client = await turns(t, server);
      assert.equal((await client.allocate()).code, 0);
      assert.equal(await client.permit('127.0.0.1'), 403);
      a.offer('b');
      await b.next('call:offer');
      await eventually('the stream is counted', async () => (await metric(server, 'zvonok_turn_streams_open')) === 1);
      client.close();
      await eventually('and that it has ended', async () => (await metric(server, 'zvonok_turn_streams_open')) === 0);
    },
  },
  {
    name: 'user ids of every kind get an allocation over turns',
    async run(t) {
      const server = await secure(t);
      for (const [kind, id] of Object.entries(kIds)) assert.equal((await (await turns(t, server, id)).allocate()).code, 0, kind);
    },
  },
  {
    name: 'a line end before a request is HTTP, and so is every first byte that no STUN message has',
    async run(t) {
      const server = await secure(t);
      const early = await connect(t, server);
      early.write('\r\nGET /healthz HTTP/1.1\r\nHost: h\r\n\r\n');
      assert.match((await read(early)).toString(), /^HTTP\/1\.1 200 OK/);
      for (const first of [0x04, 0x0a, 0x14, 0x3f, 0x40, 0x7f]) {
        const socket = await connect(t, server);
        socket.write(Buffer.from([first, 0, 0, 0, ...Buffer.from('\r\n\r\n')]));
        assert.match((await read(socket)).toString(), /^HTTP\/1\.1 400 /, `0x${first.toString(16)}`);
      }
    },
  },
  {
    name: 'SIGTERM ends at once although streams are open whose clients read nothing',
    async run(t) {
      const server = await secure(t);
      const sockets = await Promise.all(Array.from({ length: 5 }, () => connect(t, server)));
      for (const socket of sockets) {
        socket.pause();
        for (let i = 0; i < 2_000; ++i) socket.write(kBinding);
      }
      const { body } = await servers(server, 'anna');
      assert.equal(body.iceServers.length, 2);
      const begun = Date.now();
      const [relay] = relaysOf(server.pid);
      assert.ok(relay);
      assert.deepEqual(await server.stop(), { code: 0, signal: null });
      assert.ok(Date.now() - begun < 8_000, `${Date.now() - begun} ms`);
    },
  },
  {
    name: 'a stream whose client takes nothing is cut after half a minute, also when the relay has ended it before',
    async run(t) {
      const server = await secure(t);
      const client = await connect(t, server);
      client.pause();
      client.on('error', () => {});
      const begun = Date.now();
      // The answers are more than the kernel takes for him. Not all at once: coturn drops those that it cannot get rid of.
      const many = Buffer.concat(Array(1_000).fill(kBinding));
      for (let i = 0; i < 200; ++i) {
        client.write(many);
        await pause(50);
      }
      assert.equal(await metric(server, 'zvonok_turn_streams_open'), 1);
      await eventually('it is cut', async () => (await metric(server, 'zvonok_turn_streams_open')) === 0, 60_000);
      const after = Date.now() - begun; // it is the wait that is tested, behind what it takes to fill the buffers
      assert.ok(after > 30_000 && after < 50_000, `after ${after} ms`);
    },
  },
  {
    name: 'streams alone do not keep out who has a token',
    async run(t) {
      const server = await secure(t, { ZVONOK_LIMITS_CONNECTIONS: 64 });
      const streams = [];
      for (let i = 0; i < 40; ++i) streams.push(await connect(t, server));
      for (const stream of streams) {
        stream.on('error', () => {});
        stream.write(kBinding);
      }
      await eventually('those that fit are open, the others are gone', async () => (await metric(server, 'zvonok_turn_streams_open')) === 16 && (await metric(server, 'zvonok_connections_open')) < 20);
      const [a, b] = await Promise.all(['a', 'b'].map((name) => Client.connect(server, name)));
      t.onEnd(() => Promise.all([a.drop(), b.drop()]));
      a.offer('b');
      await b.next('call:offer');
    },
  },
  {
    name: 'a lone first byte is enough to route, and is not lost',
    async run(t) {
      const socket = await connect(t, await secure(t));
      socket.write(kBinding.subarray(0, 1));
      await new Promise((done) => setTimeout(done, 1_000)); // it is the wait that is tested
      socket.write(kBinding.subarray(1));
      assert.ok(isBindingSuccess(await read(socket)));
    },
  },
  {
    name: 'what is neither ends cleanly, and so does who says nothing',
    async run(t) {
      const server = await secure(t, { ZVONOK_LIMITS_REQUEST_HEAD_S: 1 });
      const channelData = await connect(t, server);
      channelData.write(Buffer.from('4000000400000000', 'hex'));
      await ended(channelData);
      const junk = await connect(t, server);
      junk.write(Buffer.from('ffffffff', 'hex'));
      await ended(junk);
      const closing = await connect(t, server);
      closing.end();
      await ended(closing);
      const silent = await connect(t, server);
      const begun = Date.now();
      await ended(silent);
      assert.ok(Date.now() - begun < 5_000);
      await eventually('nothing is left', async () => (await metric(server, 'zvonok_connections_open')) <= 1);
    },
  },
  {
    name: 'streams of junk, and of clients that do not read, hurt nobody',
    async run(t) {
      const server = await secure(t);
      const [a, b] = await Promise.all(['a', 'b'].map((name) => Client.connect(server, name)));
      t.onEnd(() => Promise.all([a.drop(), b.drop()]));
      const rude = await Promise.all(Array.from({ length: 10 }, () => connect(t, server)));
      for (const socket of rude) {
        socket.on('error', () => {});
        socket.pause();
        for (let i = 0; i < 200; ++i) socket.write(Buffer.concat(Array.from({ length: 100 }, () => kBinding)));
        socket.write(Buffer.alloc(1_000_000));
      }
      for (let i = 0; i < 20; ++i) {
        await a.roundTrip();
        await b.roundTrip();
      }
      assert.equal((await (await turns(t, server)).allocate()).code, 0);
      for (const socket of rude) socket.destroy();
      await eventually('all have ended', async () => (await metric(server, 'zvonok_turn_streams_open')) <= 1);
    },
  },
  {
    name: 'streams of a relay that is killed are ended, and new ones work',
    async run(t) {
      const server = await secure(t);
      const client = await turns(t, server);
      assert.equal((await client.allocate()).code, 0);
      const gone = ended(client.socket);
      process.kill(relaysOf(server.pid)[0], 'SIGKILL');
      await gone;
      await t.logged(server, 'works again');
      assert.equal((await (await turns(t, server)).allocate()).code, 0);
    },
  },
  {
    name: 'an allocation outlives a new certificate, and a bad one changes nothing',
    async run(t) {
      const pair = makePair(t);
      const server = await managed(t, { ZVONOK_TLS_CERT: pair.cert, ZVONOK_TLS_KEY: pair.key });
      const client = await turns(t, server);
      assert.equal((await client.allocate()).code, 0);
      const next = makePair(t);
      writeFileSync(pair.cert, next.certText);
      process.kill(server.pid, 'SIGHUP');
      await t.logged(server, 'certificate not taken');
      assert.equal((await connect(t, server)).getPeerX509Certificate().fingerprint256, pair.print);
      writeFileSync(pair.key, next.keyText);
      process.kill(server.pid, 'SIGHUP');
      await t.logged(server, 're-read');
      assert.equal((await connect(t, server)).getPeerX509Certificate().fingerprint256, next.print);
      assert.equal(await client.permit('1.1.1.1'), 0, 'the allocation is still there');
      assert.equal((await (await turns(t, server, 'boris')).allocate()).code, 0);
    },
  },
  {
    name: 'without TLS of our own there is no turns URL',
    async run(t) {
      const { body } = await iceServers(await managed(t), 'anna');
      assert.equal(body.iceServers.flatMap(({ urls }) => urls).filter((url) => url.startsWith('turns')).length, 0);
    },
  },
];
