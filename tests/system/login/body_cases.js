// Bodies that no front end sends: what is no JSON, too much of it, too deep, in another encoding, with members twice or of
// another kind. Each gets an error of the contract, and the server goes on.
import { strict as assert } from 'node:assert';

import { mint } from '../../lib/tokens.js';
import { LoginServer, phone } from './login_server.js';

const kAnna = phone(1);
const kJson = JSON.stringify({ phone: kAnna });
const kBodyBytes = 65_536;

/// Each route with a body that would do.
const routes = (token) => [
  ['POST', '/api/auth/code', { phone: kAnna }],
  ['POST', '/api/auth/verify', { phone: kAnna, code: '123456' }],
  ['POST', '/api/auth/invite', { invite: 'x' }],
  ['POST', '/api/auth/refresh', { refreshToken: 'x' }],
  ['PATCH', '/api/me', { name: 'Anna' }, { token }],
];

const bytes = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const nested = (depth, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);

const kNotJson = [
  ['nothing', ''],
  ['blanks', '  \n'],
  ['a form', 'phone=%2B79990000001&code=123456'],
  ['a text', JSON.stringify(kJson)],
  ['a number', '5'],
  ['null', 'null'],
  ['a list', `[${kJson}]`],
  ['an object that breaks off', kJson.slice(0, -1)],
  ['an object and more', `${kJson}${kJson}`],
  ['an object and a comma', `${kJson},`],
  ['a comma too many', '{"phone":"+79990000001",}'],
  ['quotes of one stroke', "{'phone':'+79990000001'}"],
  ['a comment', '{"phone":"+79990000001"/* */}'],
  ['no number', '{"phone":"+79990000001","x":NaN}'],
  ['a line break in a text', '{"phone":"+7999\n0000001"}'],
  ['half a pair in an escape', '{"phone":"+79990000001","name":"\\ud800"}'],
  ['an escape that is none', '{"phone":"\\x2b79990000001"}'],
  ['a byte that is no UTF-8', bytes('{"phone":"+79990000001","name":"', [0xff], '"}')],
  ['UTF-8 that breaks off', bytes('{"phone":"+79990000001","name":"', [0xd0], '"}')],
  ['a NUL in UTF-8 of two bytes', bytes('{"phone":"+79990000001","name":"', [0xc0, 0x80], '"}')],
  ['half a pair in UTF-8', bytes('{"phone":"+79990000001","name":"', [0xed, 0xa0, 0x80], '"}')],
  ['UTF-16', Buffer.from(kJson, 'utf16le')],
  ['60,000 brackets', '['.repeat(60_000)],
  ['30,000 lists, one within the other', nested(30_000)],
];

const kContentTypes = [
  ['application/json', true],
  ['Application/JSON;charset=utf-16', true],
  [null, false], // a page of anybody could send it without a preflight
  ['text/plain', false],
  ['application/x-www-form-urlencoded', false],
  ['multipart/form-data; boundary=x', false],
  ['image/png', false],
  ['', false],
  ['x'.repeat(1000), false],
];

