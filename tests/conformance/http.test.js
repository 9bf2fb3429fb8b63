// Plain HTTP on the same port.
import { strict as assert } from 'node:assert';

import { subject } from './harness.js';

const test = subject('http');

async function ask(t, text) {
  const raw = await t.raw();
  await raw.write(text);
  return raw.readResponse();
}

const getting = (path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;

test('answers GET /ws without an upgrade with 426', 'O-1.01 O-2.17', async (t) => {
  assert.equal((await ask(t, getting('/ws'))).status, 426);
});

test('answers /healthz with 200', 'O-4.12', async (t) => {
  assert.equal((await ask(t, getting('/healthz'))).status, 200);
});

test('answers /readyz with 200 once it serves', 'O-4.12', async (t) => {
  assert.equal((await ask(t, getting('/readyz'))).status, 200);
});

test('P02 answers a probe in HTTP/1.0 without Host', 'O-4.12', async (t) => {
  assert.equal((await ask(t, 'GET /healthz HTTP/1.0\r\n\r\n')).status, 200);
});

test('P02 answers HEAD /healthz without a body', 'O-4.12', async (t) => {
  const raw = await t.raw();
  await raw.write('HEAD /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
  assert.equal((await raw.readHead()).status, 200);
  await raw.readEnd();
  assert.equal(raw.bytes.length, 0, 'bytes followed the head');
});

test('P02 answers a request in absolute form', 'O-4.12', async (t) => {
  assert.equal((await ask(t, 'GET http://h/healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')).status, 200);
});

test('P02 closes after an answer to Connection: close', 'O-2.17', async (t) => {
  const raw = await t.raw();
  await raw.write('GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
  await raw.readResponse();
  await raw.readEnd();
});

for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
  test(`answers ${method} of an unknown path with a JSON error`, 'O-2.17', async (t) => {
    const request = `${method} /no/such/path HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`;
    const { status, get, body } = await ask(t, request);
    assert.ok(status >= 400 && status < 500, `answered ${status}`);
    assert.match(get('content-type'), /application\/(problem\+)?json/);
    assert.equal(typeof JSON.parse(body), 'object');
  });
}

test('answers OPTIONS, whether or not it takes it for a preflight', 'O-2.17', async (t) => {
  const { status } = await ask(t, 'OPTIONS /no/such/path HTTP/1.1\r\nHost: h\r\n\r\n');
  assert.ok(status >= 200 && status < 500, `answered ${status}`);
});

test('answers two requests on one connection', 'O-2.17', async (t) => {
  const raw = await t.raw();
  await raw.write(getting('/healthz') + getting('/ws'));
  assert.equal((await raw.readResponse()).status, 200);
  assert.equal((await raw.readResponse()).status, 426);
});

test('P03 closes on an HTTP/2 preface', 'O-2.17', async (t) => {
  const raw = await t.raw();
  await raw.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  await raw.readEnd();
});

test('answers an address that does not parse with 4xx, and lives on', 'O-2.17', async (t) => {
  const { status } = await ask(t, 'GET /%zz%00 HTTP/1.1\r\nHost: h\r\n\r\n');
  assert.ok(status >= 400 && status < 500, `answered ${status}`);
  assert.equal((await ask(t, getting('/healthz'))).status, 200);
});
