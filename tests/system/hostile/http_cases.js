// What arrives at the port in the name of HTTP: requests made to be read in two ways, heads that break the grammar,
// sizes without end, and protocols that are not HTTP at all. A refused request gets one answer, and then the connection
// ends: whatever stands behind it is never taken for a request.
import { strict as assert } from 'node:assert';

import { requestHead } from '../../lib/http_head.js';

/// What a smuggler hopes to have answered. Its answer would be a 200.
const kSmuggled = 'GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n';

const statuses = (text) => [...text.matchAll(/(?:^|\r\n|})HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status));

/// Everything that comes until the server ends the stream.
async function untilEnd(raw) {
  const ended = await raw.readEnd();
  return { ended, text: raw.bytes.toString('latin1') };
}

/// One answer with one of `allowed`, then FIN and nothing more. `allowed` may hold 0: no answer at all.
const rejects = (name, bytes, allowed = [400]) => ({
  name: `refuses ${name}`,
  async run(t) {
    const raw = await t.raw();
    raw.pour(typeof bytes === 'function' ? bytes(t) : bytes);
    const { ended, text } = await untilEnd(raw);
    const got = statuses(text);
    if (got.length === 0 && [allowed].flat().includes(0)) return;
    assert.equal(ended, 'fin', `the answer must not be lost to a reset: ${text.slice(0, 200)}`);
    assert.equal(got.length, 1, `exactly one answer: ${text.slice(0, 500)}`);
    assert.ok([allowed].flat().includes(got[0]), `expected ${allowed}, got ${got[0]}`);
  },
});

/// An ordinary request that is answered with one of `allowed`, and after which the connection still serves.
const serves = (name, bytes, allowed, method = 'GET') => ({
  name,
  async run(t) {
    const raw = await t.raw();
    await raw.write(bytes);
    const { status } = await raw.readResponse({ method });
    assert.ok([allowed].flat().includes(status), `expected ${allowed}, got ${status}`);
    await raw.write(requestHead({ target: '/healthz' }));
    assert.equal((await raw.readResponse()).status, 200);
  },
});

const post = (headers, body) => `${requestHead({ method: 'POST', target: '/nowhere', headers })}${body}`;
const kChunked = { 'Transfer-Encoding': 'chunked' };
const get = (headers) => requestHead({ target: '/healthz', headers });
const lines = (...all) => [...all, '', ''].join('\r\n');

const kNotFramed = [400, 501];
const kNoSuchPost = [400, 404, 405];

