// The opening handshake: what upgrades, what is refused and how, and what the answer looks like.
import { strict as assert } from 'node:assert';

import { closeFrame, fragments, frame, opcodes } from '../../lib/frames.js';
import { acceptFor, requestHead, upgradeHead } from '../../lib/http_head.js';
import { RawWebSocket } from '../../lib/raw_websocket.js';
import { iceText, inPieces } from './proofs.js';

const kKey = 'dGhlIHNhbXBsZSBub25jZQ==';

/// Upgrades with this request, then proves that the session is one. `head` makes the request from a token.
const upgrades = (name, head, look = () => {}) => ({
  name: `upgrades ${name}`,
  async run(t) {
    const session = await t.ws(
      { token: t.token(t.user('a')) },
      typeof head === 'function' ? { head: head(t.token(t.user('a'))) } : head,
    );
    await session.roundTrip();
    await look(session.response, t);
  },
});

/// Refused before the upgrade with one of these statuses; the connection is answered and not left hanging.
const refuses = (statuses, name, head, look = () => {}) => ({
  name: `refuses ${name}`,
  async run(t) {
    const raw = await t.raw();
    await raw.write(head(t.token(t.user('a'))));
    const response = await raw.readResponse();
    assert.ok([statuses].flat().includes(response.status), `expected ${statuses}, got ${response.statusLine}`);
    await look(response);
  },
});

const withHeaders = (headers, more = {}) => ({ headers, ...more });
const withLines =
  (...lines) =>
  (token) =>
    [`GET /ws?token=${token} HTTP/1.1`, ...lines, '', ''].join('\r\n');
const usual = [
  'Host: h',
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Key: ${kKey}`,
  'Sec-WebSocket-Version: 13',
];

const spelling = [
  upgrades('an ordinary request', {}),
  upgrades(
    'header names in lower case',
    withLines(...usual.map((line) => line.replace(/^[^:]+/, (n) => n.toLowerCase()))),
  ),
  upgrades(
    'header names in upper case',
    withLines(...usual.map((line) => line.replace(/^[^:]+/, (n) => n.toUpperCase()))),
  ),
  upgrades(
    'header names as Go proxies write them',
    withLines(...usual.map((line) => line.replace('WebSocket', 'Websocket'))),
  ),
  upgrades('headers in reverse order', withLines(...[...usual].reverse())),
  upgrades('a tab behind each colon', withLines(...usual.map((line) => line.replace(': ', ':\t')))),
  upgrades('no blank behind the colons', withLines(...usual.map((line) => line.replace(': ', ':')))),
  upgrades('blanks behind the values', withLines(...usual.map((line) => `${line}  \t`))),
  ...['WebSocket', 'WEBSOCKET', 'wEbSoCkEt'].map((value) =>
    upgrades(`Upgrade: ${value}`, withHeaders({ Upgrade: value })),
  ),
  upgrades('Upgrade: websocket, h2c', withHeaders({ Upgrade: 'websocket, h2c' })),
  ...[
    'upgrade',
    'UPGRADE',
    'keep-alive, Upgrade',
    'keep-alive,upgrade',
    'Upgrade, close',
    'close, Upgrade',
    ' ,Upgrade,',
    'Upgrade,,keep-alive',
  ].map((value) => upgrades(`Connection: ${value}`, withHeaders({ Connection: value }))),
  upgrades('two Connection lines', withHeaders({ Connection: ['keep-alive', 'Upgrade'] })),
  upgrades('protocol version 8', withHeaders({ 'Sec-WebSocket-Version': '8' })),
  upgrades('Content-Length: 0, as Envoy adds it', withHeaders({ 'Content-Length': '0' })),
  upgrades('a Host with a port', withHeaders({ Host: 'calls.example:8443' })),
  upgrades('a Host that is an IPv6 address', withHeaders({ Host: '[::1]:3001' })),
  upgrades(
    'fifty further headers',
    withHeaders(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`X-Proxy-${i}`, 'x']))),
  ),
  upgrades('a cookie of 4 KB', withHeaders({ Cookie: `session=${'c'.repeat(4096)}` })),
  ...['null', 'file://', 'capacitor://localhost', 'https://x.example:8443', `https://${'o'.repeat(3000)}.example`].map(
    (origin) => upgrades(`Origin ${origin.slice(0, 40)}`, withHeaders({ Origin: origin })),
  ),
  {
    name: 'answers Upgrade: h2c, websocket with an upgrade or a clean refusal',
    async run(t) {
      const raw = await t.raw();
      await raw.write(
        upgradeHead({ target: `/ws?token=${t.token(t.user('a'))}`, headers: { Upgrade: 'h2c, websocket' } }),
      );
      const { status } = await raw.readHead();
      assert.ok(status === 101 || (status >= 400 && status < 500), `got ${status}`);
    },
  },
];

