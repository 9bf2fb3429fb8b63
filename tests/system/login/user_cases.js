// Oneself and the others: what a person may change, who finds whom by what, and that phone numbers and e-mail addresses are
// seen by their owners alone.
import { strict as assert } from 'node:assert';

import { mint } from '../../lib/tokens.js';
import { LoginServer, phone } from './login_server.js';

const kAnna = phone(1);
const kMail = 'Anna@example.com';

const times = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const patch = (login, token, body) => login.api.patch('/api/me', body, { token });
const search = async (login, token, text) => {
  const answer = await login.api.get(`/api/users?q=${encodeURIComponent(text)}`, { token });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.users;
};
const namesOf = (users) => users.map(({ name }) => name);

/// People of somebody else's login: as many as a case needs, without a code for each. Each of the names is found.
async function withPeople(t, names, options = {}) {
  const login = await LoginServer.start(t, { registration: 'invite', mail: true, ...options });
  for (const [i, name] of names.entries()) assert.equal((await login.me(mint({ userId: `user-${i}`, name }))).body.name, name);
  /// Each question is asked by somebody else, since each may ask 30 times a minute.
  let asked = 0;
  const found = async (text) => namesOf(await search(login, mint({ userId: `asker-${Math.floor(asked++ / 20)}` }), text));
  return { login, found };
}

const kUrl = 'https://example.com/a.png';
const url = (length) => kUrl + 'x'.repeat(length - kUrl.length);

const kBadNames = [
  ...['x'.repeat(81), '😀'.repeat(81), 'x'.repeat(5_000)],
  ...['a\u0000b', 'a\u0007b', 'a\u007fb', 'a\u0086b', 'a\u202eb', 'a\u200eb', 'a\u2066b', '\u202e'],
];
const kBadAvatars = [
  ...['http://example.com/a.png', 'javascript:alert(1)', 'data:image/png;base64,AA', '//example.com/a.png', 'a.png'],
  ...['https://', 'https:/example.com', 'HTTPS ://x', 'https://a b', 'https://a"b', 'https://a<b', 'https://a\u202eb'],
  ...[` ${kUrl}`, `${kUrl} `, `${kUrl}\n`, url(513), url(5_000)],
];

const oneself = [
  {
    name: 'one reads oneself, changes name and avatar, and takes them away again',
    async run(t) {
      const login = await LoginServer.start(t);
      const { token, user } = await login.logIn(kAnna, { name: 'Анна' });
      const steps = [
        [{ name: 'Anna' }, { name: 'Anna', avatar: '' }],
        [{ avatar: kUrl }, { name: 'Anna', avatar: kUrl }],
        [{ name: '  Анна \n Мария\u00a0' }, { name: 'Анна Мария', avatar: kUrl }],
        [{}, { name: 'Анна Мария', avatar: kUrl }],
        [{ name: 'x'.repeat(80), avatar: url(512) }, { name: 'x'.repeat(80), avatar: url(512) }],
        [{ name: '😀'.repeat(80) }, { name: '😀'.repeat(80), avatar: url(512) }],
        [{ name: 'ж'.repeat(80), avatar: null }, { name: 'ж'.repeat(80), avatar: '' }],
        [{ name: '<b>"&\'\\ %_' }, { name: '<b>"&\'\\ %_', avatar: '' }],
        [{ name: null }, { name: '', avatar: '' }],
        [{ name: 'Anna', avatar: kUrl }, { name: 'Anna', avatar: kUrl }],
        [{ name: '', avatar: '' }, { name: '', avatar: '' }],
        [{ name: ' \u200b ' }, { name: '', avatar: '' }],
      ];
      for (const [body, expected] of steps) {
        const wanted = { id: user.id, ...expected, phone: kAnna };
        assert.deepEqual((await patch(login, token, body)).body, wanted, JSON.stringify(body).slice(0, 60));
        assert.deepEqual((await login.me(token)).body, wanted);
        assert.deepEqual((await login.api.get(`/api/users/${encodeURIComponent(user.id)}`, { token })).body, wanted);
      }
    },
  },
  {
    name: 'a name or an avatar that is none is a 400, and nothing of its request is done',
    async run(t) {
      const login = await LoginServer.start(t);
      const { token } = await login.logIn(kAnna, { name: 'Anna' });
      const before = (await login.me(token)).body;
      const refused = [
        ...kBadNames.map((name) => [{ name, avatar: kUrl }, 'bad_name']),
        ...kBadAvatars.map((avatar) => [{ name: 'Other', avatar }, 'bad_avatar']),
        ...[5, true, ['x'], {}].flatMap((value) => [[{ name: value }, 'not_json'], [{ name: 'Other', avatar: value }, 'not_json']]),
      ];
      for (const [body, code] of refused) {
        const answer = await patch(login, token, body);
        assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(body).slice(0, 80));
      }
      assert.deepEqual((await login.me(token)).body, before);
    },
  },
  {
    name: 'of parallel changes of one person each is whole, and the last answer is what is kept',
    async run(t) {
      const login = await LoginServer.start(t);
      const { token } = await login.logIn(kAnna);
      const answers = await times(40, (i) => patch(login, token, { name: `Name ${i}`, avatar: `https://example.com/${i}` }));
      for (const [i, { body }] of answers.entries()) assert.deepEqual([body.name, body.avatar], [`Name ${i}`, `https://example.com/${i}`]);
      const { name, avatar } = (await login.me(token)).body;
      assert.equal(avatar, `https://example.com/${name.split(' ')[1]}`);
    },
  },
];

