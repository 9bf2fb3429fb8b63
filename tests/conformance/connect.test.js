// The upgrade: which requests become a connection, and what the answer says.
import { strict as assert } from 'node:assert';

import { quiet, Refused } from '../lib/client.js';
import { closeFrame, fragments, frame, opcodes } from '../lib/frames.js';
import { upgradeHead } from '../lib/http_head.js';
import { RawWebSocket } from '../lib/raw_websocket.js';
import { mint } from '../lib/tokens.js';
import { subject } from './harness.js';

const test = subject('connect');

const target = (t, name = 'raw') => `/ws?token=${mint({ userId: t.id(name) })}`;

/** The head of the answer to an upgrade with these headers; `edit` changes the request's text. */
async function upgrade(t, { headers, path = target(t), edit = (text) => text, ...options } = {}) {
  const raw = await t.raw();
  await raw.write(edit(upgradeHead({ headers, target: path, ...options })));
  const head = await raw.readHead();
  return { raw, session: new RawWebSocket(raw), ...head };
}

/** An open session of the user `raw` of this case. */
async function openRaw(t) {
  return RawWebSocket.open(await t.raw(), { target: target(t) });
}

/** The offer of somebody who calls the raw client, as a frame. */
async function assertReachable(t, session) {
  const caller = await t.connect(t.id('caller'));
  caller.offer(t.id('raw'));
  const offer = await session.nextFrame();
  assert.equal(JSON.parse(offer.payload).event, 'call:offer');
  return offer;
}

const offerTo = (callee, sdp = 's') => JSON.stringify({ event: 'call:offer', payload: { sdp, userId: callee.id } });

const GOOD = {
  'plain fields': {},
  'W01 Connection: keep-alive, Upgrade': { Connection: 'keep-alive, Upgrade' },
  'W01 Connection: keep-alive,upgrade': { Connection: 'keep-alive,upgrade' },
  'W01 Connection: Upgrade, close': { Connection: 'Upgrade, close' },
  'W01 Upgrade: WebSocket in capitals': { Upgrade: 'WebSocket' },
  'P07 version 8': { 'Sec-WebSocket-Version': '8' },
  'P03 Content-Length: 0 added by a proxy': { 'Content-Length': '0' },
  'an unknown Host': { Host: 'calls.example:8443' },
  'a cross-origin page': { Origin: 'https://app.example' },
  'P05 Origin: null': { Origin: 'null' },
  'P05 Origin: file://': { Origin: 'file://' },
  'P05 Origin: capacitor://localhost': { Origin: 'capacitor://localhost' },
};
for (const [what, headers] of Object.entries(GOOD)) {
  const row = 'Origin' in headers || 'Host' in headers ? 'O-2.13' : 'O-1.01';
  test(`upgrades with ${what}`, row, async (t) => {
    const { session, status } = await upgrade(t, { headers });
    assert.equal(status, 101);
    await assertReachable(t, session);
  });
}

test('W01 upgrades when Connection comes in two lines', 'O-1.01', async (t) => {
  assert.equal((await upgrade(t, { headers: { Connection: ['keep-alive', 'Upgrade'] } })).status, 101);
});

const NAMES = /^[\w-]+(?=:)/gm;
test('P07 upgrades with field names in small letters', 'O-1.01', async (t) => {
  const edit = (text) => text.replace(NAMES, (name) => name.toLowerCase());
  assert.equal((await upgrade(t, { edit })).status, 101);
});

test('P07 upgrades with field names in capitals', 'O-1.01', async (t) => {
  const edit = (text) => text.replace(NAMES, (name) => name.toUpperCase());
  assert.equal((await upgrade(t, { edit })).status, 101);
});

test('P07 upgrades with a tab after the colon and blanks at the end', 'O-1.01', async (t) => {
  const edit = (text) => text.replaceAll(': ', ':\t').replaceAll(/(?<=:\t.*)\r\n/g, '  \r\n');
  assert.equal((await upgrade(t, { edit })).status, 101);
});

test('P07 spells Sec-WebSocket-Accept as the RFC does', 'O-1.01', async (t) => {
  const { text } = await upgrade(t);
  assert.match(text, /\r\nSec-WebSocket-Accept: [A-Za-z0-9+/]{27}=/);
});

