// Payloads are opaque: what one browser wrote is what the other reads, and the sender's identity is the server's word.
import { strict as assert } from 'node:assert';

import { quiet } from '../lib/client.js';
import { mint } from '../lib/tokens.js';
import { assertCallWorks, subject } from './harness.js';

const test = subject('payload');

/** The payload text of a frame as it stands in the bytes. */
const payloadText = (text) => text.slice(text.indexOf('"payload":') + '"payload":'.length, -1);

/** Sends an offer whose payload has these further members (as JSON text) and returns the frame that arrives. */
async function offerText(t, members) {
  const [a, b] = await t.people('a', 'b');
  a.sendRaw(`{"event":"call:offer","payload":{"userId":"${b.id}"${members ? `,${members}` : ''}}}`);
  return { a, b, frame: await b.nextFrame() };
}

/** The message is ignored: no ring, no answer, and a call works afterwards. */
async function assertIgnored(t, text) {
  const [a, b] = await t.people('a', 'b');
  a.sendRaw(typeof text === 'function' ? text(b.id) : text);
  await quiet([a, b], a);
  await assertCallWorks(t, a, b);
}

// --- offers
const OFFER_FIELDS = {
  'an sdp string': { sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n' },
  'an sdp object': { sdp: { type: 'offer', sdp: 'v=0\r\n' } },
  'sdp null': { sdp: null },
  'unknown fields of every type': { sdp: 's', video: true, n: 1.5, list: [1, [2]], o: { deep: { er: null } }, e: '' },
  'a __proto__ field': JSON.parse('{"sdp":"s","__proto__":{"polluted":true}}'),
  'integer-like keys': { 10: 'ten', 2: 'two', sdp: 's' },
  'an empty key': { '': 'nothing', sdp: 's' },
};
const OFFER_ROWS = { 'a __proto__ field': 'O-3.44' };
for (const [what, fields] of Object.entries(OFFER_FIELDS)) {
  test(`forwards an offer with ${what}`, OFFER_ROWS[what] ?? 'O-2.04 O-1.06', async (t) => {
    const [a, b] = await t.people('a', 'b');
    const payload = { ...fields, userId: b.id };
    a.send('call:offer', payload);
    const message = await b.next('call:offer');
    assert.deepEqual(message.payload, { ...payload, fromUserId: a.id });
    assert.deepEqual(Object.keys(message).sort(), ['event', 'payload']);
  });
}

test('forwards an offer without sdp', 'O-3.33', async (t) => {
  const { a, b, frame } = await offerText(t, '');
  assert.deepEqual(frame.message.payload, { userId: b.id, fromUserId: a.id });
});

test('keeps the bytes of an offer: escapes, key order, number spelling, inner blanks', 'O-1.11 O-2.04', async (t) => {
  const members = '"z":1.50e+2,"sdp":"\\u0061\\/\\ud83d\\ude00","10":[ 1 , 2.0 ],"2":{"b":1,"a":2}';
  const { frame } = await offerText(t, members);
  assert.ok(frame.text.includes(members), frame.text);
});

test('keeps the digits of 12345678901234567890', 'O-3.38', async (t) => {
  const { frame } = await offerText(t, '"big":12345678901234567890');
  assert.ok(frame.text.includes('"big":12345678901234567890'), frame.text);
});

for (const number of ['1e400', '-1e400', '99999999999999999999999']) {
  test(`ignores a message with ${number}, which no browser writes`, 'O-3.38 O-4.02', (t) =>
    assertIgnored(t, (to) => `{"event":"call:offer","payload":{"userId":"${to}","n":${number}}}`));
}

test('writes the true fromUserId over a forged one', 'O-1.06 O-2.04', async (t) => {
  const { a, frame } = await offerText(t, '"sdp":"s","fromUserId":"mallory"');
  assert.equal(frame.message.payload.fromUserId, a.id);
  assert.equal(frame.text.match(/fromUserId/g).length, 1);
  assert.doesNotMatch(frame.text, /mallory/);
});

for (const position of ['first', 'middle', 'last', 'alone']) {
  test(`cuts out a forged fromUserId that stands ${position}`, 'O-2.04 O-3.41', async (t) => {
    const [a, b] = await t.people('a', 'b');
    const forged = '"fromUserId" : { "x": "},\\"fromUserId\\":1" }';
    const to = `"userId":"${b.id}"`;
    const orders = { first: [forged, to, '"s":1'], middle: [to, forged, '"s":1'], last: [to, '"s":1', forged], alone: [forged, to] };
    a.sendRaw(`{"event":"call:offer","payload":{${orders[position].join(' , ')}}}`);
    const { message, text } = await b.nextFrame();
    assert.equal(message.payload.fromUserId, a.id);
    assert.equal(text.match(/fromUserId/g).length, 1);
  });
}

test('cuts out a forged fromUserId that is spelt with escapes', 'O-2.04 O-3.41', async (t) => {
  const { a, frame } = await offerText(t, '"from\\u0055serId":"mallory"');
  assert.equal(frame.message.payload.fromUserId, a.id);
  assert.doesNotMatch(frame.text, /mallory/);
});

test('leaves a fromUserId deeper in the payload alone', 'O-2.04', async (t) => {
  const { frame } = await offerText(t, '"meta":{"fromUserId":"inner"}');
  assert.equal(frame.message.payload.meta.fromUserId, 'inner');
});

const DOUBLED = {
  'fromUserId': ['O-3.41', (to) => `{"event":"call:offer","payload":{"userId":"${to}","fromUserId":1,"fromUserId":2}}`],
  'fromUserId, once with escapes': ['O-3.41', (to) => `{"event":"call:offer","payload":{"userId":"${to}","fromUserId":1,"from\\u0055serId":2}}`],
  'userId': ['O-3.40', (to) => `{"event":"call:offer","payload":{"userId":"nobody","userId":"${to}"}}`],
  'targetUserId': ['O-3.40', (to) => `{"event":"call:offer","payload":{"targetUserId":"${to}","targetUserId":"${to}"}}`],
  'event': ['O-3.39', (to) => `{"event":"x","event":"call:offer","payload":{"userId":"${to}"}}`],
  'event, once with escapes': ['O-3.39', (to) => `{"\\u0065vent":"x","event":"call:offer","payload":{"userId":"${to}"}}`],
  'payload': ['O-3.39', (to) => `{"event":"call:offer","payload":{},"payload":{"userId":"${to}"}}`],
};
for (const [what, [row, text]] of Object.entries(DOUBLED)) {
  test(`ignores a message with two of ${what}`, `${row} O-4.02`, (t) => assertIgnored(t, text));
}

test('decodes escapes in the event name and in keys', 'O-3.42', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.sendRaw(`{"\\u0065vent":"call\\u003aoffer","p\\u0061yload":{"us\\u0065rId":"${b.id.replace('b', '\\u0062')}"}}`);
  assert.equal((await b.next('call:offer')).payload.fromUserId, a.id);
});

