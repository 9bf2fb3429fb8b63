// Clients that take and do not give: they read slowly, speak slowly, vanish, knock without end. Each case has a server
// of its own, so that memory, descriptors and CPU time can be laid at its door.
import { strict as assert } from 'node:assert';
import { setTimeout as pause } from 'node:timers/promises';

import { frame, opcodes } from '../../lib/frames.js';
import { requestHead, upgradeHead } from '../../lib/http_head.js';
import { descriptorCount, eventually, residentKb } from '../../lib/watch.js';
import { iceText } from '../websocket/proofs.js';

const own = (name, work) => ({ name, server: null, run: work });
const several = (count, make) => Promise.all(Array.from({ length: count }, (_, i) => make(i)));

const returnsTo = (pid, count) => eventually(`${count} descriptors`, () => descriptorCount(pid) <= count);

/// Writes as fast as the server reads, `count` times or until the stream ends.
async function pourOut(raw, count, make) {
  for (let i = 0; i < count && !raw.ended; i++) {
    raw.pour(make(i));
    if (i % 16 === 15) await new Promise(setImmediate);
  }
}

const kBig = 60_000;
const kLinkBuffers = 30_000_000; // More than the kernel's socket buffers of both ends hold.

const slowReaders = [
  own('closes a client that does not read with 4008 and keeps its memory bounded', async (t) => {
    const { server, watch } = await t.start();
    const { a, b } = await t.call();
    b.raw.stopReading();
    const message = frame({ payload: iceText('x'.repeat(kBig)) });
    const pouring = pourOut(a.raw, kLinkBuffers / kBig, () => message);
    await a.nextMessage('call:hangup');
    b.raw.resumeReading();
    const { code } = await b.readClose();
    assert.equal(code, 4008);
    await pouring;
    assert.ok(watch.growth().residentKb < 40_000, `grew by ${watch.growth().residentKb} KB`);
    assert.ok(residentKb(server.pid) > 0);
  }),
  own('does not let ten clients that do not read slow an unrelated call', async (t) => {
    const { watch, bystander } = await t.start();
    const pairs = [];
    for (let i = 0; i < 10; i++) pairs.push(await t.call(`a${i}`, `b${i}`));
    for (const { b } of pairs) b.raw.stopReading();
    const message = frame({ payload: iceText('x'.repeat(kBig)) });
    const pouring = Promise.all(pairs.map(({ a }) => pourOut(a.raw, kLinkBuffers / kBig, () => message)));
    for (const { a } of pairs) {
      await a.nextMessage('call:hangup');
      await bystander.check();
    }
    await pouring;
    assert.ok(watch.growth().residentKb < 80_000, `grew by ${watch.growth().residentKb} KB`);
  }),
  own('lets no stranger close by large candidates who connects, or is slow, while it rings', async (t) => {
    await t.start();
    const [a, b] = [await t.ws('a'), await t.ws('b')];
    await a.event('call:offer', { userId: t.user('b'), sdp: {} });
    await b.nextMessage('call:offer');
    b.raw.stopReading();
    const big = frame({ payload: iceText('x'.repeat(240_000)) });
    await pourOut(a.raw, 40, () => big);
    const small = JSON.parse(iceText('small')).payload;
    await a.event('call:ice', small);
    const second = await t.ws('b');
    await second.nextMessage('call:offer');
    b.raw.resumeReading();
    assert.deepEqual((await b.nextMessage('call:ice')).payload, small);
    await second.event('call:answer', { sdp: {} });
    await a.nextMessage('call:answer');
  }),
  own('does not let a client that never reads its HTTP answers fill the memory', async (t) => {
    const { watch } = await t.start();
    const raw = await t.raw();
    raw.stopReading();
    const requests = Buffer.from(requestHead({ target: '/nowhere' }).repeat(100));
    // Far more answers than the kernel's buffers hold; the server takes what it likes of it and keeps none.
    await pourOut(raw, 5000, () => requests);
    await eventually('a quiet server', async () => {
      const before = watch.now().cpuSeconds;
      await pause(500);
      return watch.now().cpuSeconds - before < 0.05;
    });
    assert.ok(watch.growth().residentKb < 20_000, `grew by ${watch.growth().residentKb} KB`);
  }),
  own('does not let a client that never reads its pongs fill the memory', async (t) => {
    const { watch } = await t.start();
    const a = await t.ws('a');
    a.raw.stopReading();
    const ping = frame({ opcode: opcodes.ping, payload: 'x'.repeat(125) });
    // Less than limits.linger_bytes, or a reset would rightly overtake the close frame.
    await pourOut(a.raw, 5000, () => ping);
    a.raw.resumeReading();
    assert.ok([1008, 4008].includes((await a.readClose()).code));
    assert.ok(watch.growth().residentKb < 20_000);
  }),
];

