// RFC 6455 section 8.1 and RFC 3629: text is UTF-8. What is not ends the connection with 1007 at the first byte that
// cannot belong to it, not only when the message is complete; what is gets through however it is cut.
import { strict as assert } from 'node:assert';

import { fragments, frame, opcodes } from '../../lib/frames.js';
import { changesNothing, closes, delivers, iceText, inPieces } from './proofs.js';

const { continuation, binary, ping, pong } = opcodes;
const hex = (digits) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const text = (bytes, options) => frame({ payload: bytes, ...options });

const valid = [
  ['the last one-byte character U+007F', '\u007f'],
  ['the first two-byte character U+0080', '\u0080'],
  ['the last two-byte character U+07FF', '\u07ff'],
  ['the first three-byte character U+0800', '\u0800'],
  ['U+0FFF and U+1000', '\u0fff\u1000'],
  ['U+CFFF and U+D000', '\ucfff\ud000'],
  ['the last character before the surrogates, U+D7FF', '\ud7ff'],
  ['the first character behind the surrogates, U+E000', '\ue000'],
  ['a byte order mark inside a string', 'a\ufeffb'],
  ['the replacement character U+FFFD', '\ufffd'],
  ['the noncharacters U+FFFE and U+FFFF', '\ufffe\uffff'],
  ['the first four-byte character U+10000', '\u{10000}'],
  ['U+3FFFF and U+40000', '\u{3ffff}\u{40000}'],
  ['U+FFFFF and U+100000', '\u{fffff}\u{100000}'],
  ['the last character U+10FFFF', '\u{10ffff}'],
  ['line separators U+2028 and U+2029', '\u2028\u2029'],
  ['words in Greek, Russian, Hebrew, Chinese and emoji', 'κόσμε звонок שלום 通话 👩‍👩‍👧📞'],
].map(([name, inside]) => delivers(`carries ${name}`, (message) => frame({ payload: message }), { inside }));

/// `cut`: the bytes are the beginning of a character, wrong only because nothing or something else follows.
const kInvalid = [
  ['a continuation byte alone', '80'],
  ['the last continuation byte alone', 'bf'],
  ['two continuation bytes', '80 bf'],
  ['a continuation byte behind a whole character', 'c3 a9 a9'],
  ['an overlong U+0000 of two bytes', 'c0 80'],
  ['an overlong slash of two bytes', 'c0 af'],
  ['the largest overlong of two bytes', 'c1 bf'],
  ['an overlong U+0000 of three bytes', 'e0 80 80'],
  ['an overlong slash of three bytes', 'e0 80 af'],
  ['the largest overlong of three bytes', 'e0 9f bf'],
  ['an overlong U+0000 of four bytes', 'f0 80 80 80'],
  ['an overlong slash of four bytes', 'f0 80 80 af'],
  ['the largest overlong of four bytes', 'f0 8f bf bf'],
  ['a character of five bytes', 'f8 88 80 80 80'],
  ['a character of six bytes', 'fc 84 80 80 80 80'],
  ['the byte FE', 'fe'],
  ['the byte FF', 'ff'],
  ['the UTF-16 byte order mark', 'ff fe'],
  ['the first high surrogate U+D800', 'ed a0 80'],
  ['the last high surrogate U+DBFF', 'ed af bf'],
  ['the first low surrogate U+DC00', 'ed b0 80'],
  ['the last low surrogate U+DFFF', 'ed bf bf'],
  ['a pair of surrogates (CESU-8)', 'ed a0 bd ed b3 9e'],
  ['U+110000', 'f4 90 80 80'],
  ['U+13FFFF', 'f4 bf bf bf'],
  ['a first byte F5', 'f5 80 80 80'],
  ['a first byte F7', 'f7 bf bf bf'],
  ['a two-byte character cut by a letter', 'c3 61'],
  ['a three-byte character cut by a letter', 'e2 82 61'],
  ['a three-byte character cut by another', 'e2 82 e2 82 ac'],
  ['a four-byte character cut by a letter', 'f0 9f 98 61'],
  ['a four-byte character cut by a first byte', 'f0 9f 98 c3'],
];

const invalid = kInvalid.flatMap(([name, digits]) => {
  const bytes = Buffer.concat([Buffer.from('{"event":"'), hex(digits)]);
  return [
    closes(1007, `refuses a message with ${name}`, text(Buffer.concat([bytes, Buffer.from('"}')]))),
    closes(1007, `refuses ${name} while most of the frame has not come`, text(bytes, { length: 1000 })),
    closes(1007, `refuses ${name} in a first fragment`, text(bytes, { fin: false })),
  ];
});

