// Time: pings and dead connections, and tokens that expire while connected.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';

import { quiet } from '../lib/client.js';
import { mint } from '../lib/tokens.js';
import { OPEN_BUCKETS, subject } from './harness.js';

const test = subject('live', { env: { ...OPEN_BUCKETS, ZVONOK_WS_PING_S: 1, ZVONOK_WS_DEAD_S: 3 } });
const EXPIRED = { code: 4001, reason: 'token expired' };

// What takes seconds by its nature is waited for longer than a message is.
const DEATH_MAX_MS = 20_000;
const EXPIRY_MAX_MS = 15_000;

const silent = { autoPong: false };
const nextPing = (client) => once(client.ws, 'ping', { signal: AbortSignal.timeout(DEATH_MAX_MS) });

test('pings a client that is silent', 'O-3.54', async (t) => {
  const [a] = await t.people('a');
  await nextPing(a);
  await nextPing(a);
});

test('keeps a client that answers pings and says nothing', 'O-3.54', async (t) => {
  const [a] = await t.people('a');
  for (let at = 0; at < 5; ++at) await nextPing(a);
  await a.roundTrip();
});

test('drops a client that does not answer pings', 'O-3.54', async (t) => {
  const a = await t.connect(t.id('a'), silent);
  await a.whenClosed(DEATH_MAX_MS);
});

test('W11 tells the peer of a client that fell silent, and frees it', 'O-3.54 O-2.11', async (t) => {
  const a = await t.connect(t.id('a'), silent);
  const [b, c] = await t.people('b', 'c');
  await t.call(a, b);
  await b.next('call:hangup', DEATH_MAX_MS);
  c.offer(b.id);
  await b.next('call:offer');
});

test('W11 takes a silent client out of the list of who can be rung', 'O-3.54', async (t) => {
  const a = await t.connect(t.id('a'), silent);
  const [b] = await t.people('b');
  await a.whenClosed(DEATH_MAX_MS);
  b.offer(a.id);
  await b.next('call:hangup');
});

test('W17 counts messages as life though no ping is answered', 'O-3.54', async (t) => {
  const a = await t.connect(t.id('a'), silent);
  const [b] = await t.people('b');
  await t.call(a, b);
  // 25 candidates, one each 200 ms, last longer than the silence that would be fatal.
  let at = 0;
  const sender = setInterval(() => a.ice(at++), 200);
  try {
    for (let expected = 0; expected < 25; ++expected) assert.equal((await b.next('call:ice')).payload.candidate, expected);
  } finally {
    clearInterval(sender);
  }
});

test('W17 counts a pong with another payload as life', 'O-3.54', async (t) => {
  const a = await t.connect(t.id('a'), silent);
  a.ws.on('ping', () => a.ws.pong('something else'));
  for (let at = 0; at < 5; ++at) await nextPing(a);
  await a.roundTrip();
});

// --- tokens that expire
async function shortLived(t, name) {
  const id = t.id(name);
  const expiresAt = Date.now() + 1200;
  return Object.assign(await t.connect({ token: mint({ userId: id, exp: expiresAt / 1000 }) }), { id, name, expiresAt });
}

/** Wall time itself is awaited here: nothing on the wire tells that a token has expired in a call. */
const expiryOf = ({ expiresAt }) => new Promise((done) => setTimeout(done, expiresAt - Date.now() + 100));

test('closes an idle connection when its token expires', 'O-3.31', async (t) => {
  const began = performance.now();
  const a = await shortLived(t, 'a');
  assert.deepEqual(await a.whenClosed(EXPIRY_MAX_MS), EXPIRED);
  assert.ok(performance.now() - began > 1000, 'it was closed too early');
});

test('keeps the connection of a token without exp', 'O-3.31 O-2.14', async (t) => {
  const a = await t.connect({ token: mint({ userId: t.id('a'), exp: undefined }) });
  const b = await shortLived(t, 'b');
  await b.whenClosed(EXPIRY_MAX_MS);
  await a.roundTrip();
});

test('keeps a connection in a call past its expiry, and closes it after the call', 'O-3.31', async (t) => {
  const a = await shortLived(t, 'a');
  const [b] = await t.people('b');
  await t.call(a, b);
  await expiryOf(a);
  a.ice('after expiry');
  await b.next('call:ice');
  a.offer(b.id, { sdp: 'renegotiation' });
  await b.next('call:offer');
  b.answer();
  await a.next('call:answer');
  b.hangup();
  await a.next('call:hangup');
  assert.deepEqual(await a.whenClosed(EXPIRY_MAX_MS), EXPIRED);
});

test('lets a rung device answer past its expiry', 'O-3.31', async (t) => {
  const b = await shortLived(t, 'b');
  const [a] = await t.people('a');
  a.offer(b.id);
  await b.next('call:offer');
  await expiryOf(b);
  b.answer();
  await a.next('call:answer');
  await quiet([a, b], [a, b]);
});

test('refuses a new call past the expiry: silence in a call, call:hangup after it', 'O-3.31 O-2.08', async (t) => {
  const a = await shortLived(t, 'a');
  const [b, c] = await t.people('b', 'c');
  await t.call(a, b);
  await expiryOf(a);
  a.offer(c.id);
  await quiet([a, b, c], a);
  a.hangup();
  await b.next('call:hangup');
  a.offer(c.id);
  await a.next('call:hangup');
  await quiet(c);
});

test('A07 with a leeway, accepts what is four seconds off and refuses what is eight', 'O-4.09', async (t) => {
  const now = Date.now() / 1000;
  for (const claims of [{ exp: now - 3 }, { nbf: now + 3 }]) {
    await (await t.connect({ token: mint({ userId: t.id('a'), ...claims }) })).roundTrip();
  }
  for (const claims of [{ exp: now - 8 }, { nbf: now + 12 }]) {
    const refused = await t.connect({ token: mint({ userId: t.id('a'), ...claims }) });
    assert.deepEqual(await refused.whenClosed(), { code: 4001, reason: 'Unauthorized' });
  }
}, { env: { ...OPEN_BUCKETS, ZVONOK_JWT_LEEWAY_S: 5 } });
