// The limits at their defaults: what they must let through, and what happens beyond them.
import { strict as assert } from 'node:assert';

import { quiet } from '../lib/client.js';
import { fragments, frame, opcodes } from '../lib/frames.js';
import { RawWebSocket } from '../lib/raw_websocket.js';
import { mint } from '../lib/tokens.js';
import { subject } from './harness.js';

const test = subject('limits', { env: {} });

async function ringAndCancel(a, b) {
  a.offer(b.id);
  await b.next('call:offer');
  a.hangup();
  await b.next('call:hangup');
}

test('six rings of one user in a row pass, the seventh is answered call:hangup', 'O-4.04', async (t) => {
  const [a, b] = await t.people('a', 'b');
  for (let ring = 0; ring < 6; ++ring) await ringAndCancel(a, b);
  a.offer(b.id);
  await a.next('call:hangup');
  await quiet(b);
});

test('a user who was rung too often can still be rung by others, and call back', 'O-4.04', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  for (let ring = 0; ring < 6; ++ring) await ringAndCancel(a, b);
  a.offer(b.id);
  await a.next('call:hangup');
  await ringAndCancel(c, b);
  await ringAndCancel(b, a);
});

test('repeats while it rings count too, and never harm the ring', 'O-4.04 O-3.08', async (t) => {
  const [a, b] = await t.people('a', 'b');
  for (let at = 0; at < 20; ++at) a.offer(b.id, { sdp: `o${at}` });
  await quiet([], [a, b]);
  const heard = b.unread.length;
  assert.ok(heard >= 1 && heard <= 6, `the callee heard ${heard} offers`);
  b.answer();
  await a.next('call:answer');
  await quiet(a);
});

test('renegotiation is free of rates', 'O-2.10 O-4.04', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  for (let at = 0; at < 40; ++at) {
    const [from, to] = at % 2 ? [a, b] : [b, a];
    from.offer(to.id, { sdp: `o${at}` });
    await to.next('call:offer');
    to.answer();
    await from.next('call:answer');
  }
});

test('ten calls of one user in a row pass, the eleventh is answered call:hangup', 'O-4.04', async (t) => {
  const [a, ...others] = await t.people('a', ...Array.from({ length: 11 }, (_, at) => `b${at}`));
  for (const other of others.slice(0, 10)) await ringAndCancel(a, other);
  a.offer(others[10].id);
  await a.next('call:hangup');
  await quiet(others[10]);
});

test('offers that are refused for another reason cost nothing', 'O-4.04', async (t) => {
  const [a, b] = await t.people('a', 'b');
  for (let at = 0; at < 30; ++at) {
    a.offer(a.id);
    await a.next('call:hangup');
  }
  await ringAndCancel(a, b);
});

test('offers to nobody count as calls', 'O-4.04', async (t) => {
  const [a, b] = await t.people('a', 'b');
  for (let at = 0; at < 10; ++at) {
    a.offer(t.id(`nobody${at}`));
    await a.next('call:hangup');
  }
  a.offer(b.id);
  await a.next('call:hangup');
  await quiet(b);
});

test('an offer over the rate from inside a call is silence, and the call goes on', 'O-4.04 O-2.08', async (t) => {
  const [a, b, c] = await t.people('a', 'b', 'c');
  for (let ring = 0; ring < 6; ++ring) await ringAndCancel(a, c);
  await t.call(a, b);
  a.offer(c.id);
  await quiet([a, b, c], a);
  a.ice('on');
  await b.next('call:ice');
});

test('1,000 candidates in a burst each way pass by default', 'O-2.15', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  for (let at = 0; at < 1000; ++at) {
    a.ice(at);
    b.ice(at);
  }
  for (let at = 0; at < 1000; ++at) {
    assert.equal((await b.next('call:ice')).payload.candidate, at);
    assert.equal((await a.next('call:ice')).payload.candidate, at);
  }
});

test('600 connections of one address in a row pass', 'O-2.15', async (t) => {
  for (let batch = 0; batch < 20; ++batch) {
    const some = await Promise.all(Array.from({ length: 30 }, (_, at) => t.connect(t.id(`n${batch}.${at}`))));
    await Promise.all(some.map((client) => client.close(1000)));
  }
});

test('the 17th device closes the one whose last message is oldest', 'O-4.03', async (t) => {
  const [first] = await t.people('a');
  const devices = [first];
  while (devices.length < 16) devices.push(await t.device(first));
  // Everybody but the fourth says something; pongs do not count.
  for (const device of devices) if (device !== devices[3]) device.ice('ignored');
  for (const device of devices) await device.roundTrip();
  const last = await t.device(first);
  assert.equal((await devices[3].whenClosed()).code, 4029);
  for (const device of [...devices.filter((other) => other !== devices[3]), last]) await device.roundTrip();
});

test('the 17th device is refused when all others ring', 'O-4.03', async (t) => {
  const [caller, first] = await t.people('caller', 'a');
  const devices = [first];
  while (devices.length < 16) devices.push(await t.device(first));
  caller.offer(first.id);
  for (const device of devices) await device.next('call:offer');
  const last = await t.device(first);
  assert.equal((await last.whenClosed()).code, 4029);
  devices[0].answer();
  await caller.next('call:answer');
});

test('the device in a call is not closed for a 17th', 'O-4.03', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  const devices = [];
  while (devices.length < 15) devices.push(await t.device(a));
  for (const device of devices) device.ice('ignored');
  for (const device of devices) await device.roundTrip();
  await t.device(a);
  await Promise.race(devices.map((device) => device.closed));
  a.ice('on');
  await b.next('call:ice');
});

// --- what a plain server does not bound
test.ours('over 1,000 invalid messages in a minute close 1008, and the peer is told', 'O-4.05', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  for (let at = 0; at < 1100; ++at) a.sendRaw('junk');
  assert.equal((await a.whenClosed()).code, 1008);
  await b.next('call:hangup');
});

async function openRaw(t) {
  return RawWebSocket.open(await t.raw(), { token: mint({ userId: t.id('raw') }) });
}

test.ours('a message of over 1,024 fragments closes 1008', 'O-4.05', async (t) => {
  const session = await openRaw(t);
  await session.send(...fragments(Array(1100).fill(' ')));
  assert.equal((await session.readClose()).code, 1008);
});

test.ours('a flood of pings closes 1008', 'O-4.05 O-4.11', async (t) => {
  const session = await openRaw(t);
  await session.send(...Array.from({ length: 200 }, () => frame({ opcode: opcodes.ping, payload: 'x' })));
  assert.equal((await session.readClose()).code, 1008);
});

for (const [what, fault] of [['without a mask', { mask: null }], ['with a reserved bit', { rsv: 4 }]]) {
  test(`a frame ${what} closes 1002`, 'O-4.05', async (t) => {
    const session = await openRaw(t);
    await session.send(frame({ payload: '{}', ...fault }));
    assert.equal((await session.readClose()).code, 1002);
  });
}
