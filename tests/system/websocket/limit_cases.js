// The limits of protocol.json as a WebSocket client meets them: sizes at their defaults, times on a server where they
// are short.
import { strict as assert } from 'node:assert';

import { closeFrame, fragments, frame, opcodes } from '../../lib/frames.js';
import { closes, iceOfLength, iceText } from './proofs.js';

const { continuation, binary, close, ping, pong } = opcodes;
const kMessageBytes = 262_144;
const kLingerBytes = 1_048_576;

/// Two seconds for a message are long enough for a case that sends one in parts on a loaded machine.
const kShort = 'short';
export const limitServers = {
  [kShort]: {
    env: {
      ZVONOK_LIMITS_MESSAGE_PROGRESS_S: 2,
      ZVONOK_LIMITS_MESSAGE_BYTES: 1024,
      ZVONOK_LIMITS_MESSAGE_FRAGMENTS: 4,
    },
  },
  impatient: {
    env: { ZVONOK_LIMITS_CLOSE_HANDSHAKE_S: 1, ZVONOK_LIMITS_LINGER_S: 1, ZVONOK_LIMITS_MESSAGE_BYTES: 1024 },
  },
  live: { env: { ZVONOK_WS_PING_S: 1, ZVONOK_WS_DEAD_S: 5 } },
  throttled: {
    env: {
      ZVONOK_LIMITS_MESSAGES_BURST: 50,
      ZVONOK_LIMITS_MESSAGES_PER_S: 50,
      ZVONOK_LIMITS_THROTTLED_MAX_S: 1,
      ZVONOK_LIMITS_INVALID_PER_MIN: 10,
    },
  },
};

/// The client pours the whole body out although it is refused: it must see the code and not a reset.
const pours = (name, frames) => ({
  name,
  async run(t) {
    const { a, b } = await t.call();
    for (const part of frames()) a.raw.pour(part);
    await a.expectClose(1009);
    await b.nextMessage('call:hangup');
  },
});

const sizes = [
  closes(1009, 'refuses a text message one byte too long at its header', frame({ length: kMessageBytes + 1 })),
  closes(
    1009,
    'refuses a binary message one byte too long at its header',
    frame({ opcode: binary, length: kMessageBytes + 1 }),
  ),
  closes(
    1009,
    'refuses a first fragment one byte too long at its header',
    frame({ fin: false, length: kMessageBytes + 1 }),
  ),
  closes(1009, 'refuses the fragment that makes a message too long at its header', () => [
    frame({ fin: false, payload: 'x'.repeat(kMessageBytes) }),
    frame({ opcode: continuation, length: 1 }),
  ]),
  closes(1009, 'refuses a message that grows too long over five fragments', () =>
    fragments([...Array(4).fill('x'.repeat(60_000)), 'x'.repeat(30_000)]),
  ),
  pours('shows 1009 to a client that sends 300 KB in one frame', () => [frame({ payload: iceOfLength(300_000, 'm') })]),
  pours('shows 1009 to a client that sends 300 KB in frames of 10 KB', () =>
    fragments(Array(30).fill('x'.repeat(10_000))),
  ),
  pours('shows 1009 to a client that sends 900 KB in one frame', () => [frame({ payload: 'x'.repeat(900_000) })]),
  pours('shows 1009 to a client whose 300 KB are followed by a close frame', () => [
    frame({ payload: 'x'.repeat(300_000) }),
    closeFrame(1000),
  ]),
  closes(1009, 'refuses at 1,025 bytes where limits.message_bytes is 1,024', frame({ length: 1025 }), {
    server: kShort,
  }),
  closes(1008, 'refuses a fifth fragment where limits.message_fragments is 4', fragments(['[', '1', ',', '2', ']']), {
    server: kShort,
  }),
  {
    name: 'carries a message of exactly 1,024 bytes where limits.message_bytes is 1,024',
    server: kShort,
    async run(t) {
      const { a, b } = await t.call();
      const message = iceOfLength(1024, t.secret('m'));
      await a.text(message);
      assert.deepEqual(await b.nextMessage('call:ice'), JSON.parse(message));
    },
  },
  {
    name: 'cuts a client that sends more than limits.linger_bytes behind the refusal, and lives on',
    async run(t) {
      const { a, b } = await t.call();
      a.raw.pour(frame({ payload: 'x'.repeat(16 * kLingerBytes) }));
      await b.nextMessage('call:hangup');
      await a.raw.readEnd();
    },
  },
];

