// RFC 6455 section 5.2: length forms, masks, reserved bits and reserved opcodes.
import { strict as assert } from 'node:assert';

import { frame, opcodes } from '../../lib/frames.js';
import { changesNothing, closes, delivers, iceOfLength, iceText } from './proofs.js';

const { continuation, text, binary, close, ping, pong } = opcodes;
const kNames = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };
const kMessageBytes = 262_144;

const exactLength = (bytes, opcode) => ({
  name: `carries a ${kNames[opcode]} message of exactly ${bytes} bytes`,
  async run(t) {
    const { a, b } = await t.call();
    const message = iceOfLength(bytes, t.secret('m'));
    const sent = frame({ opcode, payload: message });
    await a.send(sent);
    assert.deepEqual(await b.nextMessage('call:ice'), JSON.parse(message));
    await a.quiet();
  },
});

const lengths = [
  ...[
    100,
    125,
    126,
    127,
    128,
    1000,
    4096,
    65_534,
    65_535,
    65_536,
    65_537,
    131_072,
    kMessageBytes - 1,
    kMessageBytes,
  ].map((n) => exactLength(n, text)),
  ...[125, 126, 65_535, 65_536, kMessageBytes].map((n) => exactLength(n, binary)),
  changesNothing('ignores an empty text message', frame({ payload: '' })),
  changesNothing('ignores an empty binary message', frame({ opcode: binary, payload: '' })),
  changesNothing('ignores a text message of one byte', frame({ payload: 'x' })),
  changesNothing('ignores a text message of 125 bytes that is no JSON', frame({ payload: 'x'.repeat(125) })),
  changesNothing('ignores a text message of 65,536 bytes that is no JSON', frame({ payload: 'x'.repeat(65_536) })),
];

const notMinimal = [
  ...[0, 1, 125].map((n) =>
    closes(1002, `refuses ${n} bytes written in the 16-bit length form`, frame({ form: 16, payload: 'x'.repeat(n) })),
  ),
  ...[0, 1, 125, 126, 65_535].map((n) =>
    closes(1002, `refuses ${n} bytes written in the 64-bit length form`, frame({ form: 64, payload: 'x'.repeat(n) })),
  ),
  closes(
    1002,
    'refuses a binary frame of 5 bytes in the 16-bit length form',
    frame({ opcode: binary, form: 16, payload: 'hello' }),
  ),
  closes(
    1002,
    'refuses a ping of 5 bytes in the 16-bit length form',
    frame({ opcode: ping, form: 16, payload: 'hello' }),
  ),
  closes(
    1002,
    'refuses a pong of 5 bytes in the 64-bit length form',
    frame({ opcode: pong, form: 64, payload: 'hello' }),
  ),
  closes(1002, 'refuses an empty close frame in the 16-bit length form', frame({ opcode: close, form: 16 })),
  closes(1002, 'refuses a continuation of 9 bytes in the 16-bit length form', [
    frame({ fin: false, payload: '{' }),
    frame({ opcode: continuation, form: 16, payload: 'x'.repeat(9) }),
  ]),
  closes(1002, 'refuses a length that is not minimal before its payload has come', frame({ form: 64, length: 65_535 })),
];

const impossibleLengths = [
  closes(1002, 'refuses a 64-bit length of 2^63', frame({ form: 64, length: 2n ** 63n })),
  closes(
    1002,
    'refuses a 64-bit length of 2^63 + 5 that has 5 bytes behind it',
    frame({ form: 64, length: 2n ** 63n + 5n, payload: 'hello' }),
  ),
  closes(1002, 'refuses a 64-bit length of 2^64 - 1', frame({ form: 64, length: 2n ** 64n - 1n })),
  closes(
    1002,
    'refuses a binary frame with a 64-bit length of 2^63',
    frame({ opcode: binary, form: 64, length: 2n ** 63n }),
  ),
  closes(1002, 'refuses a continuation with a 64-bit length of 2^63', [
    frame({ fin: false, payload: '{' }),
    frame({ opcode: continuation, form: 64, length: 2n ** 63n }),
  ]),
  closes(1009, 'refuses a 64-bit length of 2^63 - 1 as too large', frame({ form: 64, length: 2n ** 63n - 1n })),
  closes(1009, 'refuses a 64-bit length of 2^53 + 1 as too large', frame({ form: 64, length: 2n ** 53n + 1n })),
  closes(1009, 'refuses a 64-bit length of 2^32 as too large', frame({ form: 64, length: 2n ** 32n })),
  closes(
    1009,
    'refuses a 64-bit length of 2^32 + 5 that has 5 bytes behind it',
    frame({ form: 64, length: 2n ** 32n + 5n, payload: 'hello' }),
  ),
  closes(1009, 'refuses a continuation whose length would overflow 64 bits in a sum', [
    frame({ fin: false, payload: '{' }),
    frame({ opcode: continuation, form: 64, length: 2n ** 63n - 1n }),
  ]),
];

