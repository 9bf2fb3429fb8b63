// Who may become a user: those who were invited, those with mail in some domains, or everybody; and that an invitation is
// spent by its person alone, once, and not by the machines that open links before (row L03 of the list of known troubles).
import { strict as assert } from 'node:assert';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { LoginServer, kSeconds, phone } from './login_server.js';
import { rows } from './sqlite.js';

const [kAnna, kBoris] = [phone(1), phone(2)];
const kWeek = 7 * kSeconds.day;

const invited = (t, options = {}) => LoginServer.start(t, { registration: 'invite', ...options });

const look = (login, invite) => login.api.post('/api/auth/invite', { invite });
const outcome = ({ status, body }) => (body?.code ? `${status} ${body.code}` : status);

/// Everything that is kept of invitations and of people.
const kept = (t, login) => rows(t, login.dataDir, "SELECT 'invite', token_hash, expires_at, used_at, used_by FROM invites UNION ALL SELECT 'user', id, phone, email, name FROM users ORDER BY 1, 2");

/// That nothing was sent is known once something later has come.
async function gotNothing(login, address) {
  await login.code(phone(9_000_000 + login.sent), { invite: await login.invite() });
  assert.deepEqual(login.messagesTo(address), []);
}

const links = [
  ...[
    ['with a public_url', 'https://calls.example.com', 'https://calls.example.com/'],
    ['with a public_url that has a path', 'https://example.com/calls/', 'https://example.com/calls/'],
  ].map(([what, url, begins]) => ({
    name: `zvonok invite ${what} prints one line: a link whose fragment is a token of 128 bits, another one each time`,
    async run(t) {
      const env = { ZVONOK_DATA_DIR: join(t.folder(), 'data'), ZVONOK_PUBLIC_URL: url, ZVONOK_LOGIN_ENABLED: 'true' };
      const [first, second] = [await t.ends(['invite'], { env }), await t.ends(['invite'], { env })];
      for (const { code, out, err } of [first, second]) {
        assert.deepEqual([code, err], [0, '']);
        assert.ok(out.startsWith(`${begins}#invite=`) && out.endsWith('\n'), out);
        assert.equal(Buffer.from(out.trim().split('#invite=')[1], 'base64url').length, 16);
      }
      assert.notEqual(first.out, second.out);
    },
  })),
  {
    name: 'zvonok invite without a public_url names this machine and the port',
    async run(t) {
      const env = { PORT: '4321', ZVONOK_DATA_DIR: t.folder(), ZVONOK_LOGIN_ENABLED: 'true' };
      const { out } = await t.ends(['invite'], { env });
      assert.ok(out.startsWith('http://localhost:4321/#invite='), out);
      const secure = await t.ends(['invite'], { env: { ...env, ZVONOK_TLS_CERT: 'c', ZVONOK_TLS_KEY: 'k' } });
      assert.ok(secure.out.startsWith('https://localhost:4321/#invite='), secure.out);
    },
  },
  {
    name: 'zvonok invite with settings that are not those of a server where people log in says so and makes nothing',
    async run(t) {
      const folder = t.folder();
      const { code, err } = await t.ends(['invite'], { env: { ZVONOK_DATA_DIR: join(folder, 'data') } });
      assert.equal(code, 1);
      assert.match(err, /login\.enabled is false.*--config/);
      assert.deepEqual(readdirSync(folder), []);
    },
  },
  {
    name: 'an invitation that was made before the first start of a server is good, and one beside it at once',
    async run(t) {
      const login = await invited(t);
      await login.server.stop();
      const early = await login.invite();
      await login.again();
      const beside = await login.invite();
      for (const invite of [early, beside]) {
        const { status, body } = await look(login, invite);
        assert.equal(status, 200);
        assert.ok(Math.abs(body.expiresAt - Date.now() - kWeek * 1000) < 60_000);
      }
    },
  },
];

