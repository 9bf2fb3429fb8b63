// Several devices: all ring, the first answer wins, and one device's end is not the user's.
import { strict as assert } from 'node:assert';

import { quiet } from '../lib/client.js';
import { assertCallWorks, subject } from './harness.js';

const test = subject('devices');

/** A caller and a callee with `count` devices that all ring. */
async function ringing(t, count) {
  const [a, first] = await t.people('a', 'b');
  const devices = [first];
  while (devices.length < count) devices.push(await t.device(first));
  a.offer(first.id);
  for (const device of devices) await device.next('call:offer');
  return [a, ...devices];
}

test('every device of the callee rings', 'O-3.13', async (t) => {
  const [a, b, c, d] = await ringing(t, 3);
  await quiet([a, b, c, d]);
});

test('the first answer wins, the others get call:hangup', 'O-3.13', async (t) => {
  const [a, b1, b2, b3] = await ringing(t, 3);
  b2.answer({ sdp: 'two' });
  assert.equal((await a.next('call:answer')).payload.sdp, 'two');
  for (const loser of [b1, b3]) assert.deepEqual(await loser.next(), { event: 'call:hangup' });
  await quiet([a, b1, b2, b3]);
});

test('W07 a later answer of another device never reaches the caller', 'O-3.13 O-3.11', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  b1.answer({ sdp: 'one' });
  b2.answer({ sdp: 'two' });
  const { payload } = await a.next('call:answer');
  const [winner, loser] = payload.sdp === 'one' ? [b1, b2] : [b2, b1];
  await loser.next('call:hangup');
  loser.answer({ sdp: 'late' });
  loser.ice('late');
  await quiet([a, b1, b2], [b1, b2]);
  winner.ice('on');
  await a.next('call:ice');
});

test('W15 a late hangup of a loser does not end the call', 'O-3.13 O-3.02', async (t) => {
  for (let round = 0; round < 10; ++round) {
    const scene = t.at(t.server);
    const [a, b1, b2, b3] = await ringing(scene, 3);
    b1.answer();
    await a.next('call:answer');
    b2.hangup();
    b3.answer();
    await b2.next('call:hangup');
    await b3.next('call:hangup');
    await quiet([a, b1, b2, b3], [b2, b3]);
    a.ice('on');
    await b1.next('call:ice');
  }
});

test('W15 an answer and a decline that race end in one outcome', 'O-3.13', async (t) => {
  for (let round = 0; round < 20; ++round) {
    const scene = t.at(t.server);
    const [a, b1, b2] = await ringing(scene, 2);
    const moves = [() => b1.answer(), () => b2.hangup()];
    for (const move of round % 2 ? moves : moves.reverse()) move();
    const { event } = await a.next();
    if (event === 'call:answer') {
      await b2.next('call:hangup');
      await quiet([a, b1, b2], [b1, b2]);
      a.ice('on');
      await b1.next('call:ice');
    } else {
      assert.equal(event, 'call:hangup');
      await b1.next('call:hangup');
      await quiet([a, b1, b2], [b1, b2]);
    }
  }
});

test('one device declines for the whole user', 'O-4.06', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  b1.hangup();
  assert.deepEqual(await a.next(), { event: 'call:hangup' });
  assert.deepEqual(await b2.next(), { event: 'call:hangup' });
  await quiet([a, b1, b2]);
});

test('a device that leaves does not end the ring of the others', 'O-3.14', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  await b1.drop();
  await quiet([a, b2], a);
  b2.answer();
  await a.next('call:answer');
});

test('the ring ends when the last rung device leaves', 'O-2.11 O-1.10', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  await b1.close(1001);
  await b2.drop();
  await a.next('call:hangup');
});

test('every rung device is told when the caller gives up', 'O-1.08 O-3.13', async (t) => {
  const [a, ...devices] = await ringing(t, 3);
  a.hangup();
  for (const device of devices) await device.next('call:hangup');
  await quiet([a, ...devices]);
});

