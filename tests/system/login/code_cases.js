// Asking for a code and showing it: what a login is worth, what is no address and no code, and that the answers of a
// server without a login, or to pages of others, give nothing away.
import { strict as assert } from 'node:assert';

import { TEST_SECRET, mint } from '../../lib/tokens.js';
import { binary, verdict } from '../lifecycle/harness.js';
import { api } from './api.js';
import { LoginServer, claimsOf, phone, wrong } from './login_server.js';

const kAnna = phone(1);
const kMail = 'Anna.Petrova@example.com';
const kPosts = ['code', 'verify', 'invite', 'refresh', 'logout'].map((name) => `/api/auth/${name}`);

const logins = [
  ...[
    ['a phone number', kAnna, 'phone'],
    ['an e-mail address', kMail, 'email'],
  ].map(([what, address, member]) => ({
    name: `a login with ${what} gives tokens of an hour, a refresh token and a user, and the next login the same user`,
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { mail: true, clock: true });
      const before = Date.now();
      const first = await login.logIn(address, { name: '  Анна \t Петрова ', device: 'phone-1' });
      const { token, expiresAt, refreshToken, user } = first;
      assert.deepEqual(user, { id: user.id, name: 'Анна Петрова', avatar: '', [member]: address });
      assert.ok(Buffer.from(user.id, 'base64url').length >= 16, 'nobody guesses an id');
      assert.ok(!user.id.includes(address.slice(1, 5)), 'an id says nothing of an address');

      const claims = claimsOf(token);
      assert.deepEqual(Object.keys(claims).sort(), ['exp', 'iat', 'jti', 'sid', 'userId']);
      assert.equal(claims.userId, user.id);
      assert.equal(claims.exp - claims.iat, 3600);
      assert.equal(claims.exp * 1000, expiresAt);
      assert.ok(claims.iat * 1000 > before - 2_000 && claims.iat * 1000 <= Date.now());
      assert.match(refreshToken, new RegExp(`^${claims.sid}\\.1\\.[\\w-]{43}$`));
      assert.equal(await verdict(login.server, token), 'connected');
      assert.deepEqual((await login.me(token)).body, user);

      login.clock.move(31);
      const second = await login.logIn(address, { name: 'Another', device: 'laptop' });
      assert.deepEqual(second.user, user, 'a name that is there already stays');
      assert.notEqual(claimsOf(second.token).sid, claims.sid);
      assert.notEqual(claimsOf(second.token).jti, claims.jti);
      assert.equal((await login.me(token)).status, 200, 'the other device stays logged in');
    },
  })),
  {
    name: 'a phone number and an e-mail address are two people, each of whom has no name until one is said',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true });
      const [a, b] = await Promise.all([login.logIn(kAnna), login.logIn(kMail)]);
      assert.deepEqual([a.user.name, b.user.name], ['', '']);
      assert.notEqual(a.user.id, b.user.id);
    },
  },
  {
    name: 'who has no name yet gets the one that comes with a later login',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true });
      await login.logIn(kAnna);
      login.clock.move(31);
      assert.equal((await login.logIn(kAnna, { name: 'Anna' })).user.name, 'Anna');
    },
  },
];