const slowWriters = [
  own('sheds fifty slow heads and serves others meanwhile', async (t) => {
    const { server } = await t.start({ env: { ZVONOK_LIMITS_REQUEST_HEAD_S: 2 } });
    const before = descriptorCount(server.pid);
    const slow = await several(50, () => t.raw());
    const dripping = setInterval(() => slow.forEach((raw) => !raw.ended && raw.pour('X')), 100);
    try {
      await Promise.all(slow.map((raw) => raw.write('GET /ws HTTP/1.1\r\nX-Slow: ')));
      const { a, b } = await t.call();
      await t.reaches(a, b);
      await Promise.all(slow.map((raw) => raw.readEnd({ within: 20_000 })));
    } finally {
      clearInterval(dripping);
    }
    for (const raw of slow) raw.destroy();
    // The two sockets of our own call are still open.
    await returnsTo(server.pid, before + 2);
  }),
  own('sheds 300 connections that say nothing', async (t) => {
    const { server } = await t.start({ env: { ZVONOK_LIMITS_REQUEST_HEAD_S: 2 } });
    const before = descriptorCount(server.pid);
    const silent = await several(300, () => t.raw());
    await Promise.all(silent.map((raw) => raw.readEnd({ within: 20_000 })));
    for (const raw of silent) raw.destroy();
    await returnsTo(server.pid, before);
  }),
  own('sheds fifty bodies that do not come', async (t) => {
    const { server } = await t.start({ env: { ZVONOK_LIMITS_REQUEST_BODY_S: 1 } });
    const before = descriptorCount(server.pid);
    const slow = await several(50, () => t.raw());
    await Promise.all(
      slow.map((raw) =>
        raw.write(requestHead({ method: 'POST', target: '/nowhere', headers: { 'Content-Length': '100' } })),
      ),
    );
    await Promise.all(slow.map((raw) => raw.readEnd({ within: 20_000 })));
    for (const raw of slow) raw.destroy();
    await returnsTo(server.pid, before);
  }),
  own('sheds fifty messages that never end', async (t) => {
    await t.start({ env: { ZVONOK_LIMITS_MESSAGE_PROGRESS_S: 2 } });
    const sessions = await several(50, (i) => t.ws(`slow-${i}`));
    await Promise.all(sessions.map((session) => session.send(frame({ length: 200_000, payload: 'x'.repeat(1000) }))));
    await Promise.all(sessions.map((session) => session.expectClose(1008)));
  }),
  own('does not reserve memory for lengths that are only declared', async (t) => {
    const { watch } = await t.start();
    const sessions = await several(200, (i) => t.ws(`liar-${i}`));
    await Promise.all(sessions.map((session) => session.send(frame({ length: 262_144, payload: 'x' }))));
    await Promise.all(sessions.map((session) => session.raw.taken()));
    assert.ok(watch.growth().residentKb < 20_000, `grew by ${watch.growth().residentKb} KB`);
  }),
];

