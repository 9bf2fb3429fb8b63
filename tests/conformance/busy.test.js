// Third parties: a call belongs to its two members, and a user has one call at a time.
import { strict as assert } from 'node:assert';

import { quiet } from '../lib/client.js';
import { assertCallWorks, subject } from './harness.js';

const test = subject('busy');

/** A and B in an answered call, C idle. */
async function callAndThird(t) {
  const [a, b, c] = await t.people('a', 'b', 'c');
  await t.call(a, b);
  return [a, b, c];
}

async function assertCallLives(a, b) {
  a.ice('alive');
  assert.equal((await b.next('call:ice')).payload.candidate, 'alive');
  b.ice('alive too');
  assert.equal((await a.next('call:ice')).payload.candidate, 'alive too');
}

for (const member of ['caller', 'callee']) {
  test(`an offer to the ${member} of a call is answered call:hangup, the call hears nothing`, 'O-3.01', async (t) => {
    const [a, b, c] = await callAndThird(t);
    c.offer(member === 'caller' ? a.id : b.id);
    assert.deepEqual(await c.next(), { event: 'call:hangup' });
    await quiet([a, b, c], c);
    await assertCallLives(a, b);
  });
  test(`a third user cannot end the call of the ${member} by offer and hangup`, 'O-3.02', async (t) => {
    const [a, b, c] = await callAndThird(t);
    c.together(() => {
      c.offer(member === 'caller' ? a.id : b.id);
      c.hangup();
    });
    await c.next('call:hangup');
    await quiet([a, b], c);
    await assertCallLives(a, b);
  });
}

test('a third user cannot answer or send candidates into a call', 'O-3.01', async (t) => {
  const [a, b, c] = await callAndThird(t);
  c.offer(b.id);
  c.ice('foreign');
  c.answer({ sdp: 'foreign' });
  await c.next('call:hangup');
  await quiet([a, b, c], c);
  await assertCallLives(a, b);
});

test('a third user who leaves does not end the call', 'O-3.02 O-1.10', async (t) => {
  const [a, b, c] = await callAndThird(t);
  c.offer(a.id);
  await c.next('call:hangup');
  await c.drop();
  await assertCallLives(a, b);
});

test('the other devices of a busy user do not ring', 'O-3.01', async (t) => {
  const [a, b, c] = await callAndThird(t);
  const idle = await t.device(b);
  c.offer(b.id);
  await c.next('call:hangup');
  await quiet([idle, a, b]);
});

test('the answer of a called party reaches its own caller after a third offer', 'O-3.07', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  a.offer(b.id);
  await b.next('call:offer');
  c.offer(b.id);
  await c.next('call:hangup');
  b.answer();
  b.ice('mine');
  await a.next('call:answer');
  await a.next('call:ice');
  await quiet([b, c]);
});

test('a user who is being rung is busy for a second caller', 'O-3.07', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  a.offer(b.id);
  await b.next('call:offer');
  c.offer(b.id);
  assert.deepEqual(await c.next(), { event: 'call:hangup' });
  await quiet([a, b]);
});

test('a user who is ringing somebody is busy', 'O-3.07 O-3.01', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  a.offer(b.id);
  await b.next('call:offer');
  c.offer(a.id);
  await c.next('call:hangup');
  await quiet([a, b]);
});

test('a user is free again after the call', 'O-3.01 O-2.12', async (t) => {
  const [a, b, c] = await callAndThird(t);
  c.offer(b.id);
  await c.next('call:hangup');
  a.hangup();
  await b.next('call:hangup');
  await assertCallWorks(t, c, b);
  await assertCallWorks(t, c, a);
});

test('a user whose caller left is free again', 'O-2.11', async (t) => {
  const [a, b, c] = await callAndThird(t);
  await a.drop();
  await b.next('call:hangup');
  await assertCallWorks(t, c, b);
});

// --- a party calls somebody else
test('a party that calls another user ends its call before that one rings', 'O-3.03', async (t) => {
  const [a, b, c] = await callAndThird(t);
  a.offer(c.id, { sdp: 'next' });
  assert.deepEqual(await b.next(), { event: 'call:hangup' });
  assert.equal((await c.next('call:offer')).payload.sdp, 'next');
  b.ice('late');
  b.hangup();
  await quiet([a, b, c], b);
  c.answer();
  await a.next('call:answer');
  await assertCallLives(a, c);
});

test('the callee of a call can leave it for another user too', 'O-3.03', async (t) => {
  const [a, b, c] = await callAndThird(t);
  b.offer(c.id);
  await a.next('call:hangup');
  await c.next('call:offer');
  await quiet([a, b]);
});

test('a caller that rings one user and calls another takes the first ring back', 'O-3.03', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  a.offer(b.id);
  await b.next('call:offer');
  a.offer(c.id);
  await b.next('call:hangup');
  await c.next('call:offer');
  b.answer();
  await quiet([a, b], b);
});