/// [what, body, code, what the detail says]
const kNoAddresses = [
  ['no address', {}, 'not_json', /phone.*email/],
  ['two addresses', { phone: kAnna, email: kMail }, 'not_json', /either/],
  ['a number for a phone number', { phone: 79990000001 }, 'not_json', /"phone" must be a text/],
  ['a list of phone numbers', { phone: [kAnna] }, 'not_json', /"phone" must be a text/],
  ['true for an e-mail address', { email: true }, 'not_json', /"email" must be a text/],
  ['null for a phone number', { phone: null }, 'not_json', /phone.*email/],
  ['an empty phone number', { phone: '' }, 'bad_phone', /./],
  ['a phone number without its country', { phone: '9990000001' }, 'bad_phone', /[Ss]tart.*\+/],
  ['words in place of a phone number', { phone: 'my number' }, 'bad_phone', /./],
  ['a phone number with a NUL', { phone: `${kAnna}\0` }, 'bad_phone', /./],
  ['a phone number with a line break and more', { phone: `${kAnna}\r\nX: y` }, 'bad_phone', /./],
  ['two phone numbers in one', { phone: `${kAnna},${phone(2)}` }, 'bad_phone', /./],
  ['an extension behind a phone number', { phone: `${kAnna};ext=1` }, 'bad_phone', /./],
  ['10,000 digits', { phone: `+${'7'.repeat(10_000)}` }, 'bad_phone', /./],
  ['an empty e-mail address', { email: '' }, 'bad_email', /./],
  ...[
    'anna',
    'anna@',
    '@example.com',
    'anna@example',
    'anna@example..com',
    'anna@.example.com',
    'anna@-example.com',
    '.anna@example.com',
    'an..na@example.com',
    'anna@[127.0.0.1]',
    '"anna"@example.com',
    'Anna <anna@example.com>',
    'anna@example.com,boris@example.com',
    'anna@example.com;boris@example.com',
    'anna@example.com boris@example.com',
    'anna@example.com\r\nBcc: boris@example.com',
    'anna\0@example.com',
    'anna@exam\u202eple.com',
    'anna@example.com\u0000',
    'a@b@example.com',
    'anna@example.com>',
    `${'a'.repeat(65)}@example.com`,
    `anna@${'a'.repeat(64)}.com`,
    `anna@${'a.'.repeat(130)}com`,
  ].map((email) => [`the e-mail address ${JSON.stringify(email.slice(0, 40))}`, { email }, 'bad_email', /./]),
];

const refusals = [
  {
    name: 'a code is asked for, and shown, with an address or else answered 400 that says what is wrong, and nothing is sent',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true });
      for (const path of ['/api/auth/code', '/api/auth/verify'])
        for (const [what, body, code, says] of kNoAddresses) {
          const answer = await login.api.post(path, { ...body, code: '123456' });
          assert.deepEqual([answer.status, answer.body.code], [400, code], `${path}: ${what}: ${answer.text}`);
          assert.match(answer.body.detail ?? '', says, `${path}: ${what}: ${answer.text}`);
        }
      await login.logIn(kMail); // Whatever had been sent would be there by now.
      assert.deepEqual([login.sms.messages.length, login.mail.messages.length], [0, 1]);
    },
  },
  {
    name: 'an address of a kind that this server sends nothing to is a 400 that says so',
    async run(t) {
      const login = await LoginServer.start(t);
      for (const path of ['/api/auth/code', '/api/auth/verify']) {
        const answer = await login.api.post(path, { email: kMail, code: '123456' });
        assert.deepEqual([answer.status, answer.body.code], [400, 'no_delivery']);
      }
    },
  },
  {
    name: 'an invitation or a key that is no text is a 400 that names it, and nothing is sent',
    async run(t) {
      const login = await LoginServer.start(t);
      for (const member of ['invite', 'key']) {
        const answer = await login.api.post('/api/auth/code', { phone: kAnna, [member]: 5 });
        assert.deepEqual([answer.status, answer.body.code], [400, 'not_json']);
        assert.ok(answer.body.detail.includes(member), answer.text);
      }
      await login.code(phone(2));
      assert.equal(login.sent, 1);
    },
  },
  {
    name: 'what comes with a code is judged before the code, which stays good',
    async run(t) {
      const login = await LoginServer.start(t);
      const code = await login.code(kAnna);
      const table = [
        [{ code: undefined }, 'bad_code'],
        [{ code: null }, 'bad_code'],
        [{ code: Number(code) }, 'not_json'],
        [{ code: [code] }, 'not_json'],
        [{ code: code.slice(1) }, 'bad_code'],
        [{ code: `${code}0` }, 'bad_code'],
        [{ code: `${code.slice(0, 5)}x` }, 'bad_code'],
        [{ code: `+${code.slice(1)}` }, 'bad_code'],
        [{ code: code.padStart(10_000) }, 'bad_code'],
        [{ code, name: 5 }, 'not_json'],
        [{ code, name: 'x'.repeat(81) }, 'bad_name'],
        [{ code, name: 'a\u0007b' }, 'bad_name'],
        [{ code, name: 'a\u202eb' }, 'bad_name'],
        [{ code, device: 5 }, 'not_json'],
        [{ code, device: 'my phone' }, 'bad_device'],
        [{ code, device: 'x'.repeat(65) }, 'bad_device'],
        [{ code, invite: {} }, 'not_json'],
      ];
      for (const [members, expected] of table) {
        const answer = await login.api.post('/api/auth/verify', { phone: kAnna, ...members });
        assert.deepEqual([answer.status, answer.body.code], [400, expected], JSON.stringify(members).slice(0, 100));
      }
      assert.equal((await login.verify(kAnna, code, { name: 'x'.repeat(80), device: 'x'.repeat(64) })).status, 200);
    },
  },
  {
    name: 'wrong, used, of another address, never asked for: each is the same 401',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true });
      const [used, other] = [await login.code(phone(2)), await login.code(phone(3))];
      await login.verify(phone(2), used);
      const code = await login.code(kAnna);
      const answers = await Promise.all([
        login.verify(kAnna, wrong(code)),
        login.verify(phone(2), used),
        login.verify(phone(4), other),
        login.verify(phone(5), '000000'),
        login.verify(kMail, code),
        login.verify(kAnna, other === code ? wrong(code) : other),
      ]);
      for (const { status, body, text } of answers) {
        assert.deepEqual([status, body.code], [401, 'invalid_code']);
        assert.equal(text, answers[0].text);
      }
      assert.equal((await login.verify(kAnna, code)).status, 200);
    },
  },
];