const smuggling = [
  rejects(
    'both Content-Length and Transfer-Encoding',
    post({ 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }, `0\r\n\r\n${kSmuggled}`),
  ),
  rejects(
    'both Transfer-Encoding and Content-Length',
    post({ 'Transfer-Encoding': 'chunked', 'Content-Length': '50' }, `0\r\n\r\n${kSmuggled}`),
  ),
  rejects('two Content-Length lines that differ', post({ 'Content-Length': ['0', `${kSmuggled.length}`] }, kSmuggled)),
  rejects(
    'two Content-Length lines that agree',
    post({ 'Content-Length': ['5', '5'] }, `hello${kSmuggled}`),
    kNoSuchPost,
  ),
  ...[
    '5, 6',
    '+5',
    '-1',
    '5 5',
    '0x5',
    '',
    '99999999999999999999',
    '18446744073709551621',
    '1e2',
    '5;',
    '５',
    '5.0',
  ].map((length) =>
    rejects(`Content-Length "${length}"`, post({ 'Content-Length': length }, `hello${kSmuggled}`), [400, 413]),
  ),
  ...[
    'xchunked',
    'chunked, identity',
    'identity',
    'chunked, chunked',
    'gzip',
    'gzip, chunked',
    '"chunked"',
    'chunked;q=1',
    '\x0bchunked',
    'chun ked',
    '',
  ].map((coding) =>
    rejects(
      `Transfer-Encoding ${JSON.stringify(coding)}`,
      post({ 'Transfer-Encoding': coding }, `0\r\n\r\n${kSmuggled}`),
      kNotFramed,
    ),
  ),
  rejects(
    'two Transfer-Encoding lines',
    post({ 'Transfer-Encoding': ['chunked', 'identity'] }, `0\r\n\r\n${kSmuggled}`),
    kNotFramed,
  ),
  rejects(
    'a blank before the colon of Transfer-Encoding',
    `POST /nowhere HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${kSmuggled}`,
  ),
  rejects(
    'a blank before the colon of Content-Length',
    `POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length : 5\r\n\r\nhello${kSmuggled}`,
  ),
  rejects(
    'Transfer-Encoding in HTTP/1.0',
    `POST /nowhere HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${kSmuggled}`,
    [...kNotFramed, 404, 405],
  ),
  ...[
    ['a size that is no number', 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a negative size', '-5\r\nhello\r\n0\r\n\r\n'],
    ['a size that overflows', 'fffffffffffffffff\r\nhello'],
    ['a size of 2^63', '8000000000000000\r\nhello'],
    ['no line end behind the data', '5\r\nhello0\r\n\r\n'],
    ['a bare LF behind the size', '5\nhello\r\n0\r\n\r\n'],
    ['a blank before the size', ' 5\r\nhello\r\n0\r\n\r\n'],
    ['a size of 0x5', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['an empty size', '\r\nhello\r\n0\r\n\r\n'],
    ['an extension of 300 KB', `5;${'x'.repeat(300_000)}\r\nhello\r\n0\r\n\r\n`],
    ['a NUL in the size', '5\0\r\nhello\r\n0\r\n\r\n'],
    ['data longer than its size', '3\r\nhello\r\n0\r\n\r\n'],
  ].map(([name, body]) =>
    rejects(`a chunked body with ${name}`, post(kChunked, `${body}${kSmuggled}`), [
      ...kNoSuchPost,
      413,
    ]),
  ),
  {
    name: 'takes a request in the body of a GET for a body',
    async run(t) {
      const raw = await t.raw();
      raw.pour(`${get({ 'Content-Length': `${kSmuggled.length}`, Connection: 'close' })}${kSmuggled}`);
      assert.equal(statuses((await untilEnd(raw)).text).length, 1);
    },
  },
  {
    name: 'does not answer what stands behind a request with Connection: close',
    async run(t) {
      const raw = await t.raw();
      raw.pour(`${get({ Connection: 'close' })}${kSmuggled}`);
      assert.deepEqual(statuses((await untilEnd(raw)).text), [200]);
    },
  },
];

const grammar = [
  rejects('a folded header', lines('GET /healthz HTTP/1.1', 'Host: h', 'X-A: b', ' c')),
  rejects('a folded Host', lines('GET /healthz HTTP/1.1', 'Host:', ' h')),
  rejects('line ends that are bare LF', 'GET /healthz HTTP/1.1\nHost: h\n\n', [400, 0]),
  rejects('one header that ends in a bare LF', 'GET /healthz HTTP/1.1\r\nHost: h\nX-A: b\r\n\r\n'),
  rejects('a bare CR in a value', 'GET /healthz HTTP/1.1\r\nHost: h\r\nX-A: b\rc\r\n\r\n'),
  rejects('a NUL in a value', lines('GET /healthz HTTP/1.1', 'Host: h', 'X-A: b\0c')),
  rejects('a NUL in a name', lines('GET /healthz HTTP/1.1', 'Host: h', 'X\0A: b')),
  rejects('a NUL in the target', lines('GET /heal\0thz HTTP/1.1', 'Host: h'), [400, 404]),
  rejects('a control character in a value', lines('GET /healthz HTTP/1.1', 'Host: h', 'X-A: b\x01c')),
  rejects('DEL in a value', lines('GET /healthz HTTP/1.1', 'Host: h', 'X-A: b\x7fc')),
  rejects('a blank before a colon', lines('GET /healthz HTTP/1.1', 'Host : h')),
  rejects('a blank inside a name', lines('GET /healthz HTTP/1.1', 'Host: h', 'X A: b')),
  rejects('a blank before the first name', lines('GET /healthz HTTP/1.1', ' Host: h')),
  rejects('an empty name', lines('GET /healthz HTTP/1.1', 'Host: h', ': b')),
  rejects('a bracket in a name', lines('GET /healthz HTTP/1.1', 'Host: h', 'X(A): b')),
  rejects('a letter outside of ASCII in a name', Buffer.from(lines('GET /healthz HTTP/1.1', 'Host: h', 'Xé: b'))),
  rejects('a header without a colon', lines('GET /healthz HTTP/1.1', 'Host: h', 'nonsense')),
  rejects('no Host', lines('GET /healthz HTTP/1.1')),
  rejects('two Hosts', lines('GET /healthz HTTP/1.1', 'Host: a', 'Host: b')),
  serves('serves a value with letters outside of ASCII', Buffer.from(get({ 'X-A': 'é' })), [200, 400]),
  ...[
    'GET /healthz',
    'GET',
    '/healthz HTTP/1.1',
    'GET /healthz HTTP/1.1x',
    'GET /healthz HTTP/1',
    'GET /healthz http/1.1',
    'GET /healthz HTTPS/1.1',
    'GET /healthz HTTP/-1.1',
    'GET /healthz HTTP/1.1 x',
    'GET /heal thz HTTP/1.1',
    'GET  HTTP/1.1',
    'GET\t/healthz\tHTTP/1.1',
    'G<T /healthz HTTP/1.1',
    'GET: /healthz HTTP/1.1',
    'GET healthz HTTP/1.1',
  ].map((line) => rejects(`the request line ${JSON.stringify(line)}`, lines(line, 'Host: h'), [400, 404, 405, 505, 0])),
  ...['HTTP/2.0', 'HTTP/0.9', 'HTTP/9.9', 'HTTP/1.11'].map((version) =>
    rejects(`version ${version}`, lines(`GET /healthz ${version}`, 'Host: h'), [400, 505, 0]),
  ),
  ...['get', 'BREW', 'M-SEARCH', 'x'.repeat(8000)].map((method) =>
    rejects(
      `the method ${method.slice(0, 20)}`,
      lines(`${method} /healthz HTTP/1.1`, 'Host: h', 'Connection: close'),
      [400, 404, 405, 431, 501],
    ),
  ),
  rejects('CONNECT', lines('CONNECT example.org:443 HTTP/1.1', 'Host: example.org:443'), [400, 404, 405, 501]),
  {
    name: 'refuses TRACE and echoes nothing of the request',
    async run(t) {
      const raw = await t.raw();
      await raw.write(
        requestHead({
          method: 'TRACE',
          target: '/',
          headers: { 'X-Private': t.secret('header'), Connection: 'close' },
        }),
      );
      const { text } = await untilEnd(raw);
      assert.ok([400, 404, 405, 501].includes(statuses(text)[0]));
      assert.doesNotMatch(text, /-secret-/);
    },
  },
];

const targets = [
  serves('serves the absolute form', requestHead({ target: 'http://x/healthz' }), 200),
  serves('serves a target with a query of 8 KB', requestHead({ target: `/healthz?${'q'.repeat(8000)}` }), 200),
  ...[
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%00',
    '/healthz%00',
    '/%zz',
    '/%',
    '/healthz/',
    '//healthz',
    '/\\..\\x',
    '/%ff%fe',
    '/.env',
    '/.git/config',
    '/metrics',
    '/debug',
  ].map((target) => serves(`finds nothing at ${target}`, requestHead({ target }), [400, 404])),
  {
    name: 'puts nothing of the target into the answer',
    async run(t) {
      const raw = await t.raw();
      await raw.write(requestHead({ target: '/<script>alert(1)</script>?<img>' }));
      const { status, body, text } = await raw.readResponse();
      assert.ok([400, 404].includes(status));
      assert.doesNotMatch(body + text, /<script|<img/);
    },
  },
  rejects('a target of 20 KB', requestHead({ target: `/${'x'.repeat(20_000)}` }), [414, 431]),
];

const headers = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, 'v']));

