// Messages that are no messages: what is not one object with one known event is ignored, nobody hears of it, and the
// call in which it was sent goes on. Where the original leaves a choice (forward or ignore), only the call is looked at.
import { strict as assert } from 'node:assert';

import { frame, opcodes } from '../../lib/frames.js';

const kIce = '"event":"call:ice"';

/// Sent in a call by the caller: both sides hear nothing, the call goes on.
const ignored = (name, text, options = {}) => ({
  name: `ignores ${name}`,
  async run(t) {
    const { a, b } = await t.call();
    await a.send(frame({ payload: typeof text === 'function' ? text(t) : text, ...options }));
    await a.quiet();
    await t.reaches(a, b);
    await t.reaches(b, a);
  },
});

/// Forwarded or ignored: not an error for anybody, and never something else than what was sent.
const harmless = (name, text) => ({
  name: `survives ${name}`,
  async run(t) {
    const { a, b } = await t.call();
    await a.text(text);
    const marker = t.secret('marker');
    await a.event('call:ice', { candidate: marker });
    const sent = JSON.parse(text);
    for (;;) {
      const message = await b.nextMessage();
      if (message.payload?.candidate === marker) break;
      assert.deepEqual(message, { event: sent.event, ...('payload' in sent ? { payload: sent.payload } : {}) });
    }
    await a.quiet();
  },
});

/// Reaches the other party with an equal payload.
const carried = (name, payload) => ({
  name: `carries ${name}`,
  async run(t) {
    const { a, b } = await t.call();
    await a.text(`{${kIce},"payload":${payload}}`);
    assert.deepEqual(await b.nextMessage('call:ice'), { event: 'call:ice', payload: JSON.parse(payload) });
    await a.quiet();
  },
});

const notObjects = [
  ['nothing', ''],
  ['a blank', ' '],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '0'],
  ['a string', '"call:hangup"'],
  ['an empty array', '[]'],
  ['an array of an event', '[{"event":"call:hangup"}]'],
  ['an empty object', '{}'],
  ['half an object', '{'],
  ['the other half', '}'],
  ['two objects', '{"event":"call:hangup"}{"event":"call:hangup"}'],
  ['an object and more', '{"event":"call:hangup"}x'],
  ['an object behind a comma', ',{"event":"call:hangup"}'],
  ['a byte order mark before an object', '\ufeff{"event":"call:hangup"}'],
  ['a NUL behind an object', '{"event":"call:hangup"}\0'],
  ['a NUL before an object', '\0{"event":"call:hangup"}'],
  ['words', 'hang up, please'],
  ['a Socket.IO packet', '42["call:hangup"]'],
  ['a JSONP call', 'x({"event":"call:hangup"})'],
  ['a line-separated list', '{"event":"call:hangup"}\n{"event":"call:hangup"}'],
].map(([name, text]) => ignored(`${name} in place of a message`, text));

const grammar = [
  ['a comma at the end', '{"event":"call:hangup",}'],
  ['single quotes', "{'event':'call:hangup'}"],
  ['a name without quotes', '{event:"call:hangup"}'],
  ['a comment', '{"event":"call:hangup"/**/}'],
  ['no value', '{"event":}'],
  ['no comma', `{${kIce} "payload":{}}`],
  ['a raw line end in a string', `{${kIce},"payload":{"candidate":"a\nb"}}`],
  ['a raw tab in a string', `{${kIce},"payload":{"candidate":"a\tb"}}`],
  ['an unknown escape', `{${kIce},"payload":{"candidate":"\\x41"}}`],
  ['a short unicode escape', `{${kIce},"payload":{"candidate":"\\u12"}}`],
  ['an open string', `{${kIce},"payload":{"candidate":"abc`],
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    '-',
    '+1',
    '01',
    '.5',
    '1.',
    '1e',
    '0x10',
    '1_000',
    'nul',
    'True',
    'undefined',
    "'a'",
    '1 2',
    '[1,]',
    '[1 2]',
    '{"a"}',
    '{"a":1,}',
    '{1:2}',
  ].map((value) => [`the value ${value}`, `{${kIce},"payload":{"candidate":${value}}}`]),
].map(([name, text]) => ignored(`a message with ${name}`, text));

