// Sessions: their end by a logout, on the wire and over a restart; tokens that are none; a secret that is changed while
// people are logged in; tokens of somebody else's backend; and calls between people who logged in by a code.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';

import { mint, mintRaw, nowSeconds } from '../../lib/tokens.js';
import { eventually } from '../../lib/watch.js';
import { reaches, verdict } from '../lifecycle/harness.js';
import { taken } from '../lifecycle/reload_cases.js';
import { LoginServer, claimsOf, kSeconds, phone } from './login_server.js';
import { rows } from './sqlite.js';

const [kAnna, kBoris] = [phone(1), phone(2)];

const socketOf = (t, login, { token }) => t.client(login.server, { token });

async function isOut(login, { token, refreshToken }) {
  const answer = await login.me(token);
  assert.deepEqual([answer.status, answer.body.code], [401, 'unauthorized']);
  assert.equal(await verdict(login.server, token), 4001);
  if (refreshToken) assert.equal((await login.refresh(refreshToken)).status, 401);
}

async function isIn(login, { token }) {
  assert.equal((await login.me(token)).status, 200);
  assert.equal(await verdict(login.server, token), 'connected');
}

const logouts = [
  {
    name: 'a logout ends the session of its token: REST 401, new sockets 4001, open ones 4010, and no other session',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true });
      const phoneOf = await login.logIn(kAnna, { device: 'phone' });
      login.clock.move(31);
      const laptop = await login.logIn(kAnna, { device: 'laptop' });
      const renewed = (await login.refresh(phoneOf.refreshToken, 'phone')).body;
      const [first, second, other] = await Promise.all([phoneOf, renewed, laptop].map((pair) => socketOf(t, login, pair)));
      const answer = await login.logOut(renewed.token);
      assert.deepEqual([answer.status, answer.text], [204, '']);
      for (const socket of [first, second]) assert.deepEqual(await socket.whenClosed(), { code: 4010, reason: 'session ended' });
      await isOut(login, renewed);
      await isOut(login, phoneOf);
      assert.equal((await login.logOut(renewed.token)).status, 401, 'a second logout');
      await other.roundTrip();
      await isIn(login, laptop);
      assert.equal((await login.refresh(laptop.refreshToken, 'laptop')).status, 200);
    },
  },
  {
    name: 'a logout is kept over a kill -9 and a stop of the server',
    async run(t) {
      const login = await LoginServer.start(t);
      const [anna, boris] = await Promise.all([login.logIn(kAnna), login.logIn(kBoris)]);
      assert.equal((await login.logOut(anna.token)).status, 204);
      await login.kill();
      for (let restart = 0; restart < 2; ++restart) {
        await login.again();
        await isOut(login, anna);
        await isIn(login, boris);
        await login.server.stop();
      }
    },
  },
  {
    name: 'who logs out in a call leaves it, and the other one hears it',
    async run(t) {
      const login = await LoginServer.start(t);
      const people = await Promise.all([login.logIn(kAnna), login.logIn(kBoris)]);
      const [a, b] = await Promise.all(people.map((pair) => socketOf(t, login, pair)));
      a.offer(people[1].user.id);
      await b.next('call:offer');
      b.answer();
      await a.next('call:answer');
      await login.logOut(people[0].token);
      await b.next('call:hangup');
      assert.equal((await a.whenClosed()).code, 4010);
      await b.roundTrip();
    },
  },
  {
    name: 'a logout while the same session refreshes ends it: nothing that was answered works afterwards',
    async run(t) {
      const login = await LoginServer.start(t);
      for (let round = 0; round < 10; ++round) {
        const first = await login.logIn(phone(10 + round));
        const [, ...answers] = await Promise.all([login.logOut(first.token), ...[1, 2, 3].map(() => login.refresh(first.refreshToken))]);
        await isOut(login, first);
        for (const { status, body } of answers) if (status === 200) await isOut(login, body);
      }
    },
  },
  {
    name: 'a logout with a token of somebody else is a 204 and ends nothing: only who gave it can',
    async run(t) {
      const login = await LoginServer.start(t);
      const without = { token: mint({ userId: 'anna' }) };
      assert.equal((await login.logOut(without.token)).status, 204);
      await isIn(login, without); // It has no session that could be ended.
      const foreign = { token: mint({ userId: 'boris', sid: 'session-of-theirs' }) };
      const socket = await socketOf(t, login, foreign);
      assert.equal((await login.logOut(foreign.token)).status, 204);
      await isIn(login, foreign);
      assert.equal(socket.ended, undefined, 'its WebSocket stays open');
    },
  },
  {
    name: 'the 101st login of a user ends their oldest session, and says so to its sockets',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true });
      const oldest = await login.logIn(kAnna);
      const now = login.clock.now() + 1000;
      const values = Array.from({ length: 99 }, (_, i) => `('s${i}', '${oldest.user.id}', 1, '', ${now}, ${now}, NULL)`);
      await rows(t, login.dataDir, `INSERT INTO login_sessions (id, user_id, n, device, rotated_at, created_at, ended_at) VALUES ${values}`);
      const socket = await socketOf(t, login, oldest);
      login.clock.move(31);
      const newest = await login.logIn(kAnna);
      assert.equal((await socket.whenClosed()).code, 4010);
      await isOut(login, oldest);
      await isIn(login, newest);
      assert.deepEqual(await rows(t, login.dataDir, 'SELECT COUNT(*) FROM login_sessions WHERE ended_at IS NULL'), ['100']);
    },
  },
];