const others = [
  {
    name: 'without a login there is none of its routes, and tokens of somebody else are as good as before',
    async run(t) {
      const server = await t.start({ env: { ZVONOK_LOGIN_ENABLED: 'false' } });
      for (const path of kPosts) {
        const answer = await api(server).post(path, { phone: kAnna }, { token: mint({ userId: 'anna' }) });
        assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], path);
      }
      const me = await api(server).get('/api/me', { token: mint({ userId: 'anna' }) });
      assert.deepEqual(me.body, { id: 'anna', name: '', avatar: '' });
    },
  },
  {
    name: 'the routes of a login take their own method alone, and name it',
    async run(t) {
      const login = await LoginServer.start(t);
      const routes = [...kPosts.map((path) => [path, ['POST']]), ['/api/me', ['GET', 'PATCH']], ['/api/users', ['GET']], ['/api/users/x', ['GET']]];
      for (const [path, methods] of routes) {
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !methods.includes(one))) {
          const answer = await login.api.ask(method, path);
          assert.equal(answer.status, 405, `${method} ${path}`);
          for (const allowed of methods) assert.ok(answer.headers.allow.includes(allowed), answer.headers.allow);
        }
        assert.equal((await login.api.ask('OPTIONS', path)).status, 204, path);
      }
      for (const path of ['/api', '/api/', '/api/auth', '/api/auth/', '/api/auth/code/', '/api/auth/Code', '/api/users/', '/api/me/x'])
        assert.equal((await login.api.post(path, {})).status, 404, path);
    },
  },
  {
    name: 'pages of cors_origins may use the login, others may not, and errors can be read as well',
    async run(t) {
      const origin = 'https://app.example.com';
      const login = await LoginServer.start(t, { env: { ZVONOK_CORS_ORIGINS: origin } });
      const from = (Origin) => ({ headers: { Origin } });
      const allowed = ({ headers }) => headers['access-control-allow-origin'];
      assert.equal(allowed(await login.api.post('/api/auth/code', { phone: kAnna }, from(origin))), origin);
      assert.equal(allowed(await login.api.post('/api/auth/verify', { phone: kAnna, code: '000000' }, from(origin))), origin);
      assert.equal(allowed(await login.api.get('/api/me', from(origin))), origin);
      assert.equal(allowed(await login.api.post('/api/auth/code', { phone: kAnna }, from('https://evil.example'))), undefined);
      const preflight = (Origin, method) =>
        login.api.ask('OPTIONS', '/api/me', undefined, { headers: { Origin, 'Access-Control-Request-Method': method } });
      const good = await preflight(origin, 'PATCH');
      assert.equal(allowed(good), origin);
      assert.match(good.headers['access-control-allow-methods'], /PATCH/);
      assert.match(good.headers['access-control-allow-headers'], /Authorization.*Content-Type/i);
      assert.equal(allowed(await preflight('https://evil.example', 'PATCH')), undefined);
    },
  },
];