test('does not forward fields beside event and payload', 'O-3.37', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.sendRaw(`{"id":7,"event":"call:offer","extra":{"x":1},"payload":{"userId":"${b.id}"},"fromUserId":"mallory"}`);
  assert.deepEqual(await b.next(), { event: 'call:offer', payload: { userId: b.id, fromUserId: a.id } });
});

test('reads payload before event', 'O-1.05', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.sendRaw(` {"payload" : {"userId":"${b.id}"} ,\n\t"event" : "call:offer"} `);
  await b.next('call:offer');
});

// --- what is ignored
const JUNK = {
  'text that is no JSON': ['O-1.05', 'hello'],
  'an empty message': ['O-1.05', ''],
  'cut-off JSON': ['O-1.05', '{"event":"call:offer","payload":{"userId":"b'],
  'two JSON values': ['O-1.05', '{"event":"call:hangup"}{"event":"call:hangup"}'],
  'a number with a leading zero': ['O-1.05', (to) => `{"event":"call:offer","payload":{"userId":"${to}","n":01}}`],
  'a misspelt literal': ['O-1.05', (to) => `{"event":"call:offer","payload":{"userId":"${to}","n":nul}}`],
  'an unknown escape': ['O-1.05', (to) => `{"event":"call:offer","payload":{"userId":"${to}","n":"\\x"}}`],
  'a raw control character in a string': ['O-1.05', (to) => `{"event":"call:offer","payload":{"userId":"${to}","n":"\n"}}`],
  'null': ['O-1.05', 'null'],
  'a list': ['O-1.05', '[{"event":"call:offer"}]'],
  'a number': ['O-1.05', '42'],
  'a byte order mark': ['O-3.45', (to) => `\ufeff{"event":"call:offer","payload":{"userId":"${to}"}}`],
  'a lone surrogate escape': ['O-3.43', (to) => `{"event":"call:offer","payload":{"userId":"${to}","s":"\\ud800"}}`],
  'a lone low surrogate escape': ['O-3.43', (to) => `{"event":"call:offer","payload":{"userId":"${to}","s":"\\udc00x"}}`],
  'nesting of 5,000': ['O-3.46', (to) => `{"event":"call:offer","payload":{"userId":"${to}","n":${'['.repeat(5000)}${']'.repeat(5000)}}}`],
  'no event': ['O-1.09', (to) => `{"payload":{"userId":"${to}"}}`],
  'an event that is a number': ['O-1.09', '{"event":5}'],
  'an unknown event': ['O-1.09', (to) => `{"event":"call:ring","payload":{"userId":"${to}"}}`],
  'an event in capitals': ['O-1.09', (to) => `{"event":"CALL:OFFER","payload":{"userId":"${to}"}}`],
  'an event with a blank behind': ['O-1.09', (to) => `{"event":"call:offer ","payload":{"userId":"${to}"}}`],
  'an event called __proto__': ['O-1.09', '{"event":"__proto__","payload":{}}'],
  'an event called constructor': ['O-1.09', '{"event":"constructor","payload":{}}'],
  'an offer without payload': ['O-1.05', '{"event":"call:offer"}'],
  'an offer with a payload of null': ['O-1.05', '{"event":"call:offer","payload":null}'],
  'an offer with a payload that is a string': ['O-1.05', '{"event":"call:offer","payload":"x"}'],
  'an offer with a payload that is a list': ['O-1.05', '{"event":"call:offer","payload":[]}'],
  'an offer with 300 fields': ['O-4.05', (to) =>
    JSON.stringify({ event: 'call:offer', payload: { userId: to, ...Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`k${at}`, at])) } })],
};
for (const [what, [row, text]] of Object.entries(JUNK)) {
  const rows = ['O-3.43', 'O-3.45', 'O-3.46'].includes(row) ? `${row} O-4.02` : row;
  test(`ignores ${what}, and stays connected`, rows, (t) => assertIgnored(t, text));
}