const targets = [
  upgrades('the absolute form of the target', (token) => upgradeHead({ target: `http://localhost/ws?token=${token}` })),
  upgrades('the absolute form with another host than Host', (token) =>
    upgradeHead({ target: `http://elsewhere.example/ws?token=${token}` }),
  ),
  upgrades('empty parameters before the token', (token) => upgradeHead({ target: `/ws?&&token=${token}` })),
  upgrades('another parameter before the token', (token) => upgradeHead({ target: `/ws?x=1&token=${token}` })),
  upgrades('a token with percent-encoded dots', (token) =>
    upgradeHead({ target: `/ws?token=${token.replaceAll('.', '%2E')}` }),
  ),
  upgrades('a token in Authorization: Bearer', (token) =>
    upgradeHead({ headers: { Authorization: `Bearer ${token}` } }),
  ),
  upgrades('a token in authorization: bearer', (token) =>
    upgradeHead({ headers: { authorization: `bearer ${token}` } }),
  ),
  ...[
    '//ws',
    '/ws/',
    '/WS',
    '/Ws',
    '/%77s',
    '/ws;x=1',
    '/calls/ws',
    '/',
    '/wsx',
    '/ws/ws',
    '/./ws',
    '/x/../ws',
    '/ws%2F',
    '/healthz',
    '/metrics',
  ].map((path) =>
    refuses(
      404,
      `an upgrade at ${path}`,
      (token) => upgradeHead({ target: `${path}?token=${token}` }),
      ({ body, get }) => {
        assert.match(get('content-type'), /^application\/problem\+json/);
        assert.match(body, /\/ws/, 'the answer names the right path');
      },
    ),
  ),
  refuses(404, 'an upgrade at /ws%3Ftoken=', (token) => upgradeHead({ target: `/ws%3Ftoken=${token}` })),
  refuses(404, 'an upgrade at the absolute form of another path', (token) =>
    upgradeHead({ target: `http://localhost/other?token=${token}` }),
  ),
  refuses(426, 'GET /ws without an upgrade', (token) => requestHead({ target: `/ws?token=${token}` })),
];

const missing = (name, headers, named) =>
  refuses(
    [400, 426],
    name,
    (token) => upgradeHead({ target: `/ws?token=${token}`, headers }),
    ({ body }) => {
      if (named) assert.ok(body.toLowerCase().includes(named.toLowerCase()), `the answer names ${named}: ${body}`);
    },
  );

const key = (name, value) =>
  refuses(400, name, (token) => upgradeHead({ target: `/ws?token=${token}`, headers: { 'Sec-WebSocket-Key': value } }));
const base64 = (count) => Buffer.alloc(count, 7).toString('base64');

const incomplete = [
  missing('a request without Upgrade', { Upgrade: null }, 'Upgrade'),
  missing('a request without Connection', { Connection: null }, 'Connection'),
  missing('Connection: not-upgrade', { Connection: 'not-upgrade' }),
  missing('Connection: keep-alive', { Connection: 'keep-alive' }),
  missing('Connection: upgraded', { Connection: 'upgraded' }),
  missing('Upgrade: h2c', { Upgrade: 'h2c' }),
  missing('Upgrade: websockets', { Upgrade: 'websockets' }),
  missing('an empty Upgrade', { Upgrade: '' }),
  missing('a request without a key', { 'Sec-WebSocket-Key': null }, 'Sec-WebSocket-Key'),
  key('an empty key', ''),
  key('a key of 15 bytes', base64(15)),
  key('a key of 17 bytes', base64(17)),
  key('a key of 32 bytes', base64(32)),
  key('a key that is no base64', '!!!!!!!!!!!!!!!!!!!!!!=='),
  key('a key without padding', kKey.slice(0, -2)),
  key('a key in base64url', '-_-_-_-_-_-_-_-_-_-_-w=='),
  key('a key with a blank inside', `${kKey.slice(0, 8)} ${kKey.slice(8)}`),
  key('two keys', [kKey, base64(16)]),
  ...['', '7', '12', '14', '0', '99', '-13', '13.0', '0x0d', 'thirteen', '999999999999999999999'].map((version) =>
    missing(`protocol version "${version}"`, { 'Sec-WebSocket-Version': version }),
  ),
  missing('a request without a protocol version', { 'Sec-WebSocket-Version': null }),
];

