// Inside a call: candidates, renegotiation, the end, and the order of it all.
import { strict as assert } from 'node:assert';

import { quiet } from '../lib/client.js';
import { assertCallWorks, subject } from './harness.js';

const test = subject('call');

async function answered(t) {
  const people = await t.people('a', 'b');
  await t.call(...people);
  return people;
}

async function ringing(t) {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id);
  await b.next('call:offer');
  return [a, b];
}

test('offer, answer, candidates both ways, hangup: exactly the four events', 'O-1.13 O-2.01', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id, { sdp: 'o' });
  a.ice('a1');
  await b.next('call:offer');
  b.ice('b1');
  b.answer({ sdp: 'x' });
  b.ice('b2');
  a.ice('a2');
  await quiet([], [a, b]);
  a.hangup();
  await quiet([], [a, b]);
  const heard = (client) => client.frames.map(({ message }) => message);
  assert.deepEqual(heard(b), [
    { event: 'call:offer', payload: { sdp: 'o', userId: b.id, fromUserId: a.id } },
    { event: 'call:ice', payload: { candidate: 'a1' } },
    { event: 'call:ice', payload: { candidate: 'a2' } },
    { event: 'call:hangup' },
  ]);
  assert.deepEqual(heard(a), [
    { event: 'call:ice', payload: { candidate: 'b1' } },
    { event: 'call:answer', payload: { sdp: 'x' } },
    { event: 'call:ice', payload: { candidate: 'b2' } },
  ]);
});

// --- candidates
test('candidates pass from the offer on, both ways, before the answer', 'O-2.09 O-1.07', async (t) => {
  const [a, b] = await ringing(t);
  a.ice('from the caller');
  assert.equal((await b.next('call:ice')).payload.candidate, 'from the caller');
  b.ice('from the callee');
  assert.equal((await a.next('call:ice')).payload.candidate, 'from the callee');
});

test('candidates pass after the answer, both ways', 'O-2.09 O-1.07', async (t) => {
  const [a, b] = await answered(t);
  a.ice(1);
  b.ice(2);
  assert.equal((await b.next('call:ice')).payload.candidate, 1);
  assert.equal((await a.next('call:ice')).payload.candidate, 2);
});

test('ids in the payload of a candidate route nothing', 'O-1.07', async (t) => {
  const [a, b] = await answered(t);
  const [c] = await t.people('c');
  a.send('call:ice', { candidate: 'x', userId: c.id, targetUserId: c.id });
  assert.deepEqual((await b.next('call:ice')).payload, { candidate: 'x', userId: c.id, targetUserId: c.id });
  await quiet(c);
});

test('1,000 candidates in a burst each way all arrive, in order', 'O-2.15 O-2.16', async (t) => {
  const [a, b] = await answered(t);
  for (let at = 0; at < 1000; ++at) {
    a.ice(at);
    b.ice(-at);
  }
  for (let at = 0; at < 1000; ++at) {
    assert.equal((await b.next('call:ice')).payload.candidate, at);
    assert.ok(Object.is((await a.next('call:ice')).payload.candidate + 0, -at + 0));
  }
});

test('a candidate before the offer goes nowhere', 'O-3.12', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.ice('too early');
  a.offer(b.id);
  a.ice('in time');
  await b.next('call:offer');
  assert.equal((await b.next('call:ice')).payload.candidate, 'in time');
});

test('an answer, candidate or hangup without a call is ignored', 'O-1.07 O-1.08', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.send('call:answer', { sdp: 's', userId: b.id });
  a.send('call:ice', { candidate: 'c', userId: b.id });
  a.send('call:hangup', { userId: b.id });
  await quiet([a, b], a);
});

// --- answers
test('an answer of the caller is dropped while it rings', 'O-3.10', async (t) => {
  const [a, b] = await ringing(t);
  a.answer();
  await quiet([a, b], a);
  b.answer();
  await a.next('call:answer');
});

