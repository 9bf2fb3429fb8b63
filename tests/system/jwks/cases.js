// Keys by jwks.url: rotation, and providers that fail at the start and while we run.
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { Client } from '../../lib/client.js';
import { frame } from '../../lib/frames.js';
import { keyPair, mint } from '../../lib/tokens.js';
import { eventually } from '../../lib/watch.js';
import { makePair } from '../lifecycle/certificate.js';
import { reaches, verdict } from '../lifecycle/harness.js';
import { metricsOf, startWithMetrics } from '../lifecycle/metrics_cases.js';
import { Provider, good, keySet } from './provider.js';

/// From here on the provider counts anew: each start asks once, and one whose port was taken meanwhile is repeated.
async function serve(t, provider, env = {}) {
  const server = await startWithMetrics(t, { env: { JWT_SECRET: null, ...provider.env, ...env } });
  provider.asked = 0;
  return server;
}

/// How many answers of the provider brought new keys, and how many were no good.
async function answers(server) {
  const metrics = await metricsOf(server);
  return ['taken', 'refused'].map((outcome) => metrics.get(`zvonok_jwks_answers_total{outcome="${outcome}"}`));
}

/// A masked text frame.
const event = (value) => frame({ payload: Buffer.from(JSON.stringify(value)) });

const ask = (server) => process.kill(server.pid, 'SIGHUP');

/// What the token of a key that is not there yet comes to, over HTTP.
const iceServers = (server, token) =>
  fetch(`${server.url}/api/ice-servers`, { headers: { Authorization: `Bearer ${token}` } });

/// What a provider may answer that is no key set for us, and what our log then says.
const kBroken = [
  ['an error', (response) => response.writeHead(500).end('no'), /answers with status 500/],
  ['a redirect', (response) => response.writeHead(302, { Location: 'https://127.0.0.1:1/' }).end(), /status 302: redirects are not followed/],
  ['nothing', (response) => response.end(), /not a JSON object/],
  ['a page', (response) => response.end('<html>'), /not a JSON object/],
  ['half a set', (response, text) => response.end(text.slice(0, -9)), /not a JSON object/],
  ['a set without keys', (response) => response.end('{"keys":[]}'), /no key that we can use/],
  ['a set of keys that are no use', (response) => response.end('{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}'), /no key that we can use.*OKP/],
  ['sixty-five keys', (response) => response.end(`{"keys":[${Array(65).fill('{}')}]}`), /65 keys, more than 64/],
  ['a secret among the keys', (response) => response.end('{"keys":[{"kty":"oct","k":"c2VjcmV0LXNlY3JldA"}]}'), /secret or private key/],
  ['more than a megabyte', (response) => response.end(`{"keys":[],"x":"${'x'.repeat(1024 * 1024)}"}`), /more than 1048576 bytes/],
  ['more than it announced', (response) => { response.writeHead(200); for (let i = 0; i < 40; ++i) response.write('x'.repeat(65_536)); response.end(); }, /more than 1048576 bytes/],
  ['a set that breaks off', (response, text) => { response.writeHead(200, { 'Content-Length': text.length }); response.write(text.slice(0, 20), () => response.destroy()); }, /does not answer/],
  ['a hang-up', (response) => response.destroy(), /does not answer/],
];