const spent = [
  {
    name: 'scanners that open the link spend nothing and get nothing; its person does once, and the second one hears that it was used (L03)',
    async run(t) {
      const login = await invited(t, { env: { ZVONOK_WEB_DEMO: 'true' } });
      const invite = await login.invite();
      const before = await kept(t, login);
      const paths = ['/', '/', `/?invite=${invite}`, '/api/auth/invite', `/api/auth/invite?invite=${invite}`];
      for (const [method, path] of paths.flatMap((one) => ['HEAD', 'GET', 'OPTIONS'].map((verb) => [verb, one]))) {
        const { headers, text } = await login.api.ask(method, path);
        assert.equal(headers['set-cookie'], undefined);
        assert.ok(!text.includes(invite) && !JSON.stringify(headers).includes(invite), `${method} ${path}`);
      }
      for (let i = 0; i < 3; ++i) assert.equal((await look(login, invite)).status, 200);
      await login.ask(kBoris, { invite }); // to ask for a code spends it neither
      assert.deepEqual(await kept(t, login), before);

      const { user } = await login.logIn(kAnna, { invite, name: 'Анна' });
      assert.equal(user.name, 'Анна');
      assert.equal(outcome(await look(login, invite)), '403 invite_used');
      const late = phone(3);
      assert.equal((await login.ask(late, { invite })).status, 202);
      assert.equal(outcome(await login.verify(late, '123456', { invite })), '401 invalid_code');
      await gotNothing(login, late);
    },
  },
  {
    name: 'of two people with codes by one invitation the second is told that it was used, also of ten at once (L03)',
    async run(t) {
      const login = await invited(t);
      const invite = await login.invite();
      const codes = [await login.code(kAnna, { invite }), await login.code(kBoris, { invite })];
      assert.equal((await login.verify(kAnna, codes[0], { invite })).status, 200);
      assert.equal(outcome(await login.verify(kBoris, codes[1], { invite })), '403 invite_used');
      assert.equal(outcome(await login.verify(kBoris, codes[1], { invite })), '401 invalid_code', 'the code was used up');

      const another = await login.invite();
      const people = Array.from({ length: 10 }, (_, i) => phone(10 + i));
      const theirs = await Promise.all(people.map((address) => login.code(address, { invite: another })));
      const answers = await Promise.all(people.map((address, i) => login.verify(address, theirs[i], { invite: another })));
      assert.deepEqual(answers.map(outcome).sort(), [200, ...Array(9).fill('403 invite_used')]);
      assert.deepEqual(await rows(t, login.dataDir, 'SELECT COUNT(*) FROM users'), ['2']);
    },
  },
  {
    name: 'an invitation is good for a week: then it opens nothing, and says that it has expired (L03)',
    needs: ['faketime'],
    async run(t) {
      const login = await invited(t, { clock: true });
      const [first, second] = [await login.invite(), await login.invite()];
      login.clock.move(kWeek - 120);
      await login.logIn(kAnna, { invite: first });
      const code = await login.code(kBoris, { invite: second });
      login.clock.move(180);
      assert.equal(outcome(await login.verify(kBoris, code, { invite: second })), '403 invite_expired');
      assert.equal(outcome(await look(login, second)), '403 invite_expired');
      assert.equal(outcome(await look(login, first)), '403 invite_used', 'used says more than expired');
      login.clock.move(31);
      await login.ask(kBoris, { invite: second });
      const before = login.messagesTo(kBoris).length;
      await login.code(phone(5), { invite: await login.invite() });
      assert.equal(login.messagesTo(kBoris).length, before);
      login.clock.move(60 * kSeconds.day);
      assert.equal(outcome(await look(login, second)), '403 invite_expired', 'also two months later');
    },
  },
  {
    name: 'what is no invitation is unknown, in whatever form it comes',
    async run(t) {
      const login = await invited(t);
      const invite = await login.invite();
      const nearly = [` ${invite}`, `${invite}=`, `#invite=${invite}`, invite.slice(0, -1), `${invite}\0`, `${invite.toUpperCase()}y`];
      for (const text of ['', 'x', 'null', ...nearly, "' OR 1=1 --", '%', 'x'.repeat(60_000)])
        assert.equal(outcome(await look(login, text)), '403 invite_unknown', text.slice(0, 40));
      for (const body of [{}, { invite: null }, { invite: 5 }, { invite: [invite] }])
        assert.equal(outcome(await login.api.post('/api/auth/invite', body)), '400 not_json', JSON.stringify(body));
    },
  },
  {
    name: 'a right code without the invitation that it was asked with, or with another, makes no user',
    needs: ['faketime'],
    async run(t) {
      const login = await invited(t, { clock: true });
      const invite = await login.invite();
      for (const shown of [undefined, 'x']) {
        const code = await login.code(kAnna, { invite });
        assert.equal(outcome(await login.verify(kAnna, code, { invite: shown })), '403 invite_unknown');
        assert.equal((await look(login, invite)).status, 200);
        login.clock.move(31);
      }
      const other = await login.invite();
      const code = await login.code(kAnna, { invite });
      assert.equal((await login.verify(kAnna, code, { invite: other })).status, 200, 'any good one will do');
      assert.deepEqual([outcome(await look(login, invite)), outcome(await look(login, other))], [200, '403 invite_used']);
    },
  },
  {
    name: 'who is a user already needs no invitation, and spends none',
    needs: ['faketime'],
    async run(t) {
      const login = await invited(t, { clock: true });
      const [own, spare] = [await login.invite(), await login.invite()];
      const { user } = await login.logIn(kAnna, { invite: own });
      for (const invite of [undefined, own, spare, 'x']) {
        login.clock.move(721);
        assert.equal((await login.logIn(kAnna, { invite })).user.id, user.id);
      }
      assert.equal((await look(login, spare)).status, 200);
    },
  },
  {
    name: 'the database holds neither the token of an invitation nor a code nor what opens a session',
    async run(t) {
      const login = await invited(t);
      const invite = await login.invite();
      const { refreshToken, token } = await login.logIn(kAnna, { invite });
      const code = await login.code(kBoris, { invite: await login.invite() });
      const files = readdirSync(login.dataDir).map((name) => readFileSync(join(login.dataDir, name), 'latin1')).join('\n');
      for (const secret of [invite, refreshToken.split('.')[2], token.split('.')[2]]) assert.ok(!files.includes(secret));
      assert.ok(files.includes(kAnna), 'this did look into the database');
      for (const name of readdirSync(login.dataDir)) assert.equal(statSync(join(login.dataDir, name)).mode & 0o077, 0, `${name} is nobody else's business`);
      const [hash] = await rows(t, login.dataDir, `SELECT code_hash FROM login_states WHERE address = '${kBoris}'`);
      assert.ok(/^[0-9a-f]{64}$/.test(hash) && !hash.includes(code), hash);
    },
  },
];