const others = [
  {
    name: 'phone and e-mail of others are shown by no route and no search, not even to who knows them',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true, registration: 'invite' });
      const enter = async (address, name) => login.logIn(address, { name, invite: await login.invite() });
      const [anna, boris] = [await enter(kAnna, 'Анна'), await enter(kMail, 'Борис')];
      const { token } = await enter(phone(3), 'Вера');
      const shown = [
        ...(await search(login, token, 'анна')),
        ...(await search(login, token, 'бор')),
        ...(await search(login, token, kAnna)),
        ...(await search(login, token, kMail)),
        ...(await Promise.all([anna, boris].map(async ({ user }) => (await login.api.get(`/api/users/${user.id}`, { token })).body))),
      ];
      const both = ['Анна', 'Борис'].map((name) => ({ name, avatar: '' }));
      assert.deepEqual(shown.map(({ id, ...rest }) => rest), [...both, ...both, ...both]);
      const [self] = await search(login, anna.token, kAnna);
      assert.equal(self.phone, kAnna, 'one finds oneself, with one’s own number');
    },
  },
  {
    name: 'a user is asked for by the id, percent-encoded whatever it holds, and an unknown one is a 404',
    async run(t) {
      const ids = ['42', 'a/b', 'a%2Fb', 'ж é 😀', 'a?b#c', '..', '.', 'a+b c', '"', "'; DROP TABLE users; --", 'x'.repeat(512)];
      const login = await LoginServer.start(t);
      for (const userId of ids) await login.me(mint({ userId, name: `It is ${userId}`.slice(0, 80) }));
      const token = mint({ userId: 'asker' });
      for (const id of ids) {
        const path = `/api/users/${encodeURIComponent(id).replaceAll('.', '%2E')}`;
        const answer = await login.api.get(path, { token });
        assert.deepEqual(answer.body, { id, name: `It is ${id}`.slice(0, 80).trim(), avatar: '' }, path);
      }
      for (const path of ['nobody', 'x'.repeat(513), '%00', '42%00', '%FF', '%', '%2', 'A%2Fb']) {
        const answer = await login.api.get(`/api/users/${path}`, { token });
        assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], path.slice(0, 20));
      }
    },
  },
];

const kNames = [
  ...['Anna Petrova', 'Annabel', 'Joanna', 'Анна Королёва', 'АНТОН', 'Ёлка', 'Ли', 'İstanbul', 'Straße', 'Анна'],
  ...['Ольга 100%', 'under_score', 'back\\slash', 'Jean-Luc', "O'Neil"],
];

