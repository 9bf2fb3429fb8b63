// The stream has no seams: a whole session, request and frames, gives the same result in whatever pieces it comes.
// Each session is fed whole and in pieces, and what the server says to the sender and to its peer is compared with what
// must come; that every piece is a read of its own is seen to by RawSocket.pieces.
import { strict as assert } from 'node:assert';

import { closeFrame, fragments, frame, opcodes } from '../../lib/frames.js';
import { upgradeHead } from '../../lib/http_head.js';
import { closeOf, RawWebSocket } from '../../lib/raw_websocket.js';
import { iceText, inFrames, inPieces } from './proofs.js';

const { close, continuation, ping, pong, binary } = opcodes;
const pingFrame = (payload) => frame({ opcode: ping, payload });

/// What a session sends behind its offer, what the peer hears behind the offer (the hangup comes always), the pongs it
/// gets, and the code it is closed with.
const sessions = [
  {
    name: 'pings, a message and a close',
    frames: () => [pingFrame('one'), frame({ payload: iceText('a') }), pingFrame(''), closeFrame(1000, 'bye')],
    heard: ['a'],
    pongs: ['one', ''],
    code: 1000,
  },
  {
    name: 'a message of fragments with letters cut inside, and an empty close',
    frames: () => [...inFrames(iceText('κόσμε 😀'), 3), closeFrame()],
    heard: ['κόσμε 😀'],
    pongs: [],
    code: [undefined, 1000],
  },
  {
    name: 'a message with a 16-bit length',
    frames: () => [frame({ payload: iceText('m'.repeat(150)) }), closeFrame(3000)],
    heard: ['m'.repeat(150)],
    pongs: [],
    code: 3000,
  },
  {
    name: 'control frames between fragments',
    frames: () => {
      const [first, second, third] = fragments(['{"event":"call:ice",', '"payload":{"candidate"', ':"c"}}'], {
        opcode: binary,
      });
      return [
        first,
        pingFrame('in'),
        second,
        frame({ opcode: pong }),
        frame({ opcode: continuation, fin: false }),
        third,
        closeFrame(1001),
      ];
    },
    heard: ['c'],
    pongs: ['in'],
    code: 1001,
  },
  {
    name: 'a reserved bit behind a message',
    frames: () => [
      frame({ payload: iceText('before') }),
      frame({ rsv: 2, payload: iceText('never') }),
      frame({ payload: iceText('never') }),
    ],
    heard: ['before'],
    pongs: [],
    code: 1002,
  },
  {
    name: 'a length that is not minimal',
    frames: () => [pingFrame('p'), frame({ form: 64, payload: 'tiny' })],
    heard: [],
    pongs: ['p'],
    code: 1002,
  },
  {
    name: 'text that is no UTF-8',
    frames: () => [frame({ payload: iceText('before') }), frame({ payload: Buffer.from('7b22f09f9822', 'hex') })],
    heard: ['before'],
    pongs: [],
    code: 1007,
  },
  {
    name: 'a message that is too large',
    frames: () => [frame({ payload: iceText('before') }), frame({ length: 300_000, payload: 'xxx' })],
    heard: ['before'],
    pongs: [],
    code: 1009,
  },
  {
    name: 'a forbidden close code',
    frames: () => [frame({ payload: iceText('before') }), closeFrame(1005)],
    heard: ['before'],
    pongs: [],
    code: 1002,
  },
];

const feedings = [
  ['whole', (bytes) => [bytes]],
  ['byte by byte', (bytes) => inPieces(bytes, 1)],
  ['in pieces of 2 bytes', (bytes) => inPieces(bytes, 2)],
  ['in pieces of 3 bytes', (bytes) => inPieces(bytes, 3)],
  ['in pieces of 7 bytes', (bytes) => inPieces(bytes, 7)],
  ['in pieces of 64 bytes', (bytes) => inPieces(bytes, 64)],
];

/// Pieces go out while the server already answers, so sending stops where the server ends the stream.
async function feed(raw, pieces) {
  for (const piece of pieces) {
    if (raw.ended) return;
    await raw.pieces([piece]);
  }
}

async function run(t, { frames, heard, pongs, code }, cut) {
  const b = await t.ws('b');
  const raw = await t.raw();
  const offer = frame({
    payload: JSON.stringify({ event: 'call:offer', payload: { sdp: t.secret('sdp'), userId: t.user('b') } }),
  });
  const head = Buffer.from(upgradeHead({ target: `/ws?token=${t.token(t.user('a'))}` }));
  await feed(raw, cut(Buffer.concat([head, offer, ...frames()])));

  assert.equal((await raw.readHead()).status, 101);
  const a = new RawWebSocket(raw);
  const got = [];
  for (;;) {
    const next = await a.nextFrame();
    if (next.opcode === close) {
      assert.ok([code].flat().includes(closeOf(next).code), `closed with ${closeOf(next).code}`);
      break;
    }
    assert.equal(next.opcode, pong);
    got.push(next.payload.toString());
  }
  assert.deepEqual(got, pongs);
  assert.equal(await raw.readEnd(), 'fin');

  await b.nextMessage('call:offer');
  for (const candidate of heard) assert.equal((await b.nextMessage('call:ice')).payload.candidate, candidate);
  await b.nextMessage('call:hangup');
  await b.quiet();
}

export const streamCases = sessions.flatMap((session) =>
  feedings.map(([how, cut]) => ({
    name: `gives the same result for ${session.name} fed ${how}`,
    run: (t) => run(t, session, cut),
  })),
);