const kOurs = 'corp.example';

const registrations = [
  {
    name: 'nothing is sent to who was not invited, by phone or by mail, however often they ask',
    async run(t) {
      const login = await invited(t, { mail: true });
      const strangers = [kAnna, 'anna@example.com'];
      for (let i = 0; i < 5; ++i) await Promise.all(strangers.map((address) => login.ask(address)));
      await gotNothing(login, strangers[0]);
      assert.deepEqual(login.mail.messages, []);
    },
  },
  {
    name: 'with registration = domains those of the domains register, their neighbours and phones need an invitation',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true, registration: 'domains', env: { ZVONOK_LOGIN_DOMAINS: `${kOurs},second.example` } });
      const invite = await login.invite();
      await Promise.all([`anna@${kOurs}`, 'anna@second.example'].map((address) => login.logIn(address, { invite })));
      const code = await login.code('boris@CORP.Example', { canonical: `boris@${kOurs}` });
      assert.equal((await login.verify(`boris@${kOurs}`, code)).status, 200);
      assert.equal((await look(login, invite)).status, 200, 'nobody of them spent it');
      const outside = [`a@mail.${kOurs}`, `a@x${kOurs}`, `a@${kOurs}.evil.example`, kAnna];
      await Promise.all(outside.map((address) => login.ask(address)));
      await login.logIn('carl@elsewhere.example', { invite });
      for (const address of outside) assert.deepEqual(login.messagesTo(address), [], address);
    },
  },
  {
    name: 'with registration = open everybody registers, and an invitation that is shown is not spent',
    async run(t) {
      const login = await LoginServer.start(t);
      const invite = await login.invite();
      await login.logIn(kAnna, { invite });
      await login.logIn(kBoris);
      assert.equal((await look(login, invite)).status, 200);
    },
  },
];

export const inviteCases = [...links, ...spent, ...registrations];