/// What is begun and not ended within limits.message_progress_s.
const unfinished = [
  ['one byte of a header', Buffer.from([0x81])],
  ['a header without its mask', frame({ payload: 'hello' }).subarray(0, 2)],
  ['half a mask', frame({ payload: 'hello' }).subarray(0, 4)],
  ['half a 16-bit length', frame({ length: 300 }).subarray(0, 3)],
  ['half a 64-bit length', frame({ form: 64, length: 70_000 }).subarray(0, 6)],
  ['a header without its payload', frame({ length: 100 })],
  ['half a payload', frame({ payload: 'hello', length: 10 })],
  ['a ping without its payload', frame({ opcode: ping, length: 10 })],
  ['a close frame without its payload', frame({ opcode: close, length: 2 })],
  ['a first fragment without the rest', frame({ fin: false, payload: '{' })],
  ['an empty first fragment without the rest', frame({ fin: false })],
].map(([name, bytes]) =>
  closes(1008, `closes a client that sends ${name} and falls silent`, bytes, { server: kShort }),
);

/// `drip` is written again and again until the server closes: that bytes come does not give a message more time.
const drips = (name, first, drip) => ({
  name,
  server: kShort,
  async run(t) {
    const { a, b } = await t.call();
    await a.send(first);
    const dripping = setInterval(() => a.raw.pour(drip()), 200);
    try {
      await a.expectClose(1008);
    } finally {
      clearInterval(dripping);
    }
    await b.nextMessage('call:hangup');
  },
});

const slow = [
  drips(
    'closes a client that feeds a payload byte by byte for too long',
    frame({ length: 1000, mask: Buffer.alloc(4) }),
    () => Buffer.from('x'),
  ),
  drips('closes a client whose fragments never end', frame({ fin: false, payload: '[' }), () =>
    frame({ opcode: pong }),
  ),
  drips('closes a client whose fragments never end although it sends pings', frame({ fin: false, payload: '[' }), () =>
    frame({ opcode: ping }),
  ),
  {
    name: 'leaves an idle client alone while a later one runs out of time',
    server: kShort,
    async run(t) {
      const { a, b } = await t.call();
      const late = await t.ws('late');
      await late.send(frame({ length: 100 }));
      await late.expectClose(1008);
      await t.reaches(a, b);
    },
  },
  {
    // Every write ends inside a message, as it does in a long stream of them; none of them is slow.
    name: 'gives each of several messages its own time though one is always unfinished',
    server: kShort,
    async run(t) {
      const { a, b } = await t.call();
      const message = frame({ payload: iceText('slow') });
      const [head, tail] = [message.subarray(0, 10), message.subarray(10)];
      await a.send(head);
      let whole = 0;
      const sending = setInterval(() => {
        a.raw.pour(Buffer.concat([tail, head]));
        whole++;
      }, 150);
      try {
        // Two clients that run out of time one after the other tell how long that is.
        for (const label of ['late', 'later']) {
          const late = await t.ws(label);
          await late.send(frame({ length: 100 }));
          await late.expectClose(1008);
        }
      } finally {
        clearInterval(sending);
      }
      await a.send(tail);
      for (let i = 0; i <= whole; i++) assert.equal((await b.nextMessage('call:ice')).payload.candidate, 'slow');
      await t.reaches(a, b);
    },
  },
];