for (const [how, leave] of Object.entries({
  'a close frame': (client) => client.close(1000),
  'code 1001': (client) => client.close(1001),
  'W05 an empty close frame': (client) => client.close(),
  'a bare TCP end': (client) => client.drop(),
})) {
  test(`every rung device is told when the caller leaves by ${how}`, 'O-2.11 O-1.10', async (t) => {
    const [a, b1, b2] = await ringing(t, 2);
    await leave(a);
    for (const device of [b1, b2]) await device.next('call:hangup');
    await quiet([b1, b2]);
  });
  test(`the peer is told when a party leaves by ${how}`, 'O-2.11 O-1.10', async (t) => {
    const [a, b] = await t.people('a', 'b');
    await t.call(a, b);
    await leave(a);
    assert.deepEqual(await b.next(), { event: 'call:hangup' });
    await quiet(b);
  });
}

test('a device that connects during the ring joins it', 'O-3.13 O-2.09', async (t) => {
  const [a, b1] = await t.people('a', 'b');
  a.offer(b1.id, { sdp: 's' });
  for (const candidate of ['one', 'two']) a.ice(candidate);
  await b1.next('call:offer');
  await quiet([], a);
  const b2 = await t.device(b1);
  assert.deepEqual((await b2.next('call:offer')).payload, { sdp: 's', userId: b1.id, fromUserId: a.id });
  for (const candidate of ['one', 'two']) assert.equal((await b2.next('call:ice')).payload.candidate, candidate);
  a.ice('three');
  assert.equal((await b2.next('call:ice')).payload.candidate, 'three');
  b2.answer();
  await a.next('call:answer');
});

test('a device that joins hears the newest offer', 'O-3.08', async (t) => {
  const [a, b1] = await t.people('a', 'b');
  for (const sdp of ['old', 'new']) {
    a.offer(b1.id, { sdp });
    await b1.next('call:offer');
  }
  const b2 = await t.device(b1);
  assert.equal((await b2.next('call:offer')).payload.sdp, 'new');
  await quiet(b2);
});

test('W13 a device that joins gets the last 64 candidates, the others all 70', 'O-4.07', async (t) => {
  const [a, b1] = await t.people('a', 'b');
  a.offer(b1.id);
  await b1.next('call:offer');
  for (let at = 0; at < 70; ++at) a.ice(at);
  for (let at = 0; at < 70; ++at) assert.equal((await b1.next('call:ice')).payload.candidate, at);
  const b2 = await t.device(b1);
  await b2.next('call:offer');
  for (let at = 6; at < 70; ++at) assert.equal((await b2.next('call:ice')).payload.candidate, at);
  await quiet(b2);
});

test('candidates of the only rung device go out at once', 'O-2.09', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id);
  await b.next('call:offer');
  b.ice('early');
  assert.equal((await a.next('call:ice')).payload.candidate, 'early');
});

test('candidates of several rung devices wait, and follow the answer of their own device', 'O-2.09', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  for (let at = 0; at < 5; ++at) {
    b1.ice(`loser ${at}`);
    b2.ice(`winner ${at}`);
  }
  await quiet(a, [b1, b2]);
  b2.answer();
  b2.ice('winner 5');
  await a.next('call:answer');
  for (let at = 0; at < 6; ++at) assert.equal((await a.next('call:ice')).payload.candidate, `winner ${at}`);
  await quiet(a);
});

test('at most 64 candidates wait for an answer', 'O-4.07', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  for (let at = 0; at < 70; ++at) b1.ice(at);
  b1.answer();
  await a.next('call:answer');
  await b2.next('call:hangup');
  await b1.roundTrip();
  await a.roundTrip();
  const got = a.unread.map(({ message }) => message.payload.candidate);
  assert.equal(got.length, 64);
  assert.deepEqual(got, [...got].sort((x, y) => x - y));
});

test('no candidate of the winner is lost when its sibling leaves the ring', 'O-2.09 O-2.16', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  b1.ice(0);
  b1.ice(1);
  await b1.roundTrip();
  await b2.close(1000);
  b1.ice(2);
  b1.answer();
  b1.ice(3);
  const got = [];
  while (got.length < 4) {
    const { event, payload } = await a.next();
    if (event === 'call:ice') got.push(payload.candidate);
  }
  assert.deepEqual(got, [0, 1, 2, 3]);
});