const kBearer = [
  ['GET', '/api/me'],
  ['PATCH', '/api/me', { name: 'x' }],
  ['GET', '/api/users?q=anna'],
  ['GET', '/api/users/x'],
  ['POST', '/api/auth/logout'],
  ['GET', '/api/ice-servers'],
];

const tokens = [
  {
    name: 'every route of a bearer answers a token that is none with 401, in whatever form it comes (A06)',
    async run(t) {
      const login = await LoginServer.start(t);
      const { token } = await login.logIn(kAnna);
      const [head, body, signature] = token.split('.');
      const values = [
        null, '', 'Bearer', 'Bearer ', 'Bearer null', 'Bearer undefined', 'Bearer [object Object]', `Bearer "${token}"`, `Bearer Bearer ${token}`,
        `JWT ${token}`, `Basic ${token}`, `Token ${token}`, token, `Bearer ${token}, Bearer ${token}`, `Bearer ${token} x`, `Bearer ${token}%00`,
        `Bearer ${token.replaceAll('.', '%2E')}`, `Bearer ${head}.${body}`, `Bearer ${head}.${body}.`, `Bearer ${token}A`, `Bearer ${token}=`,
        `Bearer ${head}.${body}.${signature.slice(0, -2)}`, `Bearer ${mintRaw('{"alg":"none"}', '{"userId":"a"}', '', 'none')}`,
        `Bearer ${mint({ userId: 'a', exp: 1 })}`, `Bearer ${mint({ userId: 'a' }, { key: 'another-secret-0123456789-0123456789' })}`,
        `Bearer ${mint({ userId: '' })}`, `Bearer ${mint({})}`, `Bearer ${'x'.repeat(9_000)}`,
      ];
      for (const value of values) {
        for (const [method, path, sent] of kBearer) {
          const answer = await login.api.ask(method, path, sent, { headers: { Authorization: value } });
          assert.deepEqual([answer.status, answer.body.code], [401, 'unauthorized'], `${method} ${path} with ${String(value).slice(0, 60)}`);
        }
      }
      for (const scheme of ['bearer', 'BEARER', 'Bearer'])
        assert.equal((await login.api.get('/api/me', { headers: { Authorization: `${scheme} ${token}` } })).status, 200, scheme);
      for (const path of [`/api/me?token=${token}`, `/api/me?access_token=${token}`]) assert.equal((await login.api.get(path)).status, 401, 'in the URL');
    },
  },
  {
    name: 'too many refused tokens of one client are a 429 to further ones, and never to a good one',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ZVONOK_LIMITS_ADDRESS_EXEMPT: '', ZVONOK_LIMITS_ADDRESS_BAD_TOKENS_PER_MIN: 10 } });
      const from = '127.0.0.7';
      const { token } = await login.logIn(kAnna, { from });
      const refused = await Promise.all(Array.from({ length: 30 }, () => login.api.get('/api/me', { token: 'x', from })));
      const count = (code) => refused.filter(({ body }) => body.code === code).length;
      assert.ok(count('unauthorized') >= 10 && count('unauthorized') <= 12 && count('too_many_bad_tokens') >= 18, refused.map(({ status }) => status).join());
      assert.equal((await login.api.get('/api/me', { token, from })).status, 200);
      assert.equal((await login.api.get('/api/me', { token: 'x', from: '127.0.0.8' })).status, 401);
    },
  },
  {
    name: 'an access token ends after its hour, for REST, new sockets and idle ones, and a refresh goes on',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true, env: { ZVONOK_WS_PING_S: 1, ZVONOK_WS_DEAD_S: 3 } });
      const first = await login.logIn(kAnna);
      const socket = await socketOf(t, login, first);
      login.clock.move(kSeconds.hour - 60);
      await isIn(login, first);
      login.clock.move(61);
      await isOut(login, { token: first.token });
      assert.deepEqual(await socket.whenClosed(20_000), { code: 4001, reason: 'token expired' });
      const renewed = await login.refresh(first.refreshToken);
      assert.equal(renewed.status, 200);
      await isIn(login, renewed.body);
    },
  },
];

