// RFC 6455 section 5.4: messages in several frames.
import { strict as assert } from 'node:assert';

import { fragments, frame, opcodes } from '../../lib/frames.js';
import { changesNothing, closes, delivers, iceOfLength, iceText, inFrames, inPieces } from './proofs.js';

const { continuation, text, binary, ping, pong } = opcodes;
const kMessageFragments = 1024;
const rest = (payload, fin = true) => frame({ opcode: continuation, fin, payload });

function split(message, count) {
  const cut = (i) => Math.round((i * message.length) / count);
  return Array.from({ length: count }, (_, i) => message.slice(cut(i), cut(i + 1)));
}

const whole = [
  ...[2, 3, 10].map((count) =>
    delivers(`joins a text message of ${count} fragments`, (message) => fragments(split(message, count))),
  ),
  ...[2, 10].map((count) =>
    delivers(`joins a binary message of ${count} fragments`, (message) =>
      fragments(split(message, count), { opcode: binary }),
    ),
  ),
  delivers('joins a message of one byte a fragment', (message) => inFrames(message, 1)),
  delivers('joins a message that is complete in its first fragment', (message) => [
    frame({ fin: false, payload: message }),
    rest(''),
  ]),
  delivers('joins a message that is complete in its last fragment', (message) => [
    frame({ fin: false }),
    rest(message),
  ]),
  delivers('joins a message with an empty fragment in the middle', (message) =>
    fragments([message.slice(0, 9), '', message.slice(9)]),
  ),
  delivers('joins a message with ten empty fragments on each side', (message) =>
    fragments([...Array(10).fill(''), message, ...Array(10).fill('')]),
  ),
  delivers('joins fragments that come in a read each', (message) => inFrames(message, 8), { pieces: true }),
  delivers(
    'joins fragments whose headers are cut over two reads',
    (message) => inPieces(Buffer.concat(inFrames(message, 11)), 17),
    { pieces: true },
  ),
  changesNothing('ignores an empty message of two fragments', fragments(['', ''])),
  changesNothing('ignores an empty binary message of three fragments', fragments(['', '', ''], { opcode: binary })),
  changesNothing('ignores two fragments that join to no JSON', fragments(['{"event":', '}'])),
  {
    name: 'joins two messages of fragments that follow each other in one segment',
    async run(t) {
      const { a, b } = await t.call();
      const marks = ['first', 'second'].map((label) => t.secret(label));
      await a.send(...marks.flatMap((mark) => inFrames(iceText(mark), 13)));
      for (const mark of marks) assert.equal((await b.nextMessage('call:ice')).payload.candidate, mark);
    },
  },
  {
    // trouble: iOS splits messages over 4 KB into frames.
    name: 'joins an offer of 40 KB in frames of 4,094 bytes with a ping and an empty frame inside',
    async run(t) {
      const [a, b] = [await t.ws('caller'), await t.ws('callee')];
      const sdp = `v=0 ${t.secret('sdp')}${'é'.repeat(20_000)}`;
      const parts = inFrames(JSON.stringify({ event: 'call:offer', payload: { sdp, userId: t.user('callee') } }), 4094);
      parts.splice(3, 0, frame({ opcode: ping, payload: 'inside' }), rest('', false));
      await a.raw.pieces(inPieces(Buffer.concat(parts), 4097));
      const { opcode, payload } = await a.nextFrame();
      assert.equal(opcode, pong);
      assert.equal(payload.toString(), 'inside');
      assert.equal((await b.nextMessage('call:offer')).payload.sdp, sdp);
    },
  },
];

const order = [
  closes(1002, 'refuses a continuation that continues nothing', rest('{}')),
  closes(1002, 'refuses a continuation without FIN that continues nothing', rest('{', false)),
  closes(1002, 'refuses an empty continuation that continues nothing', rest('')),
  closes(1002, 'refuses a continuation behind a whole message', [frame({ payload: '{}' }), rest('{}')]),
  closes(1002, 'refuses a continuation behind a message of two fragments', [...fragments(['[', ']']), rest('')]),
  closes(1002, 'refuses a continuation behind a ping', [frame({ opcode: ping }), rest('')]),
  closes(1002, 'refuses a new text message inside a text message', [
    frame({ fin: false, payload: '{' }),
    frame({ payload: '{}' }),
  ]),
  closes(1002, 'refuses a new text message without FIN inside a text message', [
    frame({ fin: false, payload: '{' }),
    frame({ fin: false, payload: '{' }),
  ]),
  closes(1002, 'refuses a new binary message inside a text message', [
    frame({ fin: false, payload: '{' }),
    frame({ opcode: binary, payload: '{}' }),
  ]),
  closes(1002, 'refuses a new text message inside a binary message', [
    frame({ opcode: binary, fin: false, payload: '{' }),
    frame({ payload: '{}' }),
  ]),
  closes(1002, 'refuses a new message inside a message at its header', [
    frame({ fin: false, payload: '{' }),
    frame({ opcode: text, length: 1000 }),
  ]),
  closes(
    1002,
    'refuses a continuation that continues nothing at its header',
    frame({ opcode: continuation, length: 1000 }),
  ),
];

/// A message in exactly `count` frames; the last ones are single bytes.
function inExactly(message, count) {
  const head = Buffer.from(message).subarray(0, message.length - count + 1);
  return [head, ...inPieces(Buffer.from(message).subarray(head.length), 1)];
}

const counts = [
  {
    name: `joins a message of exactly ${kMessageFragments} fragments`,
    async run(t) {
      const { a, b } = await t.call();
      const message = iceOfLength(2000, t.secret('m'));
      await a.send(...fragments(inExactly(message, kMessageFragments)));
      assert.deepEqual(await b.nextMessage('call:ice'), JSON.parse(message));
      await a.quiet();
    },
  },
  {
    name: `joins a message of ${kMessageFragments} fragments twice, since the count starts anew`,
    async run(t) {
      const { a, b } = await t.call();
      const message = iceOfLength(2000, t.secret('m'));
      const frames = fragments(inExactly(message, kMessageFragments));
      await a.send(...frames, ...frames);
      assert.deepEqual(await b.nextMessage('call:ice'), JSON.parse(message));
      assert.deepEqual(await b.nextMessage('call:ice'), JSON.parse(message));
    },
  },
  {
    name: 'does not count control frames as fragments',
    async run(t) {
      const { a, b } = await t.call();
      const message = iceOfLength(2000, t.secret('m'));
      const frames = fragments(inExactly(message, kMessageFragments));
      frames.splice(500, 0, ...Array.from({ length: 20 }, () => frame({ opcode: pong })));
      await a.send(...frames);
      assert.deepEqual(await b.nextMessage('call:ice'), JSON.parse(message));
    },
  },
  closes(1008, `refuses a message of ${kMessageFragments + 1} fragments`, () =>
    fragments(inExactly(iceOfLength(2000, 'm'), kMessageFragments + 1)),
  ),
  closes(1008, `refuses a message of ${kMessageFragments + 1} empty fragments`, () =>
    fragments(Array(kMessageFragments + 1).fill('')),
  ),
  closes(1008, 'refuses a message of empty fragments that never ends', () => [
    frame({ fin: false }),
    ...Array.from({ length: 5000 }, () => rest('', false)),
  ]),
  closes(1008, `refuses a binary message of ${kMessageFragments + 1} fragments`, () =>
    fragments(Array(kMessageFragments + 1).fill(' '), { opcode: binary }),
  ),
];

export const fragmentCases = [...whole, ...order, ...counts];