test('W07 a second answer of the same device leaves the call alone', 'O-3.11', async (t) => {
  const [a, b] = await ringing(t);
  b.answer({ sdp: 'one' });
  b.answer({ sdp: 'one' });
  b.answer({ sdp: 'other' });
  b.ice('fence');
  assert.equal((await a.next('call:answer')).payload.sdp, 'one');
  // Dropping the repeats and forwarding them are both harmless: the caller's browser refuses a second answer.
  await a.skipTo(({ event }) => event === 'call:ice');
  await quiet([a, b], [a, b]);
  a.ice('on');
  await b.next('call:ice');
});

test('C09 an answer that crosses the hangup of the caller goes nowhere', 'O-2.12', async (t) => {
  const [a, b] = await ringing(t);
  a.hangup();
  await a.roundTrip();
  b.answer();
  b.ice('late');
  await b.next('call:hangup');
  await quiet([a, b], b);
});

// --- renegotiation
test('an offer of the caller inside the call is a renegotiation', 'O-2.10', async (t) => {
  const [a, b] = await answered(t);
  a.offer(b.id, { sdp: 'again' });
  assert.deepEqual((await b.next('call:offer')).payload, { sdp: 'again', userId: b.id, fromUserId: a.id });
  b.answer({ sdp: 'yes' });
  assert.deepEqual(await a.next(), { event: 'call:answer', payload: { sdp: 'yes' } });
});

test('an offer of the callee inside the call is a renegotiation', 'O-2.10', async (t) => {
  const [a, b] = await answered(t);
  b.offer(a.id, { sdp: 'again' });
  assert.deepEqual((await a.next('call:offer')).payload, { sdp: 'again', userId: a.id, fromUserId: b.id });
  a.answer({ sdp: 'yes' });
  assert.equal((await b.next('call:answer')).payload.sdp, 'yes');
});

test('a renegotiation goes to the peer device only', 'O-2.10', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const [otherA, otherB] = [await t.device(a), await t.device(b)];
  a.offer(b.id);
  for (const device of [b, otherB]) await device.next('call:offer');
  b.answer();
  await a.next('call:answer');
  await otherB.next('call:hangup');
  a.offer(b.id, { sdp: 'again' });
  await b.next('call:offer');
  b.answer();
  await a.next('call:answer');
  b.offer(a.id, { sdp: 'back' });
  await a.next('call:offer');
  await quiet([otherA, otherB]);
});

test('50 renegotiations from alternating sides all pass', 'O-2.10', async (t) => {
  let [from, to] = await answered(t);
  for (let round = 0; round < 50; ++round) {
    from.offer(to.id, { sdp: `o${round}` });
    assert.equal((await to.next('call:offer')).payload.sdp, `o${round}`);
    to.answer({ sdp: `a${round}` });
    assert.equal((await from.next('call:answer')).payload.sdp, `a${round}`);
    [from, to] = [to, from];
  }
});

test('a renegotiation by targetUserId and by another spelling of the id passes', 'O-2.10', async (t) => {
  const [a] = await t.people('a');
  const b = await t.connect(t.number());
  await t.call(a, b);
  a.send('call:offer', { sdp: 'one', targetUserId: String(t.number()) });
  assert.equal((await b.next('call:offer')).payload.sdp, 'one');
});

test('candidates pass during a renegotiation', 'O-2.10 O-2.09', async (t) => {
  const [a, b] = await answered(t);
  a.offer(b.id, { sdp: 'again' });
  a.ice('new');
  await b.next('call:offer');
  await b.next('call:ice');
  b.ice('back');
  await a.next('call:ice');
});

test('only the side that was offered can answer a renegotiation', 'O-3.10', async (t) => {
  const [a, b] = await answered(t);
  a.offer(b.id, { sdp: 'again' });
  a.answer({ sdp: 'of the offerer' });
  await b.next('call:offer');
  await quiet(b, a);
  b.answer({ sdp: 'of the offered' });
  assert.equal((await a.next('call:answer')).payload.sdp, 'of the offered');
});