export const bodyCases = [
  ...kNotJson.map(([what, body]) => ({
    name: `${what} in place of a JSON object is a 400 at every route that takes one`,
    async run(t) {
      const login = await LoginServer.start(t);
      for (const [method, path, , options] of routes(mint({ userId: 'anna' }))) {
        const answer = await login.api.ask(method, path, body, options);
        assert.deepEqual([answer.status, answer.body.code], [400, 'not_json'], `${path}: ${answer.text}`);
      }
      await login.code(phone(2));
      assert.equal(login.sent, 1, 'nothing was sent for them');
    },
  })),
  {
    name: 'a body over limits.body_bytes is a 413 at every route, and one that is as large as it may be is read',
    async run(t) {
      const login = await LoginServer.start(t);
      for (const [method, path, body, options] of routes(mint({ userId: 'anna' }))) {
        const padded = (size) => JSON.stringify(body).replace('}', ',"x":""}').replace('""}', `"${'x'.repeat(size)}"}`);
        const least = padded(0).length;
        const [fits, over] = [padded(kBodyBytes - least), padded(kBodyBytes - least + 1)];
        assert.equal(fits.length, kBodyBytes);
        assert.notEqual((await login.api.ask(method, path, fits, options)).status, 413, path);
        const answer = await login.api.ask(method, path, over, { ...options, headers: { Connection: 'close' } });
        assert.deepEqual([answer.status, answer.body.code], [413, 'body_too_large'], path);
      }
    },
  },
  {
    name: 'with a limit of 16 MB neither a million lists nor a million members end the server',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ZVONOK_LIMITS_BODY_BYTES: 16_777_216 } });
      const members = Array.from({ length: 500_000 }, (_, i) => `"m${i}":0`).join();
      const objects = nested(1_000_000, '{"a":', '}').replace(':}', ':1}');
      for (const body of [nested(1_000_000), `{"phone":"${kAnna}","x":${nested(1_000_000)}}`, objects, `{${members}}`]) {
        const { status } = await login.api.post('/api/auth/code', body);
        assert.ok(status === 400 || status === 202, `${status}`);
      }
      await login.code(phone(2));
    },
  },
  {
    name: 'members that nobody asked for are passed over, whatever they hold',
    async run(t) {
      const login = await LoginServer.start(t);
      const junk = { id: 'mallory', userId: 'mallory', code: 5, phone2: phone(9), __proto__x: {}, constructor: null, admin: true, nested: [[{}]] };
      const asked = await login.api.post('/api/auth/code', { ...junk, phone: kAnna });
      assert.equal(asked.status, 202);
      const { text } = await login.sms.receivedBy(kAnna, 1);
      const answer = await login.verify(kAnna, /\d{6}/.exec(text)[0], {});
      const { token, user } = answer.body;
      const changed = await login.api.patch('/api/me', { ...junk, phone: phone(9), email: 'a@b.example', name: 'Anna' }, { token });
      assert.deepEqual(changed.body, { id: user.id, name: 'Anna', avatar: '', phone: kAnna });
      assert.equal(login.sent, 1);
    },
  },
  {
    name: 'an object in which a member that counts stands twice is a 400: of two numbers neither gets a code',
    async run(t) {
      const login = await LoginServer.start(t);
      const twice = [
        ['POST', '/api/auth/code', `{"phone":"${kAnna}","phone":"${phone(2)}"}`],
        ['POST', '/api/auth/code', `{"phone":"${kAnna}","\\u0070hone":"${phone(2)}"}`],
        ['POST', '/api/auth/verify', `{"phone":"${kAnna}","code":"123456","code":"654321"}`],
        ['POST', '/api/auth/refresh', '{"refreshToken":"a","refreshToken":"b"}'],
        ['PATCH', '/api/me', '{"name":"a","name":"b"}', { token: mint({ userId: 'anna' }) }],
      ];
      const answers = [];
      for (const [method, path, body, options] of twice) answers.push(await login.api.ask(method, path, body, options));
      await login.code(phone(3));
      assert.deepEqual(answers.map(({ status, body }) => [status, body.code]), twice.map(() => [400, 'not_json']));
      assert.equal(login.sent, 1);
    },
  },
  {
    name: 'a body that calls itself something else than JSON is a 415 at every route, and opens nothing to pages of others',
    async run(t) {
      const login = await LoginServer.start(t);
      for (const [method, path, body, options] of routes(mint({ userId: 'anna' }))) {
        for (const [type, isJson] of kContentTypes) {
          const headers = { 'Content-Type': type, Origin: 'https://evil.example' };
          const answer = await login.api.ask(method, path, body, { ...options, headers });
          assert.equal(answer.status !== 415, isJson, `${path} ${type}: ${answer.text}`);
          if (!isJson) assert.equal(answer.body.code, 'unsupported_media_type');
          assert.ok(!Object.keys(answer.headers).some((name) => name.startsWith('access-control')), JSON.stringify(answer.headers));
        }
        const program = await login.api.ask(method, path, body, { ...options, headers: { 'Content-Type': null } });
        assert.notEqual(program.status, 415, `${path}: a program that says nothing of its body may mean JSON`);
      }
    },
  },
  {
    name: 'a body in pieces of its own (chunked) is a body like any other',
    async run(t) {
      const login = await LoginServer.start(t);
      const raw = await t.raw(login.server);
      await raw.write('POST /api/auth/code HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n');
      for (const character of kJson) await raw.write(`1\r\n${character}\r\n`);
      await raw.write('0\r\n\r\n');
      assert.equal((await raw.readResponse({ method: 'POST' })).status, 202);
      raw.destroy();
      await login.sms.receivedBy(login.keep(kAnna), 1);
    },
  },
];