const kOld = 'old-secret-0123456789-0123456789-0123456789-0123456789';
const kNew = 'new-secret-0123456789-0123456789-0123456789-0123456789';

/// Secrets in files, which `write` changes and SIGHUP has read.
async function withSecretFiles(t, write = kOld) {
  const [secret, previous] = [t.file('secret', write), t.file('previous', 'unused-0123456789-0123456789-0123456789')];
  const env = { JWT_SECRET: null, JWT_SECRET_FILE: secret, ZVONOK_JWT_SECRET_PREVIOUS_FILE: previous };
  const login = await LoginServer.start(t, { env });
  return {
    login,
    async change(to, before) {
      writeFileSync(secret, to);
      if (before) writeFileSync(previous, before);
      await taken(t, login.server);
    },
  };
}

const secrets = [
  {
    name: 'a new secret by SIGHUP with the old one as the previous logs nobody out, and voids no code, pair or invitation',
    async run(t) {
      const { login, change } = await withSecretFiles(t);
      const invite = await login.invite();
      const first = await login.logIn(kAnna);
      const socket = await socketOf(t, login, first);
      const code = await login.code(kBoris);
      await change(kNew, kOld);
      await isIn(login, first);
      await socket.roundTrip();
      assert.equal((await login.verify(kBoris, code)).status, 200, 'a code that was sent before');
      const second = await login.refresh(first.refreshToken);
      assert.equal(second.status, 200);
      assert.equal((await login.api.post('/api/auth/invite', { invite })).status, 200);
      await change(kNew, 'unused-0123456789-0123456789-0123456789');
      await isIn(login, second.body); // signed with the new one
      assert.equal((await login.refresh(second.body.refreshToken)).status, 200);
      await isOut(login, { token: first.token });
      await login.logOut(second.body.token);
    },
  },
  {
    name: 'a new secret without the old one logs everybody out, and lets them log in',
    needs: ['faketime'],
    async run(t) {
      const { login, change } = await withSecretFiles(t);
      const first = await login.logIn(kAnna);
      const code = await login.code(kBoris);
      await change(kNew);
      await isOut(login, first);
      assert.equal((await login.verify(kBoris, code)).status, 401);
      const other = await login.logIn(phone(3));
      await isIn(login, other);
    },
  },
  {
    name: 'the same pair is answered to a tab that is late across a change of the secret',
    async run(t) {
      const { login, change } = await withSecretFiles(t);
      const first = await login.logIn(kAnna);
      await login.refresh(first.refreshToken);
      await change(kNew, kOld);
      const late = await login.refresh(first.refreshToken);
      assert.equal(late.status, 200);
      await isIn(login, late.body);
      assert.equal((await login.refresh(late.body.refreshToken)).status, 200);
    },
  },
];

const kPicture = 'https://example.com/anna.png';
const foreign = (claims) => mint({ userId: 'their-anna', name: 'Анна Их', picture: kPicture, ...claims });
const meOf = async (login, token) => (await login.me(token)).body;

