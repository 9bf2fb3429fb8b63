// Whom an offer reaches, and what the caller hears when it reaches nobody.
import { strict as assert } from 'node:assert';

import { quiet } from '../lib/client.js';
import { mint } from '../lib/tokens.js';
import { assertCallWorks, OPEN_BUCKETS, subject } from './harness.js';

const test = subject('offer');

test('reaches the user named by userId', 'O-1.06', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.send('call:offer', { sdp: 's', userId: b.id });
  assert.deepEqual(await b.next(), { event: 'call:offer', payload: { sdp: 's', userId: b.id, fromUserId: a.id } });
  await quiet(a);
});

test('reaches the user named by targetUserId', 'O-1.06 O-2.06', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.send('call:offer', { sdp: 's', targetUserId: b.id });
  assert.deepEqual((await b.next('call:offer')).payload, { sdp: 's', targetUserId: b.id, fromUserId: a.id });
});

test('prefers userId to targetUserId', 'O-2.06', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  a.send('call:offer', { targetUserId: c.id, userId: b.id });
  await b.next('call:offer');
  await quiet(c);
});

for (const falsy of [null, '', 0, false]) {
  test(`falls back to targetUserId when userId is ${JSON.stringify(falsy)}`, 'O-3.32 O-2.06', async (t) => {
    const [a, b] = await t.people('a', 'b');
    a.send('call:offer', { userId: falsy, targetUserId: b.id });
    assert.deepEqual((await b.next('call:offer')).payload, { userId: falsy, targetUserId: b.id, fromUserId: a.id });
  });
}

for (const payload of [{}, { sdp: 's' }, { userId: null }, { userId: '', targetUserId: 0 }, { userId: false, targetUserId: null }]) {
  test(`is ignored when it names nobody: ${JSON.stringify(payload)}`, 'O-2.06 O-1.05', async (t) => {
    const [a] = await t.people('a');
    a.send('call:offer', payload);
    await quiet(a, a);
  });
}

for (const target of [true, {}, [], [1], 1.5, { id: 'b' }]) {
  test(`to ${JSON.stringify(target)} is an offer to an unknown user`, 'O-2.06 O-3.06', async (t) => {
    const [a] = await t.people('a');
    a.send('call:offer', { userId: target });
    await a.next('call:hangup');
    await quiet(a, a);
  });
}

test('a userId that is no id does not fall back to targetUserId', 'O-2.06', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.send('call:offer', { userId: true, targetUserId: b.id });
  await a.next('call:hangup');
  await quiet(b);
});

test('to an unknown user is answered call:hangup', 'O-3.06 O-2.08', async (t) => {
  const [a] = await t.people('a');
  a.offer(t.id('nobody'));
  assert.deepEqual(await a.next(), { event: 'call:hangup' });
  await quiet(a, a);
});

test('to a user who has left is answered call:hangup', 'O-3.06 O-1.10', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await b.close(1000);
  a.offer(b.id);
  await a.next('call:hangup');
});

test('makes no call when it reaches nobody', 'O-3.06', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(t.id('nobody'));
  await a.next('call:hangup');
  a.ice('lost');
  a.hangup();
  await assertCallWorks(t, b, a);
});

test('to oneself is answered call:hangup', 'O-3.04', async (t) => {
  const [a] = await t.people('a');
  a.offer(a.id);
  await a.next('call:hangup');
  await quiet(a, a);
});

test('to oneself does not ring the other device', 'O-3.04', async (t) => {
  const [a] = await t.people('a');
  const other = await t.device(a);
  a.offer(a.id);
  await a.next('call:hangup');
  await quiet(other);
});

test('to oneself inside a call changes nothing and is answered by silence', 'O-3.04 O-2.08', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  a.offer(a.id);
  await quiet([a, b], a);
  a.ice('on');
  await b.next('call:ice');
});

test('rings 42 when the callee is "42"', 'O-3.18', async (t) => {
  const [a] = await t.people('a');
  const b = await t.connect(String(t.number()));
  a.offer(t.number());
  assert.equal((await b.next('call:offer')).payload.userId, t.number());
});