const sizes = [
  serves('serves a head of 100 headers', get(headers(99)), 200),
  rejects('a head of 101 headers', get(headers(100)), 431),
  rejects('a head of 10,000 headers', get(headers(10_000)), 431),
  serves('serves a head of 15 KB', get({ 'X-Long': 'x'.repeat(15_000) }), 200),
  rejects('a head of 17 KB in one header', get({ 'X-Long': 'x'.repeat(17_000) }), 431),
  rejects(
    'a head of 17 KB in twenty headers',
    get(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`X-${i}`, 'x'.repeat(850)]))),
    431,
  ),
  rejects('a header that never ends', `GET /healthz HTTP/1.1\r\nHost: h\r\nX-Long: ${'x'.repeat(500_000)}`, 431),
  rejects('a request line that never ends', `GET /${'x'.repeat(500_000)}`, [414, 431]),
  rejects('a name that never ends', `GET /healthz HTTP/1.1\r\n${'x'.repeat(500_000)}`, [400, 431]),
  rejects('a body that Content-Length calls 65,537 bytes', post({ 'Content-Length': '65537' }, ''), 413),
  rejects('a body of 300 KB', post({ 'Content-Length': '300000' }, 'x'.repeat(300_000)), 413),
  rejects('a body that Content-Length calls 8 EB', post({ 'Content-Length': '9223372036854775807' }, ''), [400, 413]),
  rejects(
    'a chunked body of 300 KB',
    post(kChunked, `${'2710\r\n'.concat('x'.repeat(10_000), '\r\n').repeat(30)}0\r\n\r\n`),
    [413, 404, 405],
  ),
  ...[
    ['a trailer of 65,534 bytes', `X: ${'x'.repeat(65_534)}`],
    ['a trailer whose name has 65,534 bytes', `${'x'.repeat(65_534)}: y`],
  ].map(([name, field]) => rejects(name, post(kChunked, `0\r\n${field}\r\n\r\n`), 431)),
  serves(
    'serves a request with a trailer of 65,533 bytes',
    post(kChunked, `0\r\nX: ${'x'.repeat(65_533)}\r\n\r\n`),
    404,
  ),
  {
    name: 'does not call a body of 65,536 bytes too large',
    async run(t) {
      const raw = await t.raw();
      raw.pour(post({ 'Content-Length': '65536' }, 'x'.repeat(65_536)));
      assert.ok([400, 404, 405].includes((await raw.readResponse()).status));
    },
  },
];