test('bears 500 junk messages on one connection', 'O-2.15', async (t) => {
  const [a, b] = await t.people('a', 'b');
  for (let at = 0; at < 500; ++at) a.sendRaw(`junk ${at}`);
  await assertCallWorks(t, a, b);
});

test('forwards 64 levels of nesting', 'O-2.04 O-3.46', async (t) => {
  const deep = `${'['.repeat(64)}${']'.repeat(64)}`;
  const { frame } = await offerText(t, `"n":${deep}`);
  assert.ok(frame.text.includes(deep));
});

// --- answers, candidates, hangups
const ANY = {
  'missing': undefined,
  'null': null,
  'a string': 'text',
  'an empty string': '',
  'a number': 0,
  'false': false,
  'a list': [1, { a: [] }],
  'an empty object': {},
};
for (const [what, payload] of Object.entries(ANY)) {
  const expected = (event) => (payload === undefined ? { event } : { event, payload });
  test(`forwards an answer whose payload is ${what}`, 'O-3.34 O-1.07', async (t) => {
    const [a, b] = await t.people('a', 'b');
    a.offer(b.id);
    await b.next('call:offer');
    b.send('call:answer', payload);
    assert.deepEqual(await a.next(), expected('call:answer'));
  });
  test(`forwards a call:ice whose payload is ${what}`, 'O-3.35 O-1.07', async (t) => {
    const [a, b] = await t.people('a', 'b');
    await t.call(a, b);
    a.send('call:ice', payload);
    assert.deepEqual(await b.next(), expected('call:ice'));
    b.send('call:ice', payload);
    assert.deepEqual(await a.next(), expected('call:ice'));
  });
}