test('rings "42" when the callee is 42', 'O-3.18', async (t) => {
  const [a] = await t.people('a');
  const b = await t.connect(t.number());
  a.offer(String(t.number()));
  assert.equal((await b.next('call:offer')).payload.userId, String(t.number()));
});

test('rings 42 and "42" as two devices of one user', 'O-3.19', async (t) => {
  const [a] = await t.people('a');
  const devices = [await t.connect(t.number()), await t.connect(String(t.number()))];
  a.offer(t.number());
  for (const device of devices) await device.next('call:offer');
});

for (const other of [(n) => `0${n}`, (n) => `${n} `, (n) => `${n}.0`, (n) => `+${n}`]) {
  test(`does not take "${other(42)}" for 42`, 'O-3.19', async (t) => {
    const [a] = await t.people('a');
    const b = await t.connect(t.number());
    a.offer(other(t.number()));
    await a.next('call:hangup');
    await quiet(b);
  });
}

test('tells NFC and NFD spellings of an id apart', 'O-3.20', async (t) => {
  const [a] = await t.people('a');
  const [nfc, nfd] = [`\u00e9${t.id('u')}`, `e\u0301${t.id('u')}`];
  const b = await t.connect(nfc);
  a.offer(nfd);
  await a.next('call:hangup');
  a.offer(nfc);
  await b.next('call:offer');
});

test('tells upper and lower case of an id apart', 'O-3.20', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id.toUpperCase());
  await a.next('call:hangup');
  await quiet(b);
});

for (const odd of ['__proto__', 'constructor', 'toString']) {
  test(`treats "${odd}" as any other id`, 'O-2.14', async (t) => {
    const [a] = await t.people('a');
    a.offer(odd);
    await a.next('call:hangup');
    const b = await t.connect(odd);
    a.offer(odd);
    await b.next('call:offer');
  });
}

test('rings a user whom only the token has ever named', 'O-2.14', async (t) => {
  const [a] = await t.people('a');
  const b = await t.connect({ token: mint({ userId: t.id('fresh'), exp: undefined }) });
  a.offer(t.id('fresh'));
  await b.next('call:offer');
});

// --- the ring ends by itself
// What takes a second by its nature is waited for longer than a message is.
const TIMER_MAX_MS = 10_000;
const SHORT_RING = { ...OPEN_BUCKETS, ZVONOK_CALL_RING_S: 1 };

test('that nobody answers ends with call:hangup on both sides', 'O-3.06 O-2.08', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const began = performance.now();
  a.offer(b.id);
  await b.next('call:offer');
  assert.deepEqual(await a.next(undefined, TIMER_MAX_MS), { event: 'call:hangup' });
  assert.deepEqual(await b.next(), { event: 'call:hangup' });
  assert.ok(performance.now() - began >= 950, 'it ended too early');
}, { env: SHORT_RING });

test('that was answered is not ended by the ring timer', 'O-3.06', async (t) => {
  const [a, b, c, d] = await t.people('a', 'b', 'c', 'd');
  await t.call(a, b);
  // A ring that starts after the answer runs out after the timer of the answered one would have.
  c.offer(d.id);
  await d.next('call:offer');
  await c.next('call:hangup', TIMER_MAX_MS);
  await quiet([a, b]);
  a.ice('on');
  await b.next('call:ice');
}, { env: SHORT_RING });

test('an answer after the ring ended goes nowhere', 'O-2.12', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id);
  await b.next('call:offer');
  await b.next('call:hangup', TIMER_MAX_MS);
  await a.next('call:hangup');
  b.answer();
  await quiet([a, b], b);
}, { env: SHORT_RING });

// --- repeats while it rings
test('repeated while it rings is the same call with a new sdp', 'O-3.08', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id, { sdp: 'one' });
  assert.equal((await b.next('call:offer')).payload.sdp, 'one');
  a.offer(b.id, { sdp: 'two' });
  assert.equal((await b.next('call:offer')).payload.sdp, 'two');
  b.answer();
  await a.next('call:answer');
  await quiet([a, b], [a, b]);
});