const truncated = [
  ['a two-byte character', 'c3'],
  ['one byte of a three-byte character', 'e2'],
  ['two bytes of a three-byte character', 'e2 82'],
  ['one byte of a four-byte character', 'f0'],
  ['two bytes of a four-byte character', 'f0 9f'],
  ['three bytes of a four-byte character', 'f0 9f 98'],
].flatMap(([name, digits]) => [
  closes(1007, `refuses a message that ends in ${name}`, text(Buffer.concat([Buffer.from('{}'), hex(digits)]))),
  closes(1007, `refuses a message of fragments that ends in ${name}`, [
    text('{', { fin: false }),
    frame({ opcode: continuation, payload: hex(digits) }),
  ]),
  closes(1007, `refuses an empty last fragment behind ${name}`, [
    text(hex(digits), { fin: false }),
    frame({ opcode: continuation }),
  ]),
]);

/// Characters of two, three and four bytes, cut at every place inside.
const kCuts = ['é', '€', '😀'].flatMap((character) => {
  const size = Buffer.byteLength(character);
  return Array.from({ length: size - 1 }, (_, i) => ({ character, size, at: i + 1 }));
});

/// The message cut inside its last character.
function cutInside(message, character, at) {
  const bytes = Buffer.from(message);
  const place = bytes.lastIndexOf(Buffer.from(character)) + at;
  return [bytes.subarray(0, place), bytes.subarray(place)];
}

const cut = kCuts.flatMap(({ character, size, at }) => [
  delivers(
    `joins a character of ${size} bytes cut between fragments behind byte ${at}`,
    (message) => fragments(cutInside(message, character, at)),
    { inside: character },
  ),
  delivers(
    `joins a character of ${size} bytes cut between TCP segments behind byte ${at}`,
    (message) => {
      const sent = frame({ payload: message });
      const place = sent.length - Buffer.byteLength(message) + cutInside(message, character, at)[0].length;
      return [sent.subarray(0, place), sent.subarray(place)];
    },
    { inside: character, pieces: true },
  ),
]);

const cutAndMore = [
  delivers(
    'joins a character of four bytes that has a fragment for each byte',
    (message) => {
      const [head] = cutInside(message, '😀', 0);
      const bytes = Buffer.from(message);
      return fragments([
        head,
        ...inPieces(bytes.subarray(head.length, head.length + 4), 1),
        bytes.subarray(head.length + 4),
      ]);
    },
    { inside: '😀' },
  ),
  delivers(
    'joins a character that is cut around an empty fragment',
    (message) => {
      const [head, tail] = cutInside(message, '😀', 2);
      return fragments([head, '', tail]);
    },
    { inside: '😀' },
  ),
  delivers(
    'joins a character that is cut around a pong',
    (message) => {
      const [first, second] = fragments(cutInside(message, '😀', 2));
      return [first, frame({ opcode: pong, payload: hex('ff') }), second];
    },
    { inside: '😀' },
  ),
  {
    name: 'keeps its place in a character while it answers a ping whose bytes are no UTF-8',
    async run(t) {
      const { a, b } = await t.call();
      const candidate = `${t.secret('candidate')}😀`;
      const [first, second] = fragments(cutInside(iceText(candidate), '😀', 3));
      await a.send(first, frame({ opcode: ping, payload: hex('c3 28 ff') }));
      assert.deepEqual((await a.nextFrame()).payload, hex('c3 28 ff'));
      await a.send(second);
      assert.equal((await b.nextMessage('call:ice')).payload.candidate, candidate);
    },
  },
];

/// Wrong only across the cut; the second fragment has no FIN, so that the refusal must come before the end.
const invalidAcross = [
  ['a letter behind the first byte of two', 'c3', '28'],
  ['an overlong of three bytes', 'e0', '9f'],
  ['an overlong of four bytes', 'f0', '8f'],
  ['a surrogate', 'ed', 'a0'],
  ['a character above U+10FFFF', 'f4', '90'],
  ['a letter behind three bytes of four', 'f0 9f 98', '61'],
].flatMap(([name, before, behind]) => [
  closes(1007, `refuses ${name} that is cut between fragments`, [
    text(hex(before), { fin: false }),
    frame({ opcode: continuation, fin: false, payload: hex(behind) }),
  ]),
  {
    name: `refuses ${name} that is cut between TCP segments`,
    async run(t) {
      const { a, b } = await t.call();
      const sent = text(Buffer.concat([hex(before), hex(behind)]), { length: 1000 });
      const place = sent.length - hex(behind).length;
      await a.raw.pieces([sent.subarray(0, place), sent.subarray(place)]);
      await a.expectClose(1007);
      await b.nextMessage('call:hangup');
    },
  },
]);

const binaryMessages = [
  ['a continuation byte alone', '80'],
  ['an overlong slash', 'c0 af'],
  ['a surrogate', 'ed a0 80'],
  ['the byte FF', 'ff'],
  ['a cut character', 'f0 9f 98'],
].map(([name, digits]) =>
  changesNothing(
    `ignores a binary message with ${name}`,
    frame({
      opcode: binary,
      payload: Buffer.concat([
        Buffer.from('{"event":"call:ice","payload":{"candidate":"'),
        hex(digits),
        Buffer.from('"}}'),
      ]),
    }),
  ),
);

export const utf8Cases = [
  ...valid,
  ...invalid,
  ...truncated,
  ...cut,
  ...cutAndMore,
  ...invalidAcross,
  ...binaryMessages,
];