/// A client that answers no close frame, and does not end the stream either, must not keep a descriptor.
const silentAfter = (code, name, provoke) => ({
  name,
  server: 'impatient',
  async run(t) {
    const session = await provoke(t);
    const { code: got } = await session.readClose();
    assert.equal(got, code);
    // The kernel says so: no process has our connection's other end.
    const deadline = Date.now() + 15_000;
    while (session.raw.servedByProcess()) {
      assert.ok(Date.now() < deadline, 'the server still holds the connection 15 s after its close frame');
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  },
});

const silence = [
  silentAfter(4001, 'lets go of a refused client that does not answer its close', (t) =>
    t.ws({ token: t.keepToken('no.token.here') }),
  ),
  silentAfter(1002, 'lets go of a faulty client that does not answer its close', async (t) => {
    const session = await t.ws('a');
    await session.send(frame({ rsv: 1 }));
    return session;
  }),
  silentAfter(1009, 'lets go of a client that stops in the middle of what it lingers for', async (t) => {
    const session = await t.ws('a');
    await session.send(frame({ length: 5000, payload: 'x'.repeat(2000) }));
    return session;
  }),
];

const liveness = [
  {
    name: 'pings a silent client and lets it live while it answers',
    server: 'live',
    async run(t) {
      const { a, b } = await t.call();
      // Eight pings at ws.ping_s = 1 reach well over ws.dead_s = 5.
      for (let i = 0; i < 8; i++) {
        const [next] = await Promise.all([
          a.nextFrame(),
          b.nextFrame().then((got) => b.send(frame({ opcode: pong, payload: got.payload }))),
        ]);
        assert.equal(next.opcode, ping);
        await a.send(frame({ opcode: pong, payload: next.payload }));
      }
      await t.reaches(a, b);
    },
  },
  ...[
    ['answers pings with another payload', () => [frame({ opcode: pong, payload: 'something else' })]],
    ['answers each ping twice', (payload) => [frame({ opcode: pong, payload }), frame({ opcode: pong, payload })]],
    ['answers pings with messages only', () => [frame({ payload: '{}' })]],
  ].map(([name, answer]) => ({
    name: `lets a client live that ${name}`,
    server: 'live',
    async run(t) {
      const a = await t.ws('a');
      // Time is counted by a second client, which is silent and pinged as often.
      const clock = await t.ws('clock');
      const answering = (async () => {
        for (;;) {
          const next = await a.nextFrame({ within: 60_000 });
          await a.send(...answer(next.payload));
          if (next.opcode !== ping) return next;
        }
      })();
      answering.catch(() => {}); // It is looked at below; a failure until then must not end the suite.
      for (let i = 0; i < 8; i++) {
        const { payload } = await clock.nextFrame();
        await clock.send(frame({ opcode: pong, payload }));
      }
      const over = await Promise.race([answering, Promise.resolve('alive')]);
      assert.equal(over, 'alive');
      await a.send(closeFrame(4444));
      assert.equal((await answering).opcode, close);
    },
  })),
  {
    name: 'ends the call of a client that answers nothing for ws.dead_s',
    server: 'live',
    async run(t) {
      const { a, b } = await t.call();
      void a;
      await b.nextMessage('call:hangup');
    },
  },
  {
    name: 'ends the call of a client that stopped in the middle of a frame and answers nothing',
    server: 'live',
    async run(t) {
      const { a, b } = await t.call();
      await a.send(frame({ length: 100 }));
      await b.nextMessage('call:hangup');
    },
  },
];

const rates = [
  {
    name: 'holds back a burst over limits.messages_burst and loses nothing of it',
    server: 'throttled',
    async run(t) {
      const { a, b } = await t.call();
      // Sixty are ten too many: a fifth of a second, far from what limits.throttled_max_s forbids.
      for (let i = 0; i < 60; i++) a.raw.pour(frame({ payload: iceText(`${i}`) }));
      for (let i = 0; i < 60; i++) assert.equal((await b.nextMessage('call:ice')).payload.candidate, `${i}`);
      await a.quiet();
    },
  },
  {
    name: 'ends with 4029 what floods for limits.throttled_max_s without a break',
    server: 'throttled',
    async run(t) {
      const { a, b } = await t.call();
      for (let i = 0; i < 2000; i++) a.raw.pour(frame({ payload: iceText(`${i}`) }));
      await a.expectClose(4029);
      // What was taken before is delivered, in order, and then the hangup.
      for (let i = 0; ; i++) {
        const { event, payload } = await b.nextMessage();
        if (event === 'call:hangup') break;
        assert.equal(payload.candidate, `${i}`);
      }
    },
  },
  closes(
    1008,
    'ends with 1008 what sends far more than limits.invalid_per_min messages that are none',
    () => Array.from({ length: 40 }, () => frame({ payload: 'no JSON' })),
    { server: 'throttled' },
  ),
];

export const limitCases = [...sizes, ...unfinished, ...slow, ...silence, ...liveness, ...rates];