test('proves the handshake by the accept value of RFC 6455', 'O-1.01', async (t) => {
  const { get } = await upgrade(t, { headers: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' } });
  assert.equal(get('sec-websocket-accept'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

const BAD = {
  'W01 Connection: not-upgrade': { Connection: 'not-upgrade' },
  'P03 a key that a proxy ate': { 'Sec-WebSocket-Key': null },
  'P03 an Upgrade line that a proxy ate': { Upgrade: null },
  'a key of 15 bytes': { 'Sec-WebSocket-Key': Buffer.alloc(15).toString('base64') },
  'a key that is no base64': { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' },
  'version 7': { 'Sec-WebSocket-Version': '7' },
  'no version': { 'Sec-WebSocket-Version': null },
};
for (const [what, headers] of Object.entries(BAD)) {
  test(`refuses an upgrade with ${what}`, 'O-1.01', async (t) => {
    const { status } = await upgrade(t, { headers });
    assert.ok(status >= 400 && status < 500, `answered ${status}`);
  });
}

test.ours('P07 refuses a folded header line', 'O-1.01', async (t) => {
  assert.equal((await upgrade(t, { headers: { 'X-Folded': 'one\r\n two' } })).status, 400);
});

test.ours('refuses two Host lines', 'O-1.01', async (t) => {
  assert.equal((await upgrade(t, { headers: { Host: ['one.example', 'other.example'] } })).status, 400);
});

test.ours('refuses an upgrade in HTTP/1.0', 'O-1.01', async (t) => {
  const { status } = await upgrade(t, { version: 'HTTP/1.0' });
  assert.ok(status >= 400 && status < 500, `answered ${status}`);
});

test('refuses an upgrade by POST', 'O-1.01', async (t) => {
  const { status } = await upgrade(t, { method: 'POST', headers: { 'Content-Length': '0' } });
  assert.ok(status >= 400 && status < 500, `answered ${status}`);
});

const OTHER_PATHS = { '/ws/': 'O-3.49', '/WS': 'O-3.50', '//ws': 'O-3.51' };
for (const path of ['/ws/', '/WS', '//ws', '/', '/wss', '/calls/ws', '/%77s', '/ws;x=1', '/ws%3Ftoken=T', '/healthz']) {
  test(`P08 answers an upgrade at ${path} with 404`, `${OTHER_PATHS[path] ?? 'O-1.01'} O-2.17`, async (t) => {
    const separator = path.includes('token') ? '&' : '?';
    const { status } = await upgrade(t, { path: `${path}${separator}token=${mint({ userId: t.id('x') })}` });
    assert.equal(status, 404);
  });
}

test('P08 upgrades at the absolute form of the address', 'O-1.01', async (t) => {
  assert.equal((await upgrade(t, { path: `http://h${target(t)}` })).status, 101);
});

test('never negotiates permessage-deflate', 'O-1.02', async (t) => {
  const { session, get } = await upgrade(t, { headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } });
  assert.equal(get('sec-websocket-extensions'), undefined);
  // Reading a frame fails if a reserved bit is set.
  await assertReachable(t, session);
});

for (const offered of ['x-webkit-deflate-frame', 'permessage-deflate; client_max_window_bits, x-webkit-deflate-frame']) {
  test(`W02 sends no extensions line for ${offered}`, 'O-1.02', async (t) => {
    const { status, text } = await upgrade(t, { headers: { 'Sec-WebSocket-Extensions': offered } });
    assert.equal(status, 101);
    assert.doesNotMatch(text, /sec-websocket-extensions/i);
  });
}

// The library under the reference refuses a header that it need not understand.
for (const offered of ['', 'foo;bar="a,b"']) {
  test.ours(`W02 ignores the extensions line "${offered}"`, 'O-1.02', async (t) => {
    const { status, text } = await upgrade(t, { headers: { 'Sec-WebSocket-Extensions': offered } });
    assert.equal(status, 101);
    assert.doesNotMatch(text, /sec-websocket-extensions/i);
  });
}

test('echoes the first subprotocol offered', 'O-1.02 O-3.48', async (t) => {
  const client = await t.connect(t.id('a'), { protocols: ['chat', 'superchat'] });
  assert.equal(client.ws.protocol, 'chat');
});

test('selects no subprotocol when none is offered', 'O-3.48', async (t) => {
  const { get } = await upgrade(t);
  assert.equal(get('sec-websocket-protocol'), undefined);
});

test('passes over unknown subprotocols of its own name space', 'O-3.48', async (t) => {
  const client = await t.connect(t.id('a'), { protocols: ['zvonok.unknown', 'chat'] });
  assert.equal(client.ws.protocol, 'chat');
});

test.ours('refuses a token subprotocol without zvonok.v2', 'O-3.48', async (t) => {
  const token = mint({ userId: t.id('a') });
  const refused = t.connect({ token: null }, { protocols: ['chat', `zvonok.jwt.${token}`] });
  await assert.rejects(refused, (error) => error instanceof Refused && error.status === 400);
});

test('sends nothing when a connection is accepted', 'O-1.04 O-1.13 O-2.01', async (t) => {
  const [a] = await t.people('a');
  await quiet(a, a);
});

test('has registered a client by the time it sees open', 'O-1.04 O-2.03', async (t) => {
  const [caller] = await t.people('caller');
  for (let round = 0; round < 20; ++round) {
    const callee = await t.connect(t.id(`callee${round}`));
    caller.offer(callee.id);
    await callee.next('call:offer');
    caller.hangup();
  }
});

test('reads a frame that came in one segment with the handshake', 'O-3.52 O-2.03', async (t) => {
  const [callee] = await t.people('callee');
  await RawWebSocket.open(await t.raw(), { target: target(t), early: frame({ payload: offerTo(callee) }) });
  assert.equal((await callee.next('call:offer')).payload.fromUserId, t.id('raw'));
});

test('reads many frames that came with the handshake, in their order', 'O-2.03 O-2.16', async (t) => {
  const [callee] = await t.people('callee');
  const ice = (candidate) => frame({ payload: JSON.stringify({ event: 'call:ice', payload: { candidate } }) });
  const frames = [frame({ payload: offerTo(callee) }), ...Array.from({ length: 30 }, (_, at) => ice(at))];
  await RawWebSocket.open(await t.raw(), { target: target(t), early: Buffer.concat(frames) });
  await callee.next('call:offer');
  for (let at = 0; at < 30; ++at) assert.equal((await callee.next('call:ice')).payload.candidate, at);
});

test('joins a frame that arrives byte by byte', 'O-1.05', async (t) => {
  const [callee] = await t.people('callee');
  const session = await openRaw(t);
  await session.raw.pieces([...frame({ payload: offerTo(callee) })].map((byte) => Buffer.from([byte])));
  await callee.next('call:offer');
});

test('W04 joins the fragments of a large offer, a ping between them', 'O-1.05', async (t) => {
  const [callee] = await t.people('callee');
  const session = await openRaw(t);
  const sdp = 'ж'.repeat(20_000);
  const data = Buffer.from(offerTo(callee, sdp));
  // 4,093 is odd, so that letters of two bytes are cut between fragments.
  const parts = [];
  for (let at = 0; at < data.length; at += 4093) parts.push(data.subarray(at, at + 4093));
  parts.splice(3, 0, Buffer.alloc(0));
  const frames = fragments(parts);
  frames.splice(2, 0, frame({ opcode: opcodes.ping, payload: 'between' }));
  // Each header is cut in two.
  await session.raw.pieces(frames.flatMap((one) => [one.subarray(0, 3), one.subarray(3)]));
  const pong = await session.nextFrame();
  assert.deepEqual([pong.opcode, pong.payload.toString()], [opcodes.pong, 'between']);
  assert.equal((await callee.next('call:offer')).payload.sdp, sdp);
});

test('accepts a binary frame that holds JSON text', 'O-1.05', async (t) => {
  const [a, b] = await t.people('a', 'b');
  a.sendRaw(Buffer.from(JSON.stringify({ event: 'call:offer', payload: { sdp: 's', userId: b.id } })));
  await b.next('call:offer');
});

test('sends text frames only, unmasked and whole', 'O-2.01', async (t) => {
  // Reading a frame fails if it is masked.
  const { opcode, fin } = await assertReachable(t, await openRaw(t));
  assert.deepEqual({ opcode, fin }, { opcode: opcodes.text, fin: true });
});

test('W17 echoes a ping with its unmasked bytes', 'O-4.11', async (t) => {
  const session = await openRaw(t);
  for (const [payload, mask] of [['', [1, 2, 3, 4]], ['x', [0, 0, 0, 0]], ['p'.repeat(125), [9, 8, 7, 6]]]) {
    await session.send(frame({ opcode: opcodes.ping, payload, mask: Buffer.from(mask) }));
    const pong = await session.nextFrame();
    assert.deepEqual([pong.opcode, pong.payload.toString()], [opcodes.pong, payload]);
  }
});

test('W17 answers no pong that nobody asked for, and does not close', 'O-4.11', async (t) => {
  const session = await openRaw(t);
  const pong = (at) => frame({ opcode: opcodes.pong, payload: at % 2 ? '' : 'q'.repeat(125) });
  await session.send(...Array.from({ length: 30 }, (_, at) => pong(at)));
  await session.send(frame({ opcode: opcodes.ping, payload: 'after' }));
  assert.equal((await session.nextFrame()).payload.toString(), 'after');
});

test('W05 answers a close frame without a code by a clean close', 'O-1.10', async (t) => {
  const session = await openRaw(t);
  await session.send(closeFrame());
  const { code } = await session.readClose();
  assert.ok(code === undefined || code === 1000, `closed with ${code}`);
});

test('answers a close frame with a close frame, and ends the stream', 'O-1.10', async (t) => {
  const session = await openRaw(t);
  await session.close(1001, 'bye');
  await session.expectClose([1000, 1001]);
});

test('lets 40 connections of one address in at once', 'O-2.15', async (t) => {
  const clients = await Promise.all(Array.from({ length: 40 }, (_, at) => t.connect(t.id(`many${at}`))));
  await Promise.all(clients.map((client) => client.roundTrip()));
});