test('keeps the bytes of answers and candidates', 'O-1.11 O-2.04', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id);
  await b.next('call:offer');
  const body = '{ "sdp" : "\\u0061\\/", "10":1.0 , "2": [ ] }';
  b.sendRaw(`{"event":"call:answer","payload":${body}}`);
  assert.equal(payloadText((await a.nextFrame()).text), body);
  b.sendRaw(`{"event":"call:ice","payload":${body}}`);
  assert.equal(payloadText((await a.nextFrame()).text), body);
  a.sendRaw(`{"payload":${body},"event":"call:ice"}`);
  assert.equal(payloadText((await b.nextFrame()).text), body);
});

test('adds no fromUserId to answers and candidates, and keeps theirs', 'O-1.07 O-2.01', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.offer(b.id);
  await b.next('call:offer');
  b.send('call:answer', { sdp: 's', fromUserId: 'x', userId: 'y' });
  assert.deepEqual(await a.next(), { event: 'call:answer', payload: { sdp: 's', fromUserId: 'x', userId: 'y' } });
});

for (const payload of [{ reason: 'busy', userId: 'x' }, null, 'text', []]) {
  test(`sends a bare call:hangup for a hangup with ${JSON.stringify(payload)}`, 'O-3.36 O-2.07 O-1.08', async (t) => {
    const [a, b] = await t.people('a', 'b');
    await t.call(a, b);
    a.send('call:hangup', payload);
    assert.equal((await b.nextFrame()).text, '{"event":"call:hangup"}');
  });
}