test('repeated while it rings reaches every rung device', 'O-3.08', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const second = await t.device(b);
  a.offer(b.id, { sdp: 'one' });
  a.offer(b.id, { sdp: 'two' });
  for (const device of [b, second]) {
    for (const sdp of ['one', 'two']) assert.equal((await device.next('call:offer')).payload.sdp, sdp);
  }
});

test('repeated while it rings does not lengthen the ring', 'O-3.08', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const began = performance.now();
  a.offer(b.id);
  const repeater = setInterval(() => a.offer(b.id), 200);
  await a.next('call:hangup', TIMER_MAX_MS).finally(() => clearInterval(repeater));
  assert.ok(performance.now() - began < 5000, 'the ring went on');
}, { env: SHORT_RING });

// --- repeats after the end (decision on W20)
const decline = async (a, b, fields) => {
  a.offer(b.id, fields);
  await b.next('call:offer');
  const at = performance.now();
  b.hangup();
  await a.next('call:hangup');
  return at;
};

test('W20 repeated at once after a decline does not ring again', 'O-4.01', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await decline(a, b, { sdp: 'same' });
  for (let at = 0; at < 3; ++at) {
    a.offer(b.id, { sdp: 'same' });
    await a.next('call:hangup');
  }
  await quiet(b);
});

test('W20 with another sdp after a decline rings at once', 'O-4.01', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await decline(a, b, { sdp: 'same' });
  a.offer(b.id, { sdp: 'other' });
  await b.next('call:offer');
});

test('W20 repeated a second after a decline rings', 'O-4.01', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const declinedAt = await decline(a, b, { sdp: 'same' });
  const repeater = setInterval(() => a.offer(b.id, { sdp: 'same' }), 100);
  await b.next('call:offer', TIMER_MAX_MS).finally(() => clearInterval(repeater));
  assert.ok(performance.now() - declinedAt > 950, 'it rang too early');
});

test('W20 repeated after the caller itself hung up rings at once', 'O-4.01 O-2.12', async (t) => {
  const [a, b] = await t.people('a', 'b');
  for (let round = 0; round < 3; ++round) {
    a.offer(b.id, { sdp: 'same' });
    await b.next('call:offer');
    a.hangup();
    await b.next('call:hangup');
  }
});

test('W20 of another caller rings at once after a decline', 'O-4.01', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  await decline(a, b, { sdp: 'same' });
  c.offer(b.id, { sdp: 'same' });
  await b.next('call:offer');
});

test('W20 repeated after an answered call rings at once', 'O-4.01', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  b.hangup();
  await a.next('call:hangup');
  a.offer(b.id);
  await b.next('call:offer');
});

test('W20 repeated after the callee left does not ring its next connection', 'O-4.01', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id);
  await b.next('call:offer');
  await b.drop();
  await a.next('call:hangup');
  const again = await t.device(b);
  a.offer(b.id);
  await a.next('call:hangup');
  await quiet(again);
});

test('W20 repeated every 200 ms: the callee that declined stays silent', 'O-4.01', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id, { sdp: 'same' });
  await b.next('call:offer');
  a.offer(b.id, { sdp: 'same' });
  await b.next('call:offer');
  b.hangup();
  // These cross the decline: the first of them may find the call alive, none may start another.
  for (let at = 0; at < 3; ++at) a.offer(b.id, { sdp: 'same' });
  await a.next('call:hangup');
  a.offer(b.id, { sdp: 'same' });
  await quiet([], [b, a]);
  const heard = b.unread.map(({ message }) => message.event);
  assert.ok(heard.length <= 3 && heard.every((event) => event === 'call:offer'), String(heard));
  b.answer();
  a.ice('nowhere');
  await quiet([], [b, a]);
  assert.ok(!a.unread.some(({ message }) => message.event === 'call:answer'), 'a second call was made');
});