test('the caller can have other devices, which hear nothing of the call', 'O-3.16', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const other = await t.device(a);
  await t.call(a, b);
  b.ice('x');
  await a.next('call:ice');
  b.hangup();
  await a.next('call:hangup');
  await quiet(other);
});

test('the first connection closes: the second still rings and can call', 'O-3.14', async (t) => {
  const [a, b1] = await t.people('a', 'b');
  const b2 = await t.device(b1);
  await b1.close(1000);
  a.offer(b1.id);
  await b2.next('call:offer');
  b2.hangup();
  await a.next('call:hangup');
  await assertCallWorks(t, b2, a);
});

test('the older connection still rings beside a newer one', 'O-3.13 O-1.04', async (t) => {
  const [a, b1] = await t.people('a', 'b');
  const b2 = await t.device(b1);
  await b2.close(1000);
  a.offer(b1.id);
  await b1.next('call:offer');
});

test('a second tab joins idle, and the call stays with the first', 'O-3.16', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  const tab = await t.device(a);
  a.ice('from the first tab');
  await b.next('call:ice');
  b.ice('to the first tab');
  await a.next('call:ice');
  await quiet(tab);
  a.hangup();
  await b.next('call:hangup');
});

test('a second tab closing during the call changes nothing', 'O-3.15 O-3.14', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const tab = await t.device(a);
  await t.call(a, b);
  await tab.close(1001);
  await quiet([a, b], [a, b]);
  b.ice('on');
  await a.next('call:ice');
});

test('an old connection closes during the call of a new one: the call goes on', 'O-3.15', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const newer = await t.device(a);
  await t.call(newer, b);
  await a.drop();
  await quiet([newer, b], newer);
  newer.ice('on');
  await b.next('call:ice');
});

test('the newest tab closing during the call of the oldest: the call goes on', 'O-3.15', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  const newer = await t.device(a);
  await newer.drop();
  await quiet([a, b], [a, b]);
  a.ice('on');
  await b.next('call:ice');
});

test('a reload that opens the new socket before the old one closes stays reachable', 'O-3.17', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const reloaded = await t.device(b);
  await b.close(1001);
  a.offer(b.id);
  await reloaded.next('call:offer');
});

test('W11 a party that reconnects is rung while its dead socket still holds a call', 'O-3.17 O-3.15', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  const again = await t.device(a);
  await a.drop();
  await b.next('call:hangup');
  b.offer(a.id);
  await again.next('call:offer');
});

test('a hangup of an idle sibling does not end the call', 'O-3.02', async (t) => {
  const [a, b] = await t.people('a', 'b');
  const sibling = await t.device(a);
  await t.call(a, b);
  sibling.hangup();
  sibling.ice('foreign');
  sibling.answer();
  await quiet([a, b, sibling], sibling);
});

test('a rung device that calls somebody else leaves the ring, the others ring on', 'O-4.06', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  const [c] = await t.people('c');
  b1.offer(c.id);
  await c.next('call:offer');
  await quiet([a, b2]);
  b1.hangup();
  await c.next('call:hangup');
  b2.answer();
  await a.next('call:answer');
});

test('the only rung device that calls somebody else ends the ring', 'O-4.06', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  a.offer(b.id);
  await b.next('call:offer');
  b.offer(c.id);
  await a.next('call:hangup');
  await c.next('call:offer');
  await quiet(b);
});

test('an answer first ends the other call of its user', 'O-4.06', async (t) => {
  const [a, b1, b2] = await ringing(t, 2);
  const [c] = await t.people('c');
  b1.offer(c.id);
  await c.next('call:offer');
  b2.answer();
  await a.next('call:answer');
  await c.next('call:hangup');
  await b1.next('call:hangup');
  a.ice('on');
  await b2.next('call:ice');
});