const outsideOfHttp = [
  refuses([400, 426, 505], 'an upgrade in HTTP/1.0', (token) =>
    upgradeHead({ target: `/ws?token=${token}`, version: 'HTTP/1.0' }),
  ),
  // OPTIONS asks what may be done with /ws, and is told; nothing is upgraded by it either.
  ...['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].map((method) =>
    refuses(method === 'OPTIONS' ? 204 : [400, 404, 405, 426], `an upgrade by ${method}`, (token) =>
      upgradeHead({ method, target: `/ws?token=${token}` }),
    ),
  ),
  {
    name: 'refuses an upgrade by HEAD without a body',
    async run(t) {
      const raw = await t.raw();
      await raw.write(upgradeHead({ method: 'HEAD', target: `/ws?token=${t.token(t.user('a'))}` }));
      const { status } = await raw.readResponse({ method: 'HEAD' });
      assert.ok([400, 404, 405, 426].includes(status), `got ${status}`);
    },
  },
  refuses(
    400,
    'an upgrade with a body',
    (token) => `${upgradeHead({ target: `/ws?token=${token}`, headers: { 'Content-Length': '5' } })}hello`,
  ),
  refuses(
    400,
    'an upgrade with a chunked body',
    (token) => `${upgradeHead({ target: `/ws?token=${token}`, headers: { 'Transfer-Encoding': 'chunked' } })}0\r\n\r\n`,
  ),
  refuses(400, 'an upgrade without Host', (token) =>
    upgradeHead({ target: `/ws?token=${token}`, headers: { Host: null } }),
  ),
  refuses(400, 'an upgrade with two Hosts', (token) =>
    upgradeHead({ target: `/ws?token=${token}`, headers: { Host: ['a', 'b'] } }),
  ),
  refuses(400, 'an upgrade with the same Host twice', (token) =>
    upgradeHead({ target: `/ws?token=${token}`, headers: { Host: ['a', 'a'] } }),
  ),
  refuses(400, 'a folded header line', withLines(...usual, 'X-Folded: a', '  b')),
];

const noExtension = (response) => {
  assert.equal(response.get('sec-websocket-extensions'), undefined, 'not even an empty Sec-WebSocket-Extensions');
};

const extensions = [
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'x-webkit-deflate-frame',
  'permessage-deflate; client_max_window_bits, x-webkit-deflate-frame',
  '',
  'foo;bar="a,b"',
  'permessage-bzip2, mux',
].map((value) =>
  upgrades(
    `without the extension that "${value}" offers`,
    withHeaders({ 'Sec-WebSocket-Extensions': value }),
    noExtension,
  ),
);

const protocols = [
  [undefined, undefined],
  ['chat', 'chat'],
  ['chat, superchat', 'chat'],
  ['zvonok.v9, chat', 'chat'],
  ['zvonok.v9', undefined],
  ['zvonok.', undefined],
  ['zvonok.x, zvonok.y, other', 'other'],
  ['graphql-ws', 'graphql-ws'],
  ['a,b,c', 'a'],
].map(([offered, selected]) =>
  upgrades(
    `with the subprotocol ${selected ?? 'none'} when ${offered ? `"${offered}"` : 'nothing'} is offered`,
    withHeaders({ 'Sec-WebSocket-Protocol': offered ?? null }),
    (response) => assert.equal(response.get('sec-websocket-protocol'), selected),
  ),
);

const moreProtocols = [
  upgrades(
    'with the first of two subprotocol lines',
    withHeaders({ 'Sec-WebSocket-Protocol': ['one', 'two'] }),
    (response) => assert.equal(response.get('sec-websocket-protocol'), 'one'),
  ),
  refuses(400, 'zvonok.jwt without zvonok.v2', (token) =>
    upgradeHead({ headers: { 'Sec-WebSocket-Protocol': `zvonok.jwt.${token}` } }),
  ),
  refuses(400, 'zvonok.jwt beside another subprotocol', (token) =>
    upgradeHead({ headers: { 'Sec-WebSocket-Protocol': `chat, zvonok.jwt.${token}` } }),
  ),
];