/// Many requests in one write: each is answered, in order.
const pipelines = [2, 10, 100].map((count) => ({
  name: `answers ${count} pipelined requests in their order`,
  async run(t) {
    const raw = await t.raw();
    const target = (i) => (i % 3 ? '/healthz' : `/nowhere-${i}`);
    raw.pour(Array.from({ length: count }, (_, i) => requestHead({ target: target(i) })).join(''));
    for (let i = 0; i < count; i++) assert.equal((await raw.readResponse()).status, i % 3 ? 200 : 404, `answer ${i}`);
  },
}));

const order = [
  ...pipelines,
  {
    name: 'answers the good request before a faulty one in the same segment and nothing behind it',
    async run(t) {
      const raw = await t.raw();
      raw.pour(`${get()}${lines('GET /healthz HTTP/1.1', 'nonsense')}${kSmuggled}`);
      assert.deepEqual(statuses((await untilEnd(raw)).text), [200, 400]);
    },
  },
  {
    name: 'does not let a client that never reads its answers hold the server up',
    async run(t) {
      const raw = await t.raw();
      raw.stopReading();
      for (let i = 0; i < 2000; i++) raw.pour(get());
      const other = await t.raw();
      await other.write(get());
      assert.equal((await other.readResponse()).status, 200);
    },
  },
];

/// Each byte in a read of its own: once the server has answered somebody else twice, it has taken what came before.
async function trickle(t, raw, bytes) {
  const other = await t.raw();
  for (const byte of Buffer.from(bytes)) {
    await raw.write(Buffer.of(byte));
    for (let i = 0; i < 2; i++) {
      await other.write(get());
      await other.readResponse();
    }
  }
}

const trickles = [
  ['a head', get(), 200],
  ['a body', post({ 'Content-Length': '5' }, 'hello'), 404],
  ['a chunked body', post(kChunked, '5\r\nhello\r\n0\r\n\r\n'), 404],
  ['a chunked body without a byte', post(kChunked, '0\r\n\r\n'), 404],
  ['a chunked body without a byte, with an extension and a trailer', post(kChunked, '0;a="b"\r\nX: y\r\n\r\n'), 404],
  ['a chunk whose extension goes on behind its line', post(kChunked, '8000;a="\r\nxxxxxxxx"\r\n'), 400],
].map(([name, bytes, status]) => ({
  name: `answers ${name} alike, in one segment and byte by byte`,
  async run(t) {
    const [whole, slow] = [await t.raw(), await t.raw()];
    whole.pour(bytes);
    const { body } = await whole.readResponse();
    await trickle(t, slow, bytes);
    const answer = await slow.readResponse();
    assert.deepEqual([answer.status, answer.body], [status, body]);
  },
}));

/// A repeatable stream of bytes without meaning.
function noise(seed, length) {
  let state = seed;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (state >> 16) & 0xff;
    }),
  );
}

const kClientHello = Buffer.from(
  '16030100a1010000 9d0303'.replaceAll(' ', '') +
    '11'.repeat(32) +
    '20' +
    '22'.repeat(32) +
    '0006130113021303010000' +
    '4e' +
    '00'.repeat(78),
  'hex',
);