const strangers = [
  {
    name: 'the first token of somebody else by /ws makes a user of its claims, also one that says nothing of them',
    async run(t) {
      const login = await LoginServer.start(t);
      for (const token of [foreign({}), mint({ userId: 42 })]) await t.client(login.server, { token });
      const { token } = await login.logIn(kAnna);
      await eventually('their rows are there', async () => (await login.api.get('/api/users/42', { token })).status === 200);
      const other = await login.api.get('/api/users/their-anna', { token });
      assert.deepEqual(other.body, { id: 'their-anna', name: 'Анна Их', avatar: kPicture });
    },
  },
  {
    name: 'claims win over what their bearer writes, change with the next token, and are kept when they are gone',
    async run(t) {
      const login = await LoginServer.start(t);
      const wanted = { id: 'their-anna', name: 'Анна Их', avatar: kPicture };
      assert.deepEqual(await meOf(login, foreign({})), wanted);
      const changed = await login.api.patch('/api/me', { name: 'Another', avatar: 'https://example.com/other.png' }, { token: foreign({}) });
      assert.deepEqual(changed.body, wanted);
      assert.deepEqual(await meOf(login, foreign({})), wanted);
      assert.equal((await meOf(login, foreign({ name: 'Анна Новая' }))).name, 'Анна Новая');
      const bare = mint({ userId: 'their-anna' });
      assert.deepEqual(await meOf(login, bare), { ...wanted, name: 'Анна Новая' });
      const own = await login.api.patch('/api/me', { name: 'By herself' }, { token: bare });
      assert.deepEqual(own.body, { ...wanted, name: 'By herself' });
      const half = await login.api.patch('/api/me', { name: 'Mine', avatar: '' }, { token: mint({ userId: 'their-anna', name: 'Theirs' }) });
      assert.deepEqual(half.body, { ...wanted, name: 'Theirs', avatar: '' });
    },
  },
  {
    name: 'claims that are too long, no text or no https are passed over, and the token is good all the same',
    async run(t) {
      const login = await LoginServer.start(t);
      const odd = [
        { name: 'x'.repeat(81) }, { name: 'x'.repeat(3_000) }, { name: 5 }, { name: ['a'] }, { name: 'a\u0007b' }, { name: 'a\u202eb' }, { name: null },
        { picture: 'http://example.com/a.png' }, { picture: 'javascript:alert(1)' }, { picture: `https://example.com/${'x'.repeat(500)}` },
        { picture: {} }, { picture: 'https://a b' },
      ];
      for (const [i, claims] of odd.entries()) {
        const me = await meOf(login, mint({ userId: `odd-${i}`, ...claims }));
        assert.deepEqual(me, { id: `odd-${i}`, name: '', avatar: '' }, JSON.stringify(claims).slice(0, 80));
      }
      assert.equal((await meOf(login, mint({ userId: 'fits', name: '😀'.repeat(80) }))).name, '😀'.repeat(80));
    },
  },
  {
    name: '300 users of somebody else who connect at once all have rows, and none was kept waiting',
    async run(t) {
      const login = await LoginServer.start(t);
      const ids = Array.from({ length: 300 }, (_, i) => `user-${i}`);
      const verdicts = await Promise.all(ids.map((userId) => verdict(login.server, mint({ userId, name: `Name ${userId}` }))));
      assert.deepEqual(new Set(verdicts), new Set(['connected']));
      const count = "SELECT COUNT(*) FROM users WHERE name LIKE 'Name user-%'";
      await eventually('all rows are there', async () => (await rows(t, login.dataDir, count))[0] === '300');
    },
  },
];

const calls = [
  {
    name: 'two people who logged in by a code find each other, call, talk, hang up and call again with renewed tokens',
    async run(t) {
      const login = await LoginServer.start(t, { registration: 'invite' });
      const people = [];
      for (const [address, name] of [[kAnna, 'Анна'], [kBoris, 'Борис']])
        people.push(await login.logIn(address, { name, invite: await login.invite() }));
      const found = (await login.api.get(`/api/users?q=${encodeURIComponent('бор')}`, { token: people[0].token })).body.users;
      assert.deepEqual(found, [{ id: people[1].user.id, name: 'Борис', avatar: '' }]);
      let [a, b] = await Promise.all(people.map((pair) => socketOf(t, login, pair)));
      for (let call = 0; call < 2; ++call) {
        a.offer(found[0].id);
        const { payload } = await b.next('call:offer');
        assert.equal(payload.fromUserId, people[0].user.id);
        const caller = await login.api.get(`/api/users/${encodeURIComponent(payload.fromUserId)}`, { token: people[1].token });
        assert.deepEqual(caller.body, { id: people[0].user.id, name: 'Анна', avatar: '' });
        b.answer();
        await a.next('call:answer');
        await reaches(a, b);
        await reaches(b, a);
        a.hangup();
        await b.next('call:hangup');
        const renewed = await Promise.all(people.map(({ refreshToken }) => login.refresh(refreshToken)));
        const before = [a, b];
        [a, b] = await Promise.all(renewed.map(({ body }) => socketOf(t, login, body)));
        for (const [i, { body }] of renewed.entries()) {
          await before[i].close(1000);
          people[i] = { ...people[i], ...body };
        }
      }
    },
  },
  {
    name: 'somebody who logged in by a code and somebody of another backend call each other, and each is who the token says',
    async run(t) {
      const login = await LoginServer.start(t);
      const anna = await login.logIn(kAnna);
      const a = await socketOf(t, login, anna);
      const b = await socketOf(t, login, { token: mint({ userId: 7, exp: nowSeconds() + 60 }) });
      b.offer(anna.user.id);
      assert.strictEqual((await a.next('call:offer')).payload.fromUserId, 7);
      a.answer();
      await b.next('call:answer');
      await reaches(b, a);
      assert.equal(claimsOf(anna.token).userId, anna.user.id);
    },
  },
];

export const sessionCases = [...logouts, ...tokens, ...secrets, ...strangers, ...calls];