const kLan = '10.9.8.7';

/// Whoever may use the dev login is shown the code.
const kDev = { args: ['--dev'], env: { JWT_SECRET: null, ZVONOK_HOST: null } };
const shows = async (server, headers, body = {}) => {
  const answer = await api(server).post('/api/auth/code', { phone: phone(Math.floor(Math.random() * 1e7)), ...body }, { headers });
  assert.equal(answer.status, 202);
  return 'devCode' in answer.body;
};

const dev = [
  {
    name: 'with --dev the code is in the answer to a page of this machine, logs in, and is in the answer to nobody else',
    async run(t) {
      const server = await t.start(kDev);
      const { port } = server;
      assert.equal(await shows(server, { Host: `localhost:${port}` }), true);
      assert.equal(await shows(server, { Host: `127.0.0.1:${port}`, Origin: `http://127.0.0.1:${port}` }), true);
      const foreign = [
        { Host: 'evil.example' },
        { Origin: 'http://evil.example' },
        { Origin: `http://localhost:${port + 1}` },
        { Origin: 'null' },
        { 'X-Forwarded-For': '127.0.0.1' },
        { Via: '1.1 proxy' },
        { 'Sec-Fetch-Site': 'cross-site' },
      ];
      const shown = await Promise.all(foreign.map((headers) => shows(server, { Host: `localhost:${port}`, ...headers }, { key: 'x' })));
      assert.deepEqual(shown, foreign.map(() => false));

      const [asked, again] = [await api(server).post('/api/auth/code', { phone: kAnna }), await api(server).post('/api/auth/code', { phone: kAnna })];
      assert.equal(again.body.devCode, undefined, 'a limited request has no code');
      const answer = await api(server).post('/api/auth/verify', { phone: kAnna, code: asked.body.devCode });
      assert.equal(answer.status, 200, 'with --dev everybody may register');
      assert.equal(await verdict(server, answer.body.token), 'connected');
    },
  },
  {
    name: 'with --dev --lan the code is in the answer to who shows the key over TLS, at an address of this machine',
    needs: ['network'],
    async run(t) {
      const network = await t.network(`ip addr add ${kLan}/24 dev lo`);
      const server = await t.start({ ...kDev, args: ['--dev', '--lan'], env: { ...kDev.env, PORT: 3001 }, target: network.inside(binary) });
      const [, key] = /#key=(\S+)/.exec(await t.logged(server, '#key='));
      const asked = (host, number, fields, headers = {}) => {
        const body = JSON.stringify({ phone: phone(number), ...fields });
        return { url: `https://${host}:3001/api/auth/code`, method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body };
      };
      const answers = await network.ask(
        asked(kLan, 1, { key }),
        asked(kLan, 2, { key }, { Origin: `https://${kLan}:3001` }),
        asked(kLan, 3, {}),
        asked(kLan, 4, { key: `${key.slice(0, -1)}x` }),
        asked(kLan, 5, { key }, { Origin: 'https://evil.example' }),
        asked(kLan, 6, { key }, { Host: 'evil.example:3001' }),
        asked('127.0.0.1', 7, {}),
      );
      assert.deepEqual(answers.map(({ status }) => status), Array(7).fill(202));
      assert.deepEqual(answers.map(({ body }) => 'devCode' in JSON.parse(body)), [true, true, false, false, false, false, true]);
    },
  },
  {
    name: 'without --dev no code is in an answer, whoever asks from wherever',
    async run(t) {
      const login = await LoginServer.start(t);
      assert.equal(await shows(login.server, { Host: `localhost:${login.server.port}` }, { key: TEST_SECRET }), false);
    },
  },
];

export const codeCases = [...logins, ...refusals, ...others, ...dev];