const searches = [
  {
    name: 'people are found by the beginning of a word of the name, in any case of any alphabet, by name and in its order',
    async run(t) {
      const { found } = await withPeople(t, kNames);
      const table = [
        ['ann', ['Anna Petrova', 'Annabel']], // not Joanna: only where a word begins
        ['ANNA', ['Anna Petrova', 'Annabel']],
        ['petr', ['Anna Petrova']],
        ['anna p', ['Anna Petrova']],
        ['anna   p', ['Anna Petrova']],
        ['  ann  ', ['Anna Petrova', 'Annabel']],
        ['anna  x', []],
        ['анн', ['Анна', 'Анна Королёва']],
        ['АНН', ['Анна', 'Анна Королёва']],
        ['коро', ['Анна Королёва']],
        ['королева', ['Анна Королёва']],
        ['КОРОЛЁВА', ['Анна Королёва']],
        ['антон', ['АНТОН']],
        ['елк', ['Ёлка']],
        ['ёлк', ['Ёлка']],
        ['straße', ['Straße']],
        ["o'ne", ["O'Neil"]],
        ['jean-l', ['Jean-Luc']],
        ['аnna', []], // the first letter is Cyrillic
      ];
      for (const [text, expected] of table) assert.deepEqual(await found(text), expected, text);
    },
  },
  {
    name: 'fewer than three letters find nobody by name, and wildcards and quotes are plain letters',
    async run(t) {
      const { found } = await withPeople(t, kNames);
      const short = ['', 'a', 'an', 'ан', ' an ', 'ли'];
      const wild = ['%', '%%%', '___', 'a%', 'an%', '%nn', 'a_n', 'ann%', 'ann*', '\\\\\\', '100_', 'und%', 'und_r', 'back_'];
      for (const text of [...short, ...wild, "' OR 1=1 --", '"""', 'x'.repeat(80), 'x'.repeat(500), 'ann\0', '\ufffd\ufffd\ufffd'])
        assert.deepEqual(await found(text), [], JSON.stringify(text));
      assert.deepEqual(await found('100%'), ['Ольга 100%']);
      assert.deepEqual(await found('under_'), ['under_score']);
      assert.deepEqual(await found('back\\s'), ['back\\slash']);
    },
  },
  {
    name: 'queries that are odd find nobody: none, twice, not UTF-8, too long, percent signs that mean nothing',
    async run(t) {
      const { login } = await withPeople(t, kNames);
      const token = mint({ userId: 'asker' });
      const ask = async (query) => namesOf((await login.api.get(`/api/users${query}`, { token })).body.users);
      const odd = ['?q=%FF%FF%FF', '?q=%C0%80anna', '?q=anna%00', '?q=%E2%82', `?q=${'a'.repeat(5_000)}`, '?q=%zz%zz'];
      for (const query of ['', '?', '?q', '?q=', '?Q=anna', '?x=anna', ...odd, '?q=&q=anna'])
        assert.deepEqual(await ask(query), [], query.slice(0, 30));
      assert.deepEqual(await ask('?q=anna+p'), ['Anna Petrova']);
      assert.deepEqual(await ask('?x=1&q=anna%20p&q=boris'), ['Anna Petrova']);
    },
  },
  {
    name: 'people are found by their whole phone number or e-mail address, in all its forms, and by no part of it',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true, registration: 'invite', env: { ZVONOK_LOGIN_DEFAULT_COUNTRY: 'RU' } });
      const enter = async (address, name) => login.logIn(address, { name, invite: await login.invite() });
      await Promise.all([enter(kAnna, 'By phone'), enter(kMail, 'By mail')]);
      const token = mint({ userId: 'asker' });
      for (const text of [kAnna, '+7 999 000-00-01', '8 (999) 000-00-01', ' 89990000001 ', '0079990000001'])
        assert.deepEqual(namesOf(await search(login, token, text)), ['By phone'], text);
      for (const text of [kMail, 'Anna@EXAMPLE.com', ' Anna@example.com ']) assert.deepEqual(namesOf(await search(login, token, text)), ['By mail'], text);
      const parts = [kAnna.slice(0, -1), `${kAnna}0`, '+7999', '999000', 'Anna@', '@example.com', 'Anna@example', 'example.com', 'example'];
      for (const text of [...parts, 'anna@example.com'])
        assert.deepEqual(await search(login, token, text), [], text);
    },
  },
  {
    name: 'at most twenty are found, the first of them by name',
    async run(t) {
      const names = Array.from({ length: 30 }, (_, i) => `Name ${String((i * 7) % 30).padStart(2, '0')}`);
      const { found } = await withPeople(t, names);
      assert.deepEqual(await found('name'), names.toSorted().slice(0, 20));
    },
  },
  {
    name: 'where registration is open to the world nobody is found by name, and by the whole number one is',
    async run(t) {
      const { login, found } = await withPeople(t, ['Anna Petrova'], { registration: 'open' });
      assert.deepEqual(await found('anna'), []);
      assert.deepEqual(await found('Anna Petrova'), []);
      await login.logIn(kAnna, { name: 'Boris' });
      assert.deepEqual(await found(kAnna), ['Boris']);
    },
  },
];

const rates = [
  {
    name: 'somebody searches 30 times a minute, also in parallel, then is told when to go on; others search meanwhile',
    async run(t) {
      const login = await LoginServer.start(t);
      const [anna, boris] = ['anna', 'boris'].map((userId) => mint({ userId }));
      const begun = performance.now();
      const answers = await times(60, () => login.api.get('/api/users?q=someone', { token: anna }));
      const good = answers.filter(({ status }) => status === 200).length;
      const refilled = Math.ceil((performance.now() - begun) / 2_000); // 30 a minute are one in two seconds
      assert.ok(good >= 30 && good <= 30 + refilled, `${good} searches`);
      for (const { body } of answers.filter(({ status }) => status !== 200)) assert.equal(body.code, 'rate_limited');
      await search(login, boris, 'someone');
      await search(login, mint({ userId: 'carl', name: 'x' }), 'someone');
      assert.equal((await login.me(anna)).status, 200, 'the rest of the API goes on');
    },
  },
  {
    name: 'somebody looks up 120 people a minute, themselves among them, then is told when to go on',
    async run(t) {
      const login = await LoginServer.start(t);
      const token = mint({ userId: 'anna' });
      const begun = performance.now();
      const ways = [() => login.me(token), () => login.api.get('/api/users/x', { token }), () => patch(login, token, { name: 'Anna' })];
      const answers = await times(200, (i) => ways[i % 3]());
      const refused = answers.filter(({ status }) => status === 429).length;
      const refilled = Math.ceil((performance.now() - begun) / 500);
      assert.ok(refused <= 80 && refused >= 80 - refilled, `${refused} of 200 were refused`);
      assert.equal((await login.me(mint({ userId: 'boris' }))).status, 200);
      await search(login, token, 'someone');
    },
  },
];

export const userCases = [...oneself, ...others, ...searches, ...rates];