test('a party that calls somebody unreachable stays in its call, in silence', 'O-3.03 O-2.08', async (t) => {
  const [a, b] = await callAndThird(t);
  a.offer(t.id('nobody'));
  await quiet([a, b], a);
  await assertCallLives(a, b);
});

test('a party that calls a busy user stays in its call, in silence', 'O-3.03 O-2.08', async (t) => {
  const [a, b, c] = await callAndThird(t);
  const [d] = await t.people('d');
  await t.call(c, d);
  a.offer(c.id);
  await quiet([a, b, c, d], a);
  await assertCallLives(a, b);
  await assertCallLives(c, d);
});

test('another device of a user in a call is answered call:hangup', 'O-3.03 O-3.16', async (t) => {
  const [a, b, c] = await callAndThird(t);
  const other = await t.device(a);
  other.offer(c.id);
  assert.deepEqual(await other.next(), { event: 'call:hangup' });
  await quiet([a, b, c], other);
  await assertCallLives(a, b);
});

test('another device of a party cannot offer into the call', 'O-3.16 O-2.10', async (t) => {
  const [a, b] = await callAndThird(t);
  const other = await t.device(a);
  other.offer(b.id);
  await other.next('call:hangup');
  await quiet([a, b], other);
});

test('an offer to the peer user from its own other call is refused', 'O-3.01', async (t) => {
  const [a, b, c] = await callAndThird(t);
  const [d] = await t.people('d');
  await t.call(c, d);
  d.offer(a.id);
  await quiet([a, b, c, d], d);
});

// --- glare
async function glare(t) {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id, { sdp: 'first' });
  await b.next('call:offer');
  b.offer(a.id, { sdp: 'crossing' });
  return [a, b];
}

test('offers that cross: the first survives, the second is not forwarded', 'O-3.05', async (t) => {
  const [a, b] = await glare(t);
  await b.next('call:hangup');
  assert.equal((await b.next('call:offer')).payload.sdp, 'first');
  await quiet([a, b], b);
});

test('offers that cross end in one call', 'O-3.05', async (t) => {
  const [a, b] = await glare(t);
  await b.next('call:hangup');
  await b.next('call:offer');
  b.answer({ sdp: 'yes' });
  assert.equal((await a.next('call:answer')).payload.sdp, 'yes');
  await assertCallLives(a, b);
  a.hangup();
  await b.next('call:hangup');
  await quiet([a, b], [a, b]);
});

test('after offers that cross, candidates of the dropped offer do not reach the peer', 'O-3.05', async (t) => {
  const [a, b] = await glare(t);
  b.ice('of the dropped offer');
  await b.next('call:hangup');
  await b.next('call:offer');
  b.ice('of the dropped offer too');
  await quiet(a, b);
  b.answer();
  b.ice('of the answer');
  await a.next('call:answer');
  assert.equal((await a.next('call:ice')).payload.candidate, 'of the answer');
});

test('after offers that cross, candidates of the caller still come', 'O-3.05', async (t) => {
  const [a, b] = await glare(t);
  await b.next('call:hangup');
  await b.next('call:offer');
  a.ice('of the first offer');
  assert.equal((await b.next('call:ice')).payload.candidate, 'of the first offer');
});

test('after offers that cross, the callee can decline', 'O-3.05', async (t) => {
  const [a, b] = await glare(t);
  await b.next('call:hangup');
  await b.next('call:offer');
  b.hangup();
  await a.next('call:hangup');
  await quiet([a, b]);
});

test('after offers that cross, the caller can cancel', 'O-3.05', async (t) => {
  const [a, b] = await glare(t);
  await b.next('call:hangup');
  await b.next('call:offer');
  a.hangup();
  await b.next('call:hangup');
  await quiet([a, b]);
});

test('offers sent at the same time end in one call, 20 times', 'O-3.05', async (t) => {
  const [a, b] = await t.people('a', 'b');
  for (let round = 0; round < 20; ++round) {
    a.offer(b.id, { sdp: `a${round}` });
    b.offer(a.id, { sdp: `b${round}` });
    await quiet([], [a, b]);
    // The loser heard the other's offer, call:hangup, and that offer again; the winner heard nothing.
    const loser = a.unread.length > 0 ? a : b;
    const winner = loser === a ? b : a;
    const sdp = `${winner === a ? 'a' : 'b'}${round}`;
    assert.equal(winner.unread.length, 0);
    for (const event of ['call:offer', 'call:hangup', 'call:offer']) {
      const message = await loser.next(event);
      if (event === 'call:offer') assert.equal(message.payload.sdp, sdp);
    }
    loser.answer();
    await winner.next('call:answer');
    winner.hangup();
    await loser.next('call:hangup');
  }
});

test('other rung devices ring on when one of them crosses', 'O-3.05', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const second = await t.device(b);
  a.offer(b.id);
  for (const device of [b, second]) await device.next('call:offer');
  b.offer(a.id);
  await b.next('call:hangup');
  await b.next('call:offer');
  await quiet([a, second], b);
  second.answer();
  await a.next('call:answer');
  await b.next('call:hangup');
});