const answer = [
  upgrades(
    'with the key of RFC 6455 to the accept value of RFC 6455',
    withHeaders({ 'Sec-WebSocket-Key': kKey }),
    (response) => {
      assert.equal(response.get('sec-websocket-accept'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    },
  ),
  ...[1, 2, 3].map((n) => {
    const random = Buffer.alloc(16, n).toString('base64');
    return upgrades(
      `with the accept value that belongs to the key ${random}`,
      withHeaders({ 'Sec-WebSocket-Key': random }),
      (response) => assert.equal(response.get('sec-websocket-accept'), acceptFor(random)),
    );
  }),
  upgrades('in the spelling of the RFC', {}, ({ headers, statusLine }) => {
    assert.match(statusLine, /^HTTP\/1\.1 101 /);
    const names = headers.map(([name]) => name);
    for (const name of ['Upgrade', 'Connection', 'Sec-WebSocket-Accept'])
      assert.equal(names.filter((one) => one === name).length, 1, name);
    assert.equal(headers.find(([name]) => name === 'Upgrade')[1], 'websocket');
    assert.equal(headers.find(([name]) => name === 'Connection')[1].toLowerCase(), 'upgrade');
  }),
  upgrades('without a version banner, a cookie or a body', {}, (response) => {
    assert.doesNotMatch(response.get('server') ?? '', /\d/);
    for (const name of ['set-cookie', 'content-length', 'transfer-encoding'])
      assert.equal(response.get(name), undefined, name);
  }),
];

/// Frames in the same segment as the request that asks for the upgrade.
const early = (name, frames, prove) => ({
  name,
  async run(t) {
    const b = await t.ws('b');
    const offer = frame({
      payload: JSON.stringify({ event: 'call:offer', payload: { sdp: t.secret('sdp'), userId: t.user('b') } }),
    });
    const a = await t.ws('a', { early: Buffer.concat([offer, ...frames]) });
    await b.nextMessage('call:offer');
    await prove(a, b);
  },
});

const earlyFrames = [
  early('takes an offer in the same segment as the upgrade', [], () => {}),
  early(
    'takes an offer and twenty candidates in the same segment as the upgrade',
    Array.from({ length: 20 }, (_, i) => frame({ payload: iceText(`${i}`) })),
    async (a, b) => {
      for (let i = 0; i < 20; i++) assert.equal((await b.nextMessage('call:ice')).payload.candidate, `${i}`);
    },
  ),
  early(
    'takes fragments in the same segment as the upgrade',
    fragments([iceText('parts').slice(0, 9), iceText('parts').slice(9)]),
    async (a, b) => {
      assert.equal((await b.nextMessage('call:ice')).payload.candidate, 'parts');
    },
  ),
  early(
    'takes half a frame in the same segment as the upgrade and the rest later',
    [frame({ payload: iceText('half'), mask: Buffer.alloc(4) }).subarray(0, 20)],
    async (a, b) => {
      await a.send(frame({ payload: iceText('half'), mask: Buffer.alloc(4) }).subarray(20));
      assert.equal((await b.nextMessage('call:ice')).payload.candidate, 'half');
    },
  ),
  early('takes a close in the same segment as the upgrade', [closeFrame(4000)], async (a, b) => {
    a.closeWasSent();
    await a.expectClose(4000);
    await b.nextMessage('call:hangup');
  }),
  early('refuses a faulty frame in the same segment as the upgrade', [frame({ rsv: 1 })], async (a, b) => {
    await a.expectClose(1002);
    await b.nextMessage('call:hangup');
  }),
  {
    name: 'answers a ping that comes in the same segment as the upgrade behind its 101',
    async run(t) {
      const a = await t.ws('a', { early: frame({ opcode: opcodes.ping, payload: 'early' }) });
      assert.equal((await a.nextFrame()).payload.toString(), 'early');
    },
  },
  {
    name: 'ignores what a refused client sends in the same segment as its upgrade',
    async run(t) {
      const b = await t.ws('b');
      const offer = frame({
        payload: JSON.stringify({ event: 'call:offer', payload: { sdp: t.secret('sdp'), userId: t.user('b') } }),
      });
      const a = await t.ws(
        { token: t.token(t.user('a'), { key: 'another secret of thirty-two bytes' }) },
        { early: offer },
      );
      await a.expectClose(4001);
      await b.quiet();
    },
  },
  {
    name: 'upgrades a request that comes byte by byte',
    async run(t) {
      const raw = await t.raw();
      await raw.pieces(inPieces(Buffer.from(upgradeHead({ target: `/ws?token=${t.token(t.user('a'))}` })), 1));
      assert.equal((await raw.readHead()).status, 101);
      await new RawWebSocket(raw).roundTrip();
    },
  },
  {
    name: 'upgrades a second request on a connection that has answered one',
    async run(t) {
      const raw = await t.raw();
      await raw.write(requestHead({ target: '/healthz' }));
      assert.equal((await raw.readResponse()).status, 200);
      await (await RawWebSocket.open(raw, { token: t.token(t.user('a')) })).roundTrip();
    },
  },
];

export const handshakeCases = [
  ...spelling,
  ...targets,
  ...incomplete,
  ...outsideOfHttp,
  ...extensions,
  ...protocols,
  ...moreProtocols,
  ...answer,
  ...earlyFrames,
];
