// RFC 6455 sections 5.5.1 and 7: the closing handshake as seen by who begins it.
import { strict as assert } from 'node:assert';

import { closeBody, closeFrame, frame, opcodes } from '../../lib/frames.js';
import { closes, iceText, inPieces } from './proofs.js';

const { close, continuation, ping } = opcodes;
const body = (payload, options) => frame({ opcode: close, payload, ...options });

/// The server answers with this code (or, for `undefined`, with an empty close or 1000), ends the stream, and the peer
/// of the call is told at once.
const answered = (code, name, frames) => ({
  name,
  async run(t) {
    const { a, b } = await t.call();
    a.closeWasSent();
    await a.send(...[frames].flat());
    await a.expectClose(code === undefined ? [undefined, 1000] : code);
    await b.nextMessage('call:hangup');
    await b.quiet();
  },
});

const kValid = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4001, 4009, 4999,
];
const kInvalid = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65_535];

const codes = [
  ...kValid.map((code) => answered(code, `answers close ${code} with ${code}`, closeFrame(code))),
  ...kInvalid.map((code) => closes(1002, `answers the forbidden close code ${code} with 1002`, closeFrame(code))),
  ...kInvalid
    .slice(0, 4)
    .map((code) =>
      closes(1002, `answers the forbidden close code ${code} with a reason with 1002`, closeFrame(code, 'bye')),
    ),
  answered(undefined, 'answers an empty close with an empty close or 1000, never with 1005', closeFrame()),
  closes(1002, 'answers a close with a body of one byte with 1002', body(Buffer.from([3]))),
];

const reasons = [
  answered(1000, 'takes a close with a short reason', closeFrame(1000, 'bye')),
  answered(1000, 'takes a close with a reason of 123 bytes', closeFrame(1000, 'x'.repeat(123))),
  answered(1000, 'takes a close with a reason of 41 characters of three bytes', closeFrame(1000, '€'.repeat(41))),
  answered(4000, 'takes a close with a reason that ends in U+10FFFF', closeFrame(4000, 'x\u{10ffff}')),
  answered(1000, 'takes a close with a reason that holds U+0000 and line ends', closeFrame(1000, 'a\u0000b\r\nc')),
  answered(1000, 'takes a close whose mask is 00000000', body(closeBody(1000, 'bye'), { mask: Buffer.alloc(4) })),
  ...[
    ['a byte FF', 'ff'],
    ['an overlong slash', 'c0af'],
    ['a surrogate', 'eda080'],
    ['U+110000', 'f4908080'],
    ['a cut character', 'e282'],
  ].map(([name, digits]) =>
    closes(
      1007,
      `answers a close whose reason has ${name} with 1007`,
      body(Buffer.concat([closeBody(1000, 'so '), Buffer.from(digits, 'hex')])),
    ),
  ),
];

const order = [
  answered(1000, 'ignores a second close frame', [closeFrame(1000), closeFrame(4000)]),
  answered(1000, 'ignores a faulty frame behind a close frame', [
    closeFrame(1000),
    frame({ rsv: 7, opcode: 3, mask: null }),
  ]),
  answered(1000, 'ignores bytes that are no frame behind a close frame', [
    closeFrame(1000),
    Buffer.alloc(10_000, 0xff),
  ]),
  answered(1000, 'ignores a message behind a close frame', [closeFrame(1000), frame({ payload: iceText('too late') })]),
  answered(1000, 'ignores the end of a message behind a close frame', [
    frame({ fin: false, payload: iceText('too late') }),
    closeFrame(1000),
    frame({ opcode: continuation }),
  ]),
  {
    name: 'ignores a message that is sent after the answer to a close frame',
    async run(t) {
      const { a, b } = await t.call();
      await a.close(1000);
      await a.readClose();
      await a.text(iceText('too late'));
      await b.nextMessage('call:hangup');
      await b.quiet();
    },
  },
  ...[1000, 1001, undefined].map((code) => ({
    name: `delivers twenty messages before the close ${code ?? 'without a code'} of the same segment`,
    async run(t) {
      const { a, b } = await t.call();
      a.closeWasSent();
      await a.send(...Array.from({ length: 20 }, (_, i) => frame({ payload: iceText(`${i}`) })), closeFrame(code));
      for (let i = 0; i < 20; i++) assert.equal((await b.nextMessage('call:ice')).payload.candidate, `${i}`);
      await b.nextMessage('call:hangup');
      await a.expectClose([code, 1000]);
    },
  })),
  {
    name: 'sends what is on its way to a client before it answers its close',
    async run(t) {
      const { a, b } = await t.call();
      for (let i = 0; i < 50; i++) await b.text(iceText(`${i}`));
      await b.roundTrip();
      await a.close(1000);
      await a.expectClose(1000);
      assert.deepEqual(
        a.inbox.map(({ payload }) => JSON.parse(payload).payload.candidate),
        Array.from({ length: 50 }, (_, i) => `${i}`),
      );
    },
  },
  {
    name: 'takes a close frame that comes byte by byte',
    async run(t) {
      const { a, b } = await t.call();
      a.closeWasSent();
      await a.raw.pieces(inPieces(closeFrame(4321, 'bit by bit'), 1));
      await a.expectClose(4321);
      await b.nextMessage('call:hangup');
    },
  },
];

/// The client leaves without a word; whoever it talked to is told at once.
const vanishes = (name, leave) => ({
  name,
  async run(t) {
    const { a, b } = await t.call();
    await leave(a);
    await b.nextMessage('call:hangup');
    await b.quiet();
  },
});

const withoutHandshake = [
  vanishes('ends the call of a client that ends by FIN without a close frame', (a) => a.raw.fin()),
  vanishes('ends the call of a client that ends by RST', (a) => a.raw.reset()),
  vanishes('ends the call of a client that ends by FIN inside a frame', async (a) => {
    await a.send(frame({ payload: 'x', length: 100 }));
    a.raw.fin();
  }),
  vanishes('ends the call of a client that ends by RST inside a fragmented message', async (a) => {
    await a.send(frame({ fin: false, payload: '{"event"' }));
    a.raw.reset();
  }),
  vanishes('ends the call of a client that resets right behind its close frame', async (a) => {
    await a.close(1000);
    a.raw.reset();
  }),
  {
    name: 'delivers a message whose sender ends by FIN in the same segment',
    async run(t) {
      const { a, b } = await t.call();
      a.raw.pour(frame({ payload: iceText('last words') }));
      a.raw.fin();
      assert.equal((await b.nextMessage('call:ice')).payload.candidate, 'last words');
      await b.nextMessage('call:hangup');
    },
  },
  {
    name: 'closes the TCP connection itself once both close frames are there',
    async run(t) {
      const { a } = await t.call();
      await a.send(frame({ opcode: ping }), closeFrame(1000));
      a.closeWasSent();
      await a.expectClose(1000);
    },
  },
];

export const closeCases = [...codes, ...reasons, ...order, ...withoutHandshake];