const masks = [
  ...[text, binary, close, ping, pong].map((opcode) =>
    closes(
      1002,
      `refuses a ${kNames[opcode]} frame without a mask`,
      frame({ opcode, mask: null, payload: opcode === close ? Buffer.from([3, 232]) : '{}' }),
    ),
  ),
  closes(1002, 'refuses an empty text frame without a mask', frame({ mask: null })),
  closes(1002, 'refuses an empty close frame without a mask', frame({ opcode: close, mask: null })),
  closes(1002, 'refuses a continuation without a mask', [
    frame({ fin: false, payload: '{' }),
    frame({ opcode: continuation, mask: null, payload: '}' }),
  ]),
  closes(1002, 'refuses a frame without a mask at its header', frame({ mask: null, length: 1000 })),
  delivers('takes a message whose mask is 00000000', (message) => frame({ mask: Buffer.alloc(4), payload: message })),
  delivers('takes a message whose mask is ffffffff', (message) =>
    frame({ mask: Buffer.alloc(4, 0xff), payload: message }),
  ),
  delivers('takes a message whose mask is 00ff00ff', (message) =>
    frame({ mask: Buffer.from('00ff00ff', 'hex'), payload: message }),
  ),
  delivers('takes fragments that have a mask each', (message) => [
    frame({ fin: false, mask: Buffer.from('01020304', 'hex'), payload: message.slice(0, 7) }),
    frame({ opcode: continuation, fin: false, mask: Buffer.from('a0b0c0d0', 'hex'), payload: message.slice(7, 20) }),
    frame({ opcode: continuation, mask: Buffer.alloc(4), payload: message.slice(20) }),
  ]),
];

const reservedBits = [
  ...[1, 2, 3, 4, 5, 6, 7].map((rsv) =>
    closes(
      1002,
      `refuses a text frame with reserved bits ${rsv.toString(2).padStart(3, '0')}`,
      frame({ rsv, payload: '{}' }),
    ),
  ),
  ...[binary, close, ping, pong].map((opcode) =>
    closes(
      1002,
      `refuses a ${kNames[opcode]} frame with RSV1, since no extension was agreed`,
      frame({ rsv: 4, opcode }),
    ),
  ),
  closes(1002, 'refuses a continuation with RSV1', [
    frame({ fin: false, payload: '{' }),
    frame({ rsv: 4, opcode: continuation, payload: '}' }),
  ]),
  closes(1002, 'refuses a reserved bit at the header, before the payload has come', frame({ rsv: 2, length: 1000 })),
  closes(1002, 'refuses a reserved bit in the frame after a good one', [
    frame({ payload: '[]' }),
    frame({ rsv: 1, payload: '{}' }),
  ]),
];

const reservedOpcodes = [
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
    closes(1002, `refuses the reserved opcode ${opcode}`, frame({ opcode, payload: 'hello' })),
    closes(1002, `refuses the reserved opcode ${opcode} without a payload`, frame({ opcode })),
  ]),
  closes(1002, 'refuses a reserved data opcode between fragments', [
    frame({ fin: false, payload: '{' }),
    frame({ opcode: 3, payload: 'x' }),
  ]),
  closes(1002, 'refuses a reserved control opcode between fragments', [
    frame({ fin: false, payload: '{' }),
    frame({ opcode: 11 }),
  ]),
  closes(1002, 'refuses a reserved opcode before its payload has come', frame({ opcode: 5, length: 1000 })),
  closes(1002, 'refuses an HTTP request in place of a frame', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')),
  closes(1002, 'refuses a TLS record in place of a frame', Buffer.from('16030100a5010000a10303', 'hex')),
];

const sequences = [
  {
    name: 'delivers a hundred messages of one segment in their order',
    async run(t) {
      const { a, b } = await t.call();
      const marks = Array.from({ length: 100 }, (_, i) => `${t.secret('n')}-${i}`);
      await a.send(...marks.map((mark) => frame({ payload: iceText(mark) })));
      for (const mark of marks) assert.equal((await b.nextMessage('call:ice')).payload.candidate, mark);
    },
  },
  {
    name: 'delivers what stands before a faulty frame in the same segment',
    async run(t) {
      const { a, b } = await t.call();
      await a.send(frame({ payload: iceText('before') }), frame({ mask: null, payload: '{}' }));
      await a.expectClose(1002);
      assert.equal((await b.nextMessage('call:ice')).payload.candidate, 'before');
      await b.nextMessage('call:hangup');
    },
  },
  {
    name: 'ignores what stands behind a faulty frame in the same segment',
    async run(t) {
      const { a, b } = await t.call();
      await a.send(frame({ rsv: 1, payload: '{}' }), frame({ payload: iceText('behind') }));
      await a.expectClose(1002);
      await b.nextMessage('call:hangup');
      await b.quiet();
    },
  },
];

export const framingCases = [
  ...lengths,
  ...notMinimal,
  ...impossibleLengths,
  ...masks,
  ...reservedBits,
  ...reservedOpcodes,
  ...sequences,
];