const events = [
  'call:Ice',
  'CALL:ICE',
  ' call:ice',
  'call:ice ',
  'call:',
  'call',
  ':ice',
  'call:ice\u0000',
  'call:icecall:ice',
  'call.ice',
  'ping',
  'pong',
  'session:refresh',
  'call:state',
  'call:ringing',
  'call:reject',
  'message',
  'error',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'x'.repeat(33),
  'call:hangup'.padEnd(10_000, '!'),
  '😀',
  '\u202ecall:hangup',
].map((event) =>
  ignored(
    `the unknown event ${JSON.stringify(event).slice(0, 40)}`,
    JSON.stringify({ event, payload: { candidate: 'x' } }),
  ),
);

const shapes = [
  ...['null', '5', 'true', '[]', '["call:hangup"]', '{}', '{"event":"call:hangup"}'].map((event) =>
    ignored(`an event that is ${event}`, `{"event":${event},"payload":{}}`),
  ),
  ignored('an Event in capitals', '{"Event":"call:hangup"}'),
  ignored('an event inside the payload', '{"payload":{"event":"call:hangup"}}'),
  ignored('a message inside a message', '{"message":{"event":"call:hangup"}}'),
  ...['', ',"payload":null', ',"payload":0', ',"payload":"x"', ',"payload":[]', ',"payload":true'].map((rest) =>
    ignored(`an offer with ${rest || 'no payload'}`, `{"event":"call:offer"${rest}}`),
  ),
  ...[
    '',
    ',"payload":null',
    ',"payload":0',
    ',"payload":"x"',
    ',"payload":[1,[2]]',
    ',"payload":false',
    ',"payload":{}',
  ].flatMap((rest) => [
    harmless(`call:ice with ${rest || 'no payload'}`, `{"event":"call:ice"${rest}}`),
    harmless(`call:answer by the caller with ${rest || 'no payload'}`, `{"event":"call:answer"${rest}}`),
  ]),
];

const doubled = [
  ['event twice', '{"event":"call:hangup","event":"call:hangup"}'],
  ['two events that differ', `{${kIce},"event":"call:hangup","payload":{}}`],
  ['event twice, once in escapes', `{"event":"call:hangup","\\u0065vent":"call:ice","payload":{}}`],
  ['event twice, all in escapes', '{"\\u0065\\u0076\\u0065\\u006e\\u0074":"call:hangup","event":"call:hangup"}'],
  ['payload twice', `{${kIce},"payload":{"candidate":"one"},"payload":{"candidate":"two"}}`],
  ['payload twice, once in escapes', `{${kIce},"payload":{"candidate":"one"},"pay\\u006coad":{"candidate":"two"}}`],
  ['payload twice around the event', `{"payload":{"candidate":"one"},${kIce},"payload":{"candidate":"two"}}`],
].map(([name, text]) => ignored(`a message with ${name}`, text));