const otherProtocols = [
  ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'],
  ['a TLS ClientHello', kClientHello],
  ['an SSH banner', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ['an SMTP greeting', 'EHLO example.org\r\nMAIL FROM:<a@b>\r\n\r\n'],
  ['a Redis command', '*1\r\n$4\r\nPING\r\n\r\n'],
  ['an RTSP request', 'DESCRIBE rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n'],
  ['a SIP request', 'OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n\r\n'],
  ['a PROXY protocol line', `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${kSmuggled}`],
  [
    'a PROXY protocol v2 header',
    Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'), Buffer.alloc(12), Buffer.from(kSmuggled)]),
  ],
  ['64 KB of zero bytes', Buffer.alloc(65_536)],
  ['64 KB of the byte FF', Buffer.alloc(65_536, 0xff)],
  ['20,000 line ends', '\r\n'.repeat(20_000)],
  ['a WebSocket frame', Buffer.from('81857fa9c1b237ccada310', 'hex')],
  ...[1, 2, 3, 4, 5].map((seed) => [`noise of seed ${seed}`, noise(seed, 40_000)]),
].map(([name, bytes]) => rejects(`${name} on the HTTP port`, bytes, [400, 405, 431, 501, 505, 0]));

const kInTime = { within: 15_000 };
const late = (name, work) => ({ name, server: 'hasty', run: work });

/// Limits of time; on this server request_head_s is 2, request_body_s and keep_alive_s are 1.
const time = [
  late('ends a connection that says nothing', async (t) => {
    await (await t.raw()).readEnd(kInTime);
  }),
  late('ends a connection that sends half a head', async (t) => {
    const raw = await t.raw();
    await raw.write('GET /healthz HTTP/1.1\r\nHost:');
    await raw.readEnd(kInTime);
    assert.ok(statuses(raw.bytes.toString('latin1')).every((status) => status === 408));
  }),
  late('ends a connection whose head comes byte by byte for too long', async (t) => {
    const raw = await t.raw();
    await raw.write('GET /healthz HTTP/1.1\r\nX-Slow: ');
    const dripping = setInterval(() => raw.pour('x'), 100);
    try {
      await raw.readEnd(kInTime);
    } finally {
      clearInterval(dripping);
    }
    assert.ok(!statuses(raw.bytes.toString('latin1')).includes(200));
  }),
  late('ends a connection whose body does not come', async (t) => {
    const raw = await t.raw();
    await raw.write(post({ 'Content-Length': '100' }, 'half'));
    await raw.readEnd(kInTime);
    assert.ok(!statuses(raw.bytes.toString('latin1')).includes(200));
  }),
  late('ends a kept connection that is idle', async (t) => {
    const raw = await t.raw();
    await raw.write(get());
    assert.equal((await raw.readResponse()).status, 200);
    assert.equal(await raw.readEnd(kInTime), 'fin');
  }),
  late('ends a kept connection that sends one byte of a second request', async (t) => {
    const raw = await t.raw();
    await raw.write(get());
    assert.equal((await raw.readResponse()).status, 200);
    await raw.write('G');
    await raw.readEnd(kInTime);
  }),
  late('ends an upgrade request that stops before its last line end', async (t) => {
    const raw = await t.raw();
    await raw.write(`GET /ws?token=${t.token(t.user('a'))} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n`);
    await raw.readEnd(kInTime);
    assert.ok(!statuses(raw.bytes.toString('latin1')).includes(101));
  }),
];

/// trouble: load balancers probe with less than a browser sends.
const probes = [
  serves('answers HEAD /healthz without a body', requestHead({ method: 'HEAD', target: '/healthz' }), 200, 'HEAD'),
  ...[
    ['GET /healthz HTTP/1.0 without Host', 'GET /healthz HTTP/1.0\r\n\r\n', [200]],
    ['GET /healthz with Connection: close', get({ Connection: 'close' }), [200]],
    ['OPTIONS / HTTP/1.0 without Host', 'OPTIONS / HTTP/1.0\r\n\r\n', [200, 204, 404, 405]],
    ['OPTIONS *', lines('OPTIONS * HTTP/1.1', 'Host: h', 'Connection: close'), [200, 204, 400, 404, 405]],
  ].map(([name, bytes, allowed]) => ({
    name: `answers ${name} and ends the connection`,
    async run(t) {
      const raw = await t.raw();
      await raw.write(bytes);
      const { ended, text } = await untilEnd(raw);
      assert.equal(ended, 'fin');
      assert.equal(statuses(text).length, 1);
      assert.ok(allowed.includes(statuses(text)[0]), `got ${statuses(text)}`);
    },
  })),
];

export const httpCases = [
  ...time,
  ...smuggling,
  ...grammar,
  ...targets,
  ...sizes,
  ...order,
  ...trickles,
  ...otherProtocols,
  ...probes,
];
