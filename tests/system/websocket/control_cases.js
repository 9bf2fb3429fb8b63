// RFC 6455 section 5.5: pings, pongs and their place between fragments. Close frames have a file of their own.
import { strict as assert } from 'node:assert';

import { closeBody, closeFrame, frame, opcodes } from '../../lib/frames.js';
import { changesNothing, closes, iceText, inPieces } from './proofs.js';

const { continuation, close, ping, pong } = opcodes;
const pingFrame = (payload, options) => frame({ opcode: ping, payload, ...options });
const pongFrame = (payload, options) => frame({ opcode: pong, payload, ...options });

/// A burst that the bucket (limits.control_burst and control_per_s) must let through, and one that no refill saves.
const kWithinBurst = 45;
const kFarAboveBurst = 1000;

async function expectPong(session, payload) {
  const next = await session.nextFrame();
  assert.equal(next.opcode, pong);
  assert.deepEqual(next.payload, Buffer.from(payload));
}

const echoes = (name, payload, options) => ({
  name,
  async run(t) {
    const { a, b } = await t.call();
    await a.send(pingFrame(payload, options));
    await expectPong(a, payload);
    await t.reaches(a, b);
  },
});

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

const pings = [
  ...[0, 1, 2, 4, 124, 125].map((n) => echoes(`echoes a ping of ${n} bytes`, Buffer.alloc(n, 'p'))),
  echoes('echoes a ping of the bytes 0 to 124 unmasked', everyByte.subarray(0, 125)),
  echoes('echoes a ping of the bytes 131 to 255, which are no UTF-8', everyByte.subarray(131)),
  echoes('echoes a ping whose mask is 00000000', 'zero', { mask: Buffer.alloc(4) }),
  echoes('echoes a ping whose mask equals its payload', 'mask', { mask: Buffer.from('mask') }),
  {
    name: 'echoes a ping that comes byte by byte',
    async run(t) {
      const { a } = await t.call();
      await a.raw.pieces(inPieces(pingFrame('slow ping'), 1));
      await expectPong(a, 'slow ping');
    },
  },
  {
    name: `echoes ${kWithinBurst} pings of one segment in their order`,
    async run(t) {
      const { a } = await t.call();
      await a.send(...Array.from({ length: kWithinBurst }, (_, i) => pingFrame(`ping ${i}`)));
      for (let i = 0; i < kWithinBurst; i++) await expectPong(a, `ping ${i}`);
    },
  },
  {
    name: 'answers a ping that stands before a close frame in the same segment',
    async run(t) {
      const { a } = await t.call();
      await a.send(pingFrame('last'), closeFrame(1000));
      a.closeWasSent();
      await expectPong(a, 'last');
      await a.expectClose(1000);
    },
  },
  {
    name: 'does not answer a ping that stands behind a close frame',
    async run(t) {
      const { a } = await t.call();
      await a.send(closeFrame(1000), pingFrame('too late'));
      a.closeWasSent();
      const next = await a.nextFrame();
      assert.equal(next.opcode, close);
      assert.equal(await a.raw.readEnd(), 'fin');
      assert.equal(a.raw.bytes.length, 0);
    },
  },
];

const pongs = [
  changesNothing('takes an empty pong that nobody asked for', pongFrame('')),
  changesNothing('takes a pong of 125 bytes that nobody asked for', pongFrame('x'.repeat(125))),
  changesNothing('takes a pong whose bytes are no UTF-8', pongFrame(everyByte.subarray(131))),
  changesNothing('takes ten pongs in one segment', () => Array.from({ length: 10 }, (_, i) => pongFrame(`${i}`))),
];