test('renegotiations that cross reach both sides', 'O-2.10', async (t) => {
  const [a, b] = await answered(t);
  a.offer(b.id, { sdp: 'from a' });
  b.offer(a.id, { sdp: 'from b' });
  assert.equal((await a.next('call:offer')).payload.sdp, 'from b');
  assert.equal((await b.next('call:offer')).payload.sdp, 'from a');
  await quiet([a, b], [a, b]);
});

// --- the end
for (const who of ['caller', 'callee']) {
  test(`a hangup of the ${who} ends the answered call for both`, 'O-1.08 O-2.12', async (t) => {
    const [a, b] = await answered(t);
    const [by, other] = who === 'caller' ? [a, b] : [b, a];
    by.hangup();
    assert.equal((await other.nextFrame()).text, '{"event":"call:hangup"}');
    await quiet([a, b]);
  });
  test(`nothing passes after a hangup of the ${who}, from either side`, 'O-2.12', async (t) => {
    const [a, b] = await answered(t);
    const [by, other] = who === 'caller' ? [a, b] : [b, a];
    by.hangup();
    await other.next('call:hangup');
    for (const client of [a, b]) {
      client.ice('late');
      client.answer();
      client.hangup();
    }
    await quiet([a, b], [a, b]);
  });
}

test('the callee declines: the caller gets call:hangup', 'O-1.08', async (t) => {
  const [a, b] = await ringing(t);
  b.hangup();
  assert.deepEqual(await a.next(), { event: 'call:hangup' });
  await quiet([a, b]);
});

test('the caller cancels: the callee gets call:hangup', 'O-1.08', async (t) => {
  const [a, b] = await ringing(t);
  a.hangup();
  assert.deepEqual(await b.next(), { event: 'call:hangup' });
  await quiet([a, b]);
});

test('two hangups that cross end one call once', 'O-2.12', async (t) => {
  const [a, b] = await answered(t);
  a.hangup();
  b.hangup();
  await quiet([], [a, b]);
  // Who hung up second may or may not hear of it first, but nobody hears it twice.
  assert.ok(a.unread.length + b.unread.length >= 1);
  for (const client of [a, b]) assert.ok(client.unread.length <= 1);
});

test('redial in the same packet as the hangup works', 'O-2.12', async (t) => {
  const [a, b] = await answered(t);
  a.together(() => {
    a.hangup();
    a.offer(b.id, { sdp: 'redial' });
  });
  await b.next('call:hangup');
  assert.equal((await b.next('call:offer')).payload.sdp, 'redial');
  b.answer();
  await a.next('call:answer');
});

test('W14 in one packet: old candidates, hangup, offer, new candidates', 'O-2.12 O-2.16', async (t) => {
  const [a, b] = await answered(t);
  a.together(() => {
    for (let at = 0; at < 3; ++at) a.ice(`old ${at}`);
    a.hangup();
    a.ice('between');
    a.offer(b.id, { sdp: 'redial' });
    for (let at = 0; at < 2; ++at) a.ice(`new ${at}`);
  });
  for (let at = 0; at < 3; ++at) assert.equal((await b.next('call:ice')).payload.candidate, `old ${at}`);
  await b.next('call:hangup');
  await b.next('call:offer');
  for (let at = 0; at < 2; ++at) assert.equal((await b.next('call:ice')).payload.candidate, `new ${at}`);
  await quiet(b, a);
});