const CANDIDATE = 'candidate:1 1 udp 2113937151 192.0.2.4 5000 typ host';
const SHAPES = {
  'W08 no sdpMid': { candidate: { candidate: CANDIDATE, sdpMLineIndex: 0 } },
  'W08 sdpMid null': { candidate: { candidate: CANDIDATE, sdpMid: null, sdpMLineIndex: 0 } },
  'W08 an empty sdpMid': { candidate: { candidate: CANDIDATE, sdpMid: '', sdpMLineIndex: 0 } },
  'W08 sdpMLineIndex null': { candidate: { candidate: CANDIDATE, sdpMid: '0', sdpMLineIndex: null, usernameFragment: null } },
  'W08 a misspelt index': { candidate: { candidate: CANDIDATE, sdpMlineIndex: 0, sdpMid: 'audio' } },
  'W08 id and label': { candidate: { candidate: CANDIDATE, id: '0', label: 0 } },
  'W09 candidate null': { candidate: null },
  'W09 candidate empty': { candidate: '' },
  'W09 an object with an empty candidate': { candidate: { candidate: '', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' } },
  'W09 an empty object': { candidate: {} },
  'W09 a=end-of-candidates': { candidate: 'a=end-of-candidates' },
  'W13 an mDNS name': { candidate: 'candidate:1 1 udp 2113937151 0b1c2d3e-0000-4000-8000-0123456789ab.local 50001 typ host generation 0 ufrag aB+/ network-cost 999' },
  'W13 TCP on port 9': { candidate: 'candidate:2 1 TCP 2105524479 192.0.2.9 9 typ host tcptype active' },
  'W13 a zone id': { candidate: 'a=candidate:3 1 udp 1 fe80::1%eth0 5000 typ host' },
  'W13 400 bytes of extensions': { candidate: `${CANDIDATE} ${'x-ext value '.repeat(34)}` },
};
for (const [what, payload] of Object.entries(SHAPES)) {
  test(`${what} passes as it came`, 'O-2.04 O-3.35', async (t) => {
    const [a, b] = await t.people('a', 'b');
    a.offer(b.id);
    await b.next('call:offer');
    a.send('call:ice', payload);
    assert.deepEqual(await b.next('call:ice'), { event: 'call:ice', payload });
    b.send('call:ice', payload);
    assert.deepEqual(await a.next('call:ice'), { event: 'call:ice', payload });
  });
}

const SDP_ENDS = {
  'CRLF at its end': 'v=0\r\ns=-\r\n',
  'nothing at its end': 'v=0\r\ns=-',
  'LF only': 'v=0\ns=-\n',
  'a blank line at its end': 'v=0\r\ns=-\r\n\r\n',
  'a TAB, U+2028 and U+0000': 'v=0\ts=\u2028-\u0000',
  'percent signs, plus, equals and slash': 'a=ice-pwd:%0d%0a+=/\r\n',
  'a fingerprint in both cases': 'a=fingerprint:SHA-256 aB:Cd:eF\r\n',
  'letters of all sizes': 'é ж 漢 😀 \u{10ffff}',
};
for (const [what, sdp] of Object.entries(SDP_ENDS)) {
  test(`W12 keeps an sdp with ${what}`, 'O-2.04', async (t) => {
    const [a, b] = await t.people('a', 'b');
    a.offer(b.id, { sdp });
    assert.equal((await b.next('call:offer')).payload.sdp, sdp);
    b.answer({ sdp: { type: 'answer', sdp } });
    assert.equal((await a.next('call:answer')).payload.sdp.sdp, sdp);
  });
}

for (const size of [100, 125, 126, 127, 7_900, 16_100, 65_535, 65_536, 100_000, 120_000, 250_000]) {
  test(`W03 forwards a message of ${size} bytes`, 'O-2.04 O-3.47', async (t) => {
    const [a, b] = await t.people('a', 'b');
    await t.call(a, b);
    const empty = JSON.stringify({ event: 'call:ice', payload: { candidate: '' } });
    const candidate = 'x'.repeat(size - empty.length);
    a.ice(candidate);
    assert.equal((await b.next('call:ice')).payload.candidate, candidate);
  });
}

for (const [size, what] of [[300_000, 'W03 300 KB'], [2_000_000, '2 MB']]) {
  test(`closes 1009 for a message of ${what}, and tells the peer`, 'O-3.47', async (t) => {
    const [a, b] = await t.people('a', 'b');
    await t.call(a, b);
    a.ice('x'.repeat(size));
    assert.equal((await a.whenClosed()).code, 1009);
    await b.next('call:hangup');
  });
}

test('closes 1007 for a text message that is not UTF-8, and tells the peer', 'O-1.05 O-4.05', async (t) => {
  const [a, b] = await t.people('a', 'b');
  await t.call(a, b);
  a.sendRaw(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), { binary: false });
  assert.equal((await a.whenClosed()).code, 1007);
  await b.next('call:hangup');
});

// --- who sent it
test('writes fromUserId as a string for a string claim', 'O-2.05', async (t) => {
  const [b] = await t.people('b');
  const id = String(t.number());
  const a = await t.connect(id);
  a.offer(b.id);
  assert.equal((await b.next('call:offer')).payload.fromUserId, id);
});

test('writes fromUserId as a number for a number claim', 'O-2.05', async (t) => {
  const [b] = await t.people('b');
  const a = await t.connect(t.number());
  a.offer(b.id);
  assert.equal((await b.next('call:offer')).payload.fromUserId, t.number());
});

test('writes each device of one user as its own token does', 'O-2.05 O-3.19', async (t) => {
  const [b] = await t.people('b');
  for (const claim of [t.number(), String(t.number())]) {
    const a = await t.connect(claim);
    a.offer(b.id);
    assert.equal((await b.next('call:offer')).payload.fromUserId, claim);
    a.hangup();
    await b.next('call:hangup');
    await a.close();
  }
});

test('escapes a fromUserId of quotes, controls and markup', 'O-2.05', async (t) => {
  const [b] = await t.people('b');
  const id = `"}\u0001\\,"x":{é😀<script>${t.id('q')}`;
  const a = await t.connect({ token: mint({ userId: id }) });
  a.offer(b.id);
  assert.equal((await b.next('call:offer')).payload.fromUserId, id);
});