export const cases = [
  {
    name: 'tokens of the keys that are fetched at the start are accepted, others not',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      assert.equal(await verdict(server, provider.token('first')), 'connected');
      assert.equal(await verdict(server, mint({ userId: 'a' })), 4001);
      const forged = mint({ userId: 'a' }, { alg: 'ES256', key: keyPair('ES256').privateKey, header: { kid: 'first' } });
      assert.equal(await verdict(server, forged), 4001);
      assert.equal(provider.asked, 0);
      assert.deepEqual(await answers(server), [1, 0]);
    },
  },
  {
    name: 'a secret beside the URL is as good as before',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await t.start({ env: provider.env });
      assert.equal(await verdict(server, mint({ userId: 'a' })), 'connected');
      assert.equal(await verdict(server, provider.token('first')), 'connected');
    },
  },
  {
    name: 'a new key is fetched for its first token, which waits for it, and refuses no login; calls go on',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      const [a, b] = await Promise.all(['anna', 'boris'].map((user) => t.client(server, { token: provider.token('first', user) })));
      a.offer('boris');
      await b.next('call:offer');
      b.answer();
      await a.next('call:answer');
      provider.keys = { second: keyPair('ES256') };
      const verdicts = await Promise.all(Array.from({ length: 20 }, (_, i) => verdict(server, provider.token('second', `user${i}`))));
      assert.deepEqual(verdicts, Array(20).fill('connected'));
      assert.equal(provider.asked, 1);
      await reaches(a, b);
    },
  },
  {
    name: 'what a client sends while its token waits is not lost, and arrives in order',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      const callee = await t.client(server, { token: provider.token('first', 'boris') });
      provider.keys = { ...provider.keys, second: keyPair('ES256') };
      let release;
      provider.answers = (response, text) => { release = () => good(response, text); };
      const early = await t.raw(server);
      const token = provider.token('second');
      early.write(`GET /ws?token=${token} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
      early.write(event({ event: 'call:offer', payload: { userId: 'boris', sdp: 'early' } }));
      await provider.askedTimes(1);
      early.write(event({ event: 'call:ice', payload: { candidate: 'early-too' } }));
      release();
      assert.equal((await callee.next('call:offer')).payload.sdp, 'early');
      assert.equal((await callee.next('call:ice')).payload.candidate, 'early-too');
    },
  },
  {
    name: 'a request for ICE servers waits for its key as well',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      provider.keys = { second: keyPair('ES256') };
      assert.equal((await iceServers(server, provider.token('second'))).status, 200);
    },
  },
  {
    name: 'invented keys make us ask once a minute, and their tokens are refused at once',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      const stranger = keyPair('ES256');
      for (let i = 0; i < 20; ++i) {
        const token = mint({ userId: 'a' }, { alg: 'ES256', key: stranger.privateKey, header: { kid: `invented-${i}` } });
        assert.equal(await verdict(server, token), 4001);
      }
      assert.equal(provider.asked, 1);
      assert.equal(await verdict(server, provider.token('first')), 'connected');
    },
  },
  {
    name: 'while one token waits for a provider that is slow, those of other unknown keys are refused and known ones get in; it is given up after five seconds',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      provider.answers = () => {};
      const [next, stranger] = [keyPair('ES256'), keyPair('ES256')];
      const of = (key, kid) => mint({ userId: 'a' }, { alg: 'ES256', key: key.privateKey, header: { kid } });
      const begun = Date.now();
      const waiting = verdict(server, of(next, 'next'));
      await provider.askedTimes(1);
      assert.equal(await verdict(server, of(stranger, 'other')), 4001);
      assert.equal(await verdict(server, provider.token('first')), 'connected');
      assert.ok(Date.now() - begun < 4_000, 'nobody else had to wait');
      assert.equal(await waiting, 4001);
      const waited = Date.now() - begun;
      assert.ok(waited >= 4_500 && waited < 9_000, `it waited ${waited} ms`);
      await t.logged(server, 'jwks.url: has not answered within 5000 ms: the keys that were there stay in force');
    },
  },
  {
    name: 'a client that leaves while its token waits harms nothing',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      let release;
      provider.keys = { ...provider.keys, second: keyPair('ES256') };
      provider.answers = (response, text) => { release = () => good(response, text); };
      const leaving = new Client(server, { token: provider.token('second') });
      await provider.askedTimes(1);
      leaving.ws.terminate();
      await leaving.closed;
      release();
      await t.logged(server, 'keys of jwks.url taken', 2);
      assert.equal(await verdict(server, provider.token('second')), 'connected');
      assert.equal(await verdict(server, provider.token('first')), 'connected');
    },
  },
  {
    name: 'the server can be stopped while a token waits',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      provider.answers = () => {};
      const next = keyPair('ES256');
      const waiting = new Client(server, { token: mint({ userId: 'a' }, { alg: 'ES256', key: next.privateKey, header: { kid: 'next' } }) });
      await provider.askedTimes(1);
      assert.deepEqual(await server.stop(), { code: 0, signal: null });
      await assert.rejects(waiting.opened, { status: 503 }, 'others were told to go before it could open');
    },
  },
  {
    name: 'the provider is asked every jwks.refresh_s, so that a key which it has withdrawn is refused',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider, { ZVONOK_JWKS_REFRESH_S: '1' });
      const old = provider.token('first');
      assert.equal(await verdict(server, old), 'connected');
      provider.keys = { second: keyPair('ES256') };
      await t.logged(server, 'keys of jwks.url taken', 2);
      assert.equal(await verdict(server, old), 4001);
      assert.equal(await verdict(server, provider.token('second')), 'connected');
    },
  },
  {
    name: 'SIGHUP asks the provider, too',
    async run(t) {
      const provider = await Provider.start(t);
      const server = await serve(t, provider);
      provider.keys = { second: keyPair('ES256') };
      ask(server);
      await t.logged(server, 'keys of jwks.url taken', 2);
      assert.equal(await verdict(server, provider.token('second')), 'connected');
    },
  },
  ...kBroken.map(([what, answer, says]) => ({
    name: `${what} in place of keys: at the start an error, later a warning that leaves the old keys in force`,
    async run(t) {
      const provider = await Provider.start(t);
      const token = provider.token('first');
      const server = await serve(t, provider);
      provider.answers = answer;
      await t.refuses([], { env: { ...provider.env, ZVONOK_ADMIN_LISTEN: '' } }, [/jwks\.url: /, says, /no copy of an earlier answer/]);
      ask(server);
      const log = await t.logged(server, 'stay in force');
      assert.match(log.split('\n').find((line) => line.includes('stay in force')), says);
      assert.equal(await verdict(server, token), 'connected');
      assert.deepEqual(await answers(server), [1, 1]);
      provider.keys = { ...provider.keys, second: keyPair('ES256') };
      provider.answers = good;
      ask(server);
      await t.logged(server, 'keys of jwks.url taken', 2);
      assert.equal(await verdict(server, provider.token('second')), 'connected');
    },
  })),
  {
    name: 'with a copy of an earlier answer a provider that is away at the start is a warning, and is asked again',
    async run(t) {
      const provider = await Provider.start(t);
      const env = { ZVONOK_DATA_DIR: t.folder(), ZVONOK_JWKS_REFRESH_S: '1' };
      await (await serve(t, provider, env)).stop();
      const copy = join(env.ZVONOK_DATA_DIR, 'jwks-copy');
      assert.equal(readFileSync(copy, 'utf8'), `${provider.url}\n${keySet(provider.keys)}`);
      assert.equal(statSync(copy).mode & 0o777, 0o600);
      provider.answers = (response) => response.destroy();
      const server = await serve(t, provider, env);
      assert.match(server.log(), / warn jwks\.url: does not answer .*: going on with the last good answer/);
      assert.equal(await verdict(server, provider.token('first')), 'connected');
      provider.keys = { ...provider.keys, second: keyPair('ES256') };
      provider.answers = good;
      await eventually('the new key is accepted', async () => (await verdict(server, provider.token('second'))) === 'connected');
      assert.ok(readFileSync(copy, 'utf8').includes('"second"'));
    },
  },
  {
    name: 'a copy that is broken, or of another provider, is as good as none',
    async run(t) {
      const provider = await Provider.start(t);
      const env = { ...provider.env, ZVONOK_ADMIN_LISTEN: '', ZVONOK_DATA_DIR: t.folder() };
      const copy = join(env.ZVONOK_DATA_DIR, 'jwks-copy');
      provider.answers = (response) => response.destroy();
      for (const text of ['', 'x', provider.url, `${provider.url}\n`, `${provider.url}\n{"keys":[]}`, `${provider.url}/other\n${keySet(provider.keys)}`]) {
        writeFileSync(copy, text);
        await t.refuses([], { env }, [/jwks\.url: does not answer/, /no copy of an earlier answer/]);
      }
    },
  },
  {
    name: 'a copy that cannot be written is a warning',
    async run(t) {
      const provider = await Provider.start(t);
      const env = { ZVONOK_DATA_DIR: t.folder() };
      mkdirSync(join(env.ZVONOK_DATA_DIR, 'jwks-copy', 'in the way'), { recursive: true });
      const server = await serve(t, provider, env);
      assert.match(server.log(), / warn no copy of the keys of jwks\.url is kept/);
      assert.equal(await verdict(server, provider.token('first')), 'connected');
    },
  },
  {
    name: 'a provider whose certificate is not trusted is not believed',
    async run(t) {
      const provider = await Provider.start(t);
      const env = { ...provider.env, ZVONOK_ADMIN_LISTEN: '' };
      await t.refuses([], { env: { ...env, ZVONOK_JWKS_CA_FILE: makePair(t).cert } }, [/jwks\.url: does not answer \(.*certificate/]);
      const { ZVONOK_JWKS_CA_FILE: _, ...untold } = env;
      await t.refuses([], { env: untold }, [/jwks\.url: does not answer \(.*certificate/]);
      assert.equal(provider.asked, 0);
    },
  },
  {
    name: 'a provider of another name than its certificate is not believed',
    async run(t) {
      const provider = await Provider.start(t, { host: '127.0.0.2' }); // its certificate says 127.0.0.1
      await t.refuses([], { env: { ...provider.env, ZVONOK_ADMIN_LISTEN: '' } }, [/jwks\.url: does not answer \(.*127\.0\.0\.2/]);
      assert.equal(provider.asked, 0);
    },
  },
  {
    name: 'a port where nobody listens, and one that does not speak TLS, are told apart from other errors',
    async run(t) {
      const silent = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\n\r\n'));
      await new Promise((done) => silent.listen(0, '127.0.0.1', done));
      t.onEnd(() => silent.close());
      const env = { ZVONOK_ADMIN_LISTEN: '' };
      const at = (port) => ({ env: { ...env, ZVONOK_JWKS_URL: `https://127.0.0.1:${port}/` } });
      await t.refuses([], at(1), [/does not answer \(.*[Cc]onnect/]);
      await t.refuses([], at(silent.address().port), [/does not answer \(.*(SSL|TLS|wrong version)/i]);
    },
  },
  ...[
    ['http', { ZVONOK_JWKS_URL: 'http://127.0.0.1/keys' }, /jwks\.url .*https:/],
    ['a password in it', { ZVONOK_JWKS_URL: 'https://me:secret-word@127.0.0.1/keys' }, /jwks\.url .*without user and password/],
    ['a file beside it', { ZVONOK_JWKS_URL: 'https://127.0.0.1/keys', ZVONOK_JWKS_FILE: '/etc/hostname' }, /jwks\.file and jwks\.url are both set/],
    ['certificates that are not there', { ZVONOK_JWKS_URL: 'https://127.0.0.1/keys', ZVONOK_JWKS_CA_FILE: '/nowhere.pem' }, /jwks\.ca_file \/nowhere\.pem does not exist/],
    ['a file that holds no certificate', { ZVONOK_JWKS_URL: 'https://127.0.0.1/keys', ZVONOK_JWKS_CA_FILE: '/etc/hostname' }, /jwks\.ca_file \/etc\/hostname holds no certificate/],
    ['certificates and no URL', { JWT_SECRET: 'x'.repeat(40), ZVONOK_JWKS_CA_FILE: '/etc/hostname' }, /jwks\.ca_file is set and jwks\.url/],
  ].map(([what, env, says]) => ({
    name: `a URL with ${what} is an error of check-config`,
    async run(t) {
      const ended = await t.refuses(['check-config'], { env }, says);
      assert.ok(!ended.text.includes('secret-word'), ended.text);
    },
  })),
  {
    name: 'check-config asks nobody',
    async run(t) {
      const provider = await Provider.start(t);
      const env = { ZVONOK_JWKS_URL: provider.url, ZVONOK_JWKS_CA_FILE: provider.env.ZVONOK_JWKS_CA_FILE };
      assert.equal((await t.ends(['check-config'], { env })).code, 0);
      assert.equal(provider.asked, 0);
    },
  },
];