test('W14 50 quick redials with candidates of the old call behind the hangup', 'O-2.12', async (t) => {
  const [a, b] = await t.people('a', 'b');
  for (let round = 0; round < 50; ++round) {
    a.together(() => {
      a.offer(b.id, { sdp: `o${round}` });
      a.ice(round);
      a.hangup();
      a.ice('late');
    });
    assert.equal((await b.next('call:offer')).payload.sdp, `o${round}`);
    assert.equal((await b.next('call:ice')).payload.candidate, round);
    await b.next('call:hangup');
    b.ice('late');
  }
  await quiet([a, b], [a, b]);
});

test('W19 50 calls in a row that end in turn in every way', 'O-2.12', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  const ends = [
    async () => { b.hangup(); await a.next('call:hangup'); },
    async () => { a.hangup(); await b.next('call:hangup'); },
    async () => { b.answer(); await a.next('call:answer'); a.hangup(); await b.next('call:hangup'); },
    async () => { b.answer(); await a.next('call:answer'); b.hangup(); await a.next('call:hangup'); },
    async () => { c.offer(b.id); await c.next('call:hangup'); a.hangup(); await b.next('call:hangup'); },
  ];
  for (let round = 0; round < 50; ++round) {
    a.offer(b.id, { sdp: `o${round}` });
    assert.equal((await b.next('call:offer')).payload.sdp, `o${round}`);
    await ends[round % ends.length]();
    for (let at = 0; at < 5; ++at) a.ice('late');
  }
  await quiet([a, b, c], [a, b, c]);
});

// A table client has no call id: nothing can tell its late hangup from one of the present call.
test('a hangup meant for the call before ends the present one', 'O-3.09', async (t) => {
  const [a, b] = await answered(t);
  a.hangup();
  await b.next('call:hangup');
  await t.call(a, b);
  b.hangup();
  await a.next('call:hangup');
});

test('the call can go the other way afterwards', 'O-2.12', async (t) => {
  const [a, b] = await answered(t);
  a.hangup();
  await b.next('call:hangup');
  await assertCallWorks(t, b, a);
});

// --- order
test('what was sent before a close arrives before its hangup', 'O-2.16', async (t) => {
  const [a, b] = await answered(t);
  for (let at = 0; at < 200; ++at) a.ice(at);
  a.close(1000);
  for (let at = 0; at < 200; ++at) assert.equal((await b.next('call:ice')).payload.candidate, at);
  await b.next('call:hangup');
  await quiet(b);
});

test('an offer sent just before a close rings and is taken back', 'O-2.16', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id);
  a.ice('x');
  a.close(1000);
  await b.next('call:offer');
  await b.next('call:ice');
  await b.next('call:hangup');
});

test('offer, candidates and hangup keep their order', 'O-2.16', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id);
  for (let at = 0; at < 100; ++at) a.ice(at);
  a.hangup();
  await b.next('call:offer');
  for (let at = 0; at < 100; ++at) assert.equal((await b.next('call:ice')).payload.candidate, at);
  await b.next('call:hangup');
});

test('large and small messages keep their order', 'O-2.16', async (t) => {
  const [a, b] = await answered(t);
  for (let at = 0; at < 40; ++at) a.ice(`${at} ${'x'.repeat(at % 2 ? 50_000 : 1)}`);
  for (let at = 0; at < 40; ++at) assert.equal(parseInt((await b.next('call:ice')).payload.candidate, 10), at);
});

test('20 calls side by side do not mix', 'O-1.07 O-2.16', async (t) => {
  const pairs = await Promise.all(Array.from({ length: 20 }, (_, at) => t.people(`a${at}`, `b${at}`)));
  await Promise.all(pairs.map(([a, b]) => t.call(a, b)));
  for (let round = 0; round < 20; ++round) {
    pairs.forEach(([a, b], at) => {
      a.ice(`${at} ${round}`);
      b.ice(`${at} ${round}`);
    });
  }
  for (const [at, people] of pairs.entries()) {
    for (const client of people) {
      for (let round = 0; round < 20; ++round) {
        assert.equal((await client.next('call:ice')).payload.candidate, `${at} ${round}`);
      }
    }
  }
});