const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);
const deepObject = (depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

const structure = [
  carried('a payload of 64 levels', `{"candidate":${nested(64)}}`),
  carried('a payload of 100 levels of objects', `{"candidate":${deepObject(100)}}`),
  ...[200, 5000, 60_000].map((depth) =>
    ignored(`a payload of ${depth} nested arrays`, `{${kIce},"payload":{"candidate":${nested(depth)}}}`),
  ),
  ...[200, 5000, 20_000].map((depth) =>
    ignored(`a payload of ${depth} nested objects`, `{${kIce},"payload":${deepObject(depth)}}`),
  ),
  ignored('200,000 opening brackets', '['.repeat(200_000)),
  ignored('200,000 opening braces with names', '{"":'.repeat(50_000)),
  ignored('a payload of 5,000 nested arrays that are not closed', `{${kIce},"payload":${'['.repeat(5000)}`),
  ignored('100,000 commas', `[${','.repeat(100_000)}]`),
  ignored('100,000 colons', `{${':'.repeat(100_000)}}`),
  ignored('100,000 quotes', '"'.repeat(100_000)),
  ignored('100,000 backslashes in a string', `{${kIce},"payload":"${'\\'.repeat(100_001)}"}`),
  ignored('200,000 blanks', ' '.repeat(200_000)),
  carried('200,000 blanks around a value', `{"candidate":${' '.repeat(100_000)}1${' '.repeat(100_000)}}`),
  carried('a string of 200,000 letters', `{"candidate":"${'c'.repeat(200_000)}"}`),
  carried('a string of 30,000 escapes', `{"candidate":"${'\\u0041'.repeat(30_000)}"}`),
  carried('an array of 100,000 numbers', `{"candidate":[${Array(100_000).fill(0)}]}`),
  carried('256 fields', `{${Array.from({ length: 256 }, (_, i) => `"k${i}":${i}`)}}`),
  ...[257, 10_000].map((count) =>
    ignored(
      `a payload of ${count} fields`,
      `{${kIce},"payload":{${Array.from({ length: count }, (_, i) => `"k${i}":${i}`)}}}`,
    ),
  ),
];

const values = [
  ...['0', '-0', '1e308', '-1.5e-300', '9007199254740993', '18446744073709551615', '-9223372036854775808'].map(
    (number) => carried(`the number ${number}`, `{"candidate":${number}}`),
  ),
  ...['1e400', '-1e400', '1e999999999', '123456789012345678901234567890', `1${'0'.repeat(5000)}`].map((number) =>
    ignored(
      `the number ${number.slice(0, 40)}, which no double or 64 bits hold`,
      `{${kIce},"payload":{"candidate":${number}}}`,
    ),
  ),
  carried('a number of 5,000 decimal places', `{"candidate":0.${'1'.repeat(5000)}}`),
  carried('U+0000 in escapes', '{"candidate":"a\\u0000b"}'),
  carried('a pair of surrogates in escapes', '{"candidate":"\\ud83d\\ude00"}'),
  ...['\\ud800', '\\udc00', '\\ude00\\ud83d', '\\ud800x', '\\ud800\\ud800'].map((escape) =>
    ignored(`the lone surrogate ${escape}`, `{${kIce},"payload":{"candidate":"${escape}"}}`),
  ),
  carried('a __proto__ field', '{"__proto__":{"admin":true},"constructor":1,"candidate":"x"}'),
  carried('an empty name', '{"":"","candidate":"x"}'),
  carried('a script', '{"candidate":"</script><script>alert(1)</script>"}'),
  carried('line ends and terminal escapes', '{"candidate":"\\r\\n\\u001b[31m \\u2028"}'),
  carried('format directives', '{"candidate":"%s%n%x{}{0}${jndi:ldap://x}"}'),
];

const binaryFrames = [
  ['UTF-16', Buffer.from('{"event":"call:hangup"}', 'utf16le')],
  ['bytes that are no UTF-8', Buffer.from('ff00fe80c0', 'hex')],
  ['a byte FF inside a name', Buffer.from('{"e\xffvent":"call:hangup"}', 'latin1')],
  [
    'an overlong quote',
    Buffer.concat([Buffer.from('{"event":'), Buffer.from('c0a2', 'hex'), Buffer.from('call:hangup"}')]),
  ],
  ['a gzip stream', Buffer.from('1f8b0800000000000003', 'hex')],
  ['MessagePack', Buffer.from('81a56576656e74ab63616c6c3a68616e677570', 'hex')],
  ['a byte order mark of UTF-8', Buffer.from('efbbbf7b226576656e74223a2263616c6c3a68616e677570227d', 'hex')],
  ['200 KB of zero bytes', Buffer.alloc(200_000)],
].map(([name, bytes]) => ignored(`a binary frame of ${name}`, bytes, { opcode: opcodes.binary }));

const junk = [
  '',
  'x',
  '{}',
  '[]',
  '{"event":"nonsense"}',
  '{"event":"call:offer"}',
  '\ufeff',
  '{"event":"call:hangup"',
];

const counted = [
  {
    name: 'takes 500 messages of junk on a connection without closing it',
    async run(t) {
      const { a, b } = await t.call();
      await a.send(...Array.from({ length: 500 }, (_, i) => frame({ payload: junk[i % junk.length] })));
      await a.quiet();
      await t.reaches(a, b);
    },
  },
  ...[
    ['text', opcodes.text],
    ['binary', opcodes.binary],
  ].map(([name, opcode]) => ({
    name: `ends with 1008 what sends 1,900 ${name} messages of junk at once`,
    async run(t) {
      const { a, b } = await t.call();
      a.raw.pour(
        Buffer.concat(Array.from({ length: 1900 }, (_, i) => frame({ opcode, payload: junk[i % junk.length] }))),
      );
      await a.expectClose(1008);
      await b.nextMessage('call:hangup');
    },
  })),
];

export const messageCases = [
  ...notObjects,
  ...grammar,
  ...events,
  ...shapes,
  ...doubled,
  ...structure,
  ...values,
  ...binaryFrames,
  ...counted,
];