const tooLong = [
  ...[
    [ping, 'ping'],
    [pong, 'pong'],
    [close, 'close'],
  ].flatMap(([opcode, name]) => [
    closes(1002, `refuses a ${name} frame of 126 bytes`, frame({ opcode, payload: closeBody(1000, 'x'.repeat(124)) })),
    closes(
      1002,
      `refuses a ${name} frame of 65,536 bytes`,
      frame({ opcode, payload: closeBody(1000, 'x'.repeat(65_534)) }),
    ),
    closes(1002, `refuses a ${name} frame of 126 bytes at its header`, frame({ opcode, length: 126 })),
    closes(1002, `refuses a ${name} frame without FIN`, frame({ opcode, fin: false, payload: closeBody(1000) })),
  ]),
  closes(1002, 'refuses a ping without FIN and its continuation', [
    pingFrame('a', { fin: false }),
    frame({ opcode: continuation, payload: 'b' }),
  ]),
  closes(1002, 'refuses a ping without FIN between fragments', [
    frame({ fin: false, payload: '{' }),
    pingFrame('a', { fin: false }),
  ]),
  closes(1002, 'refuses a ping of 126 bytes between fragments', [
    frame({ fin: false, payload: '{' }),
    pingFrame('x'.repeat(126)),
  ]),
];

/// A message in three fragments with `between` in both gaps; `answers` are the pongs that come before its end is sent.
const between = (name, frames, answers) => ({
  name,
  async run(t) {
    const { a, b } = await t.call();
    const message = iceText(t.secret('candidate'));
    await a.send(frame({ fin: false, payload: message.slice(0, 10) }), ...frames);
    for (const answer of answers) await expectPong(a, answer);
    await a.send(frame({ opcode: continuation, fin: false, payload: message.slice(10, 15) }), ...frames);
    for (const answer of answers) await expectPong(a, answer);
    await b.quiet();
    await a.send(frame({ opcode: continuation, payload: message.slice(15) }));
    assert.deepEqual(await b.nextMessage(), JSON.parse(message));
    await a.quiet();
  },
});

const betweenFragments = [
  between('answers a ping between fragments before the message ends', [pingFrame('gap')], ['gap']),
  between('answers two pings between fragments', [pingFrame('one'), pingFrame('two')], ['one', 'two']),
  between('answers an empty ping between fragments', [pingFrame('')], ['']),
  between('takes a pong between fragments', [pongFrame('gap')], []),
  between(
    'answers a ping around an empty continuation',
    [pingFrame('gap'), frame({ opcode: continuation, fin: false })],
    ['gap'],
  ),
  {
    name: 'answers a ping between every two of twenty fragments of one segment',
    async run(t) {
      const { a, b } = await t.call();
      const message = iceText(t.secret('candidate').padEnd(200, '.'));
      const parts = inPieces(Buffer.from(message), Math.ceil(message.length / 20));
      await a.send(
        ...parts.flatMap((payload, i) => [
          frame({ opcode: i === 0 ? 1 : continuation, fin: i === parts.length - 1, payload }),
          pingFrame(`${i}`),
        ]),
      );
      for (let i = 0; i < parts.length; i++) await expectPong(a, `${i}`);
      assert.deepEqual(await b.nextMessage(), JSON.parse(message));
    },
  },
  {
    name: 'takes a close frame between fragments and drops the unfinished message',
    async run(t) {
      const { a, b } = await t.call();
      await a.send(frame({ fin: false, payload: iceText('never').slice(0, 10) }), closeFrame(1000));
      a.closeWasSent();
      await a.expectClose(1000);
      await b.nextMessage('call:hangup');
    },
  },
];

const flood = (name, frames) => ({
  name,
  async run(t) {
    const { a, b } = await t.call();
    a.raw.pour(Buffer.concat(frames));
    await a.expectClose(1008);
    await b.nextMessage('call:hangup');
  },
});
const many = (make) => Array.from({ length: kFarAboveBurst }, (_, i) => make(`${i}`));

const floods = [
  flood(`ends a flood of ${kFarAboveBurst} pings with 1008`, many(pingFrame)),
  flood(
    `ends a flood of ${kFarAboveBurst} pings of 125 bytes with 1008`,
    many(() => pingFrame('x'.repeat(125))),
  ),
  flood(`ends a flood of ${kFarAboveBurst} pongs with 1008`, many(pongFrame)),
  flood(
    'ends a flood of pings and pongs in turn with 1008',
    many((i) => (i % 2 ? pingFrame(i) : pongFrame(i))),
  ),
  flood('ends a flood of pings inside a message with 1008', [frame({ fin: false, payload: '{' }), ...many(pingFrame)]),
];

export const controlCases = [...pings, ...pongs, ...tooLong, ...betweenFragments, ...floods];