const gone = [
  own('finds twenty half-open clients dead after ws.dead_s and tells their peers', async (t) => {
    // Longer than a busy machine keeps this process from answering for the peers.
    await t.start({ env: { ZVONOK_WS_PING_S: 2, ZVONOK_WS_DEAD_S: 8 } });
    const pairs = [];
    for (let i = 0; i < 20; i++) pairs.push(await t.call(`dead-${i}`, `peer-${i}`));
    for (const { a } of pairs) a.raw.stopReading();
    await Promise.all(pairs.map(({ b }) => b.nextMessage('call:hangup', { within: 40_000 })));
  }),
  ...[
    ['RST', (raw) => raw.reset()],
    ['FIN', (raw) => raw.fin()],
  ].map(([how, end]) =>
    own(`takes a thousand connections that end at once by ${how}`, async (t) => {
      const { server, watch } = await t.start();
      const before = descriptorCount(server.pid);
      for (let round = 0; round < 20; round++) await several(50, async () => end(await t.raw()));
      await returnsTo(server.pid, before);
      const { logBytes, residentKb: grown } = watch.growth();
      assert.ok(grown < 20_000, `grew by ${grown} KB`);
      assert.ok(logBytes < 1000 * 400, `wrote ${logBytes} bytes of log`);
      assert.doesNotMatch(server.log(), /\b(warn|error)\b.*\b(reset|eof|end of file)\b/i);
    }),
  ),
  own('takes five hundred clients that reset inside their upgrade', async (t) => {
    const { server } = await t.start();
    const before = descriptorCount(server.pid);
    for (let round = 0; round < 10; round++) {
      await several(50, async (i) => {
        const raw = await t.raw();
        const head = upgradeHead({ target: `/ws?token=${t.token(t.user(`r${round}-${i}`))}` });
        raw.pour(head.slice(0, (head.length * (i + 1)) / 50));
        raw.reset();
      });
    }
    await returnsTo(server.pid, before);
  }),
  own('takes three hundred calls whose parties reset at once', async (t) => {
    const { server } = await t.start();
    const before = descriptorCount(server.pid);
    for (let round = 0; round < 30; round++) {
      const pairs = await several(10, (i) => t.call(`a${round}-${i}`, `b${round}-${i}`));
      for (const { a, b } of pairs) {
        a.raw.reset();
        b.raw.reset();
      }
    }
    await returnsTo(server.pid, before);
  }),
];

const floods = [
  own('holds a flood of messages back and loses nothing of what it takes', async (t) => {
    const { watch } = await t.start();
    const { a, b } = await t.call();
    const pouring = pourOut(a.raw, 20_000, (i) => frame({ payload: iceText(`${i}`) }));
    for (let i = 0; i < 2100; i++)
      assert.equal((await b.nextMessage('call:ice', { within: 20_000 })).payload.candidate, `${i}`);
    await pouring;
    assert.ok(watch.growth().residentKb < 20_000, `grew by ${watch.growth().residentKb} KB`);
    a.raw.reset();
    // What was still waiting may come first.
    for (;;) if ((await b.nextMessage()).event === 'call:hangup') break;
  }),
  own('takes six hundred upgrades from one address', async (t) => {
    const { server } = await t.start();
    for (let round = 0; round < 12; round++) {
      const sessions = await several(50, (i) => t.ws(`u${round}-${i}`));
      await Promise.all(sessions.map((session) => session.roundTrip()));
      for (const session of sessions) session.destroy();
    }
    assert.ok(residentKb(server.pid) > 0);
  }),
  own('takes five hundred refused tokens from an exempt address', async (t) => {
    await t.start();
    for (let round = 0; round < 10; round++) {
      await several(50, async (i) => {
        const session = await t.ws({
          token: t.keepToken(`bad-token-${round}-${i}.bad-token-${round}-${i}.bad-token-${round}-${i}`),
        });
        await session.expectClose(4001);
      });
    }
  }),
  own('takes a hundred TLS handshakes on the plain port', async (t) => {
    const { server } = await t.start();
    const before = descriptorCount(server.pid);
    await several(100, async () => {
      const raw = await t.raw();
      await raw.write(Buffer.from('160301020001000 1fc0303'.replace(' ', ''), 'hex'));
      await raw.write(Buffer.alloc(508));
      await raw.readEnd({ within: 20_000 });
      raw.destroy();
    });
    await returnsTo(server.pid, before);
  }),
  own('takes a million bytes of noise on fifty connections', async (t) => {
    const { watch } = await t.start();
    await several(50, async (i) => {
      const raw = await t.raw();
      await pourOut(raw, 20, () => Buffer.alloc(1000, i * 5 + 1));
      await raw.readEnd({ within: 20_000 });
    });
    assert.ok(watch.growth().residentKb < 20_000);
  }),
];

export const resourceCases = [...slowReaders, ...slowWriters, ...gone, ...floods];
