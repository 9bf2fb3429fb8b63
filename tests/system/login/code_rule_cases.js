// The rules of a code: used once, five tries, ten minutes, the newest only; also when many requests come at once (rows L01,
// L05 and L08 of the list of known troubles). Time passes by moving the clock.
import { strict as assert } from 'node:assert';

import { LoginServer, kSeconds, phone, wrong } from './login_server.js';
import { rows } from './sqlite.js';

const kAnna = phone(1);

const statuses = (answers) => answers.map(({ status }) => status);
const codes = (answers) => answers.map(({ body }) => body.code);
const times = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const count = (list, wanted) => list.filter((one) => one === wanted).length;

const races = [
  {
    name: 'of 20 parallel requests with the right code exactly one logs in, and one session is made (L01)',
    async run(t) {
      const login = await LoginServer.start(t);
      for (let round = 0; round < 5; ++round) {
        const address = phone(round);
        const code = await login.code(address);
        const answers = await times(20, () => login.verify(address, code));
        assert.equal(count(statuses(answers), 200), 1, statuses(answers).join());
        const refused = answers.filter(({ status }) => status !== 200);
        assert.equal(new Set(refused.map(({ text }) => text)).size, 1);
        assert.equal(refused[0].body.code, 'invalid_code');
        assert.deepEqual(await rows(t, login.dataDir, 'SELECT COUNT(*) FROM login_sessions'), [String(round + 1)]);
        assert.deepEqual(await rows(t, login.dataDir, 'SELECT COUNT(*) FROM users'), [String(round + 1)]);
      }
    },
  },
  {
    name: 'after 50 parallel wrong guesses the right code is refused, five of them count, and the address is not shut (L01)',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true });
      const code = await login.code(kAnna);
      const answers = await times(50, (i) => login.verify(kAnna, wrong(code, i + 1)));
      assert.deepEqual(new Set(codes(answers)), new Set(['invalid_code']));
      const late = await login.verify(kAnna, code);
      assert.deepEqual([late.status, late.body.code], [401, 'invalid_code']);
      login.clock.move(31);
      await login.logIn(kAnna);
    },
  },
  {
    name: 'the right code among 50 parallel guesses logs in at most once, and never after the fifth wrong one (L01)',
    async run(t) {
      const login = await LoginServer.start(t);
      for (let round = 0; round < 5; ++round) {
        const address = phone(round);
        const code = await login.code(address);
        const answers = await times(50, (i) => login.verify(address, i % 10 === 9 ? code : wrong(code, i + 1)));
        assert.ok(count(statuses(answers), 200) <= 1);
        assert.equal((await login.verify(address, code)).status, 401);
      }
    },
  },
  {
    name: 'a code of one address is none of another, and one that was asked for twice at once is one code (L01)',
    async run(t) {
      const login = await LoginServer.start(t);
      const asked = await times(20, () => login.ask(kAnna));
      assert.deepEqual(new Set(statuses(asked)), new Set([202]));
      await login.code(phone(2));
      assert.equal(login.messagesTo(kAnna).length, 1);
    },
  },
];

/// More messages than that are not on their way at a time.
const kAtOnce = 50;

/// The codes of so many people.
async function manyCodes(login, many) {
  const found = new Map();
  for (let from = 0; from < many; from += kAtOnce) {
    const batch = await times(Math.min(kAtOnce, many - from), async (i) => [phone(from + i), await login.code(phone(from + i))]);
    for (const [address, code] of batch) found.set(address, code);
  }
  return found;
}

const kMany = 1000;

const zeros = [
  {
    name: 'codes are six digits, a tenth of them begin with 0, and a zero in front is lost nowhere (L05)',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 1_000_000 } });
      const found = await manyCodes(login, kMany);
      // Each digit is drawn kMany/10 times, give or take 9.5; six times that is one run in a hundred million.
      for (let digit = 0; digit < 10; ++digit) {
        for (const place of [0, 5]) {
          const drawn = [...found.values()].filter((code) => code[place] === String(digit)).length;
          assert.ok(Math.abs(drawn - kMany / 10) < 57, `${digit} stands ${drawn} times at place ${place}`);
        }
      }
      assert.ok(new Set(found.values()).size > kMany * 0.98, 'codes are alike');

      const zero = [...found].filter(([, code]) => code.startsWith('0'));
      const take = () => zero.shift();
      const [address, code] = take();
      const refused = [
        [code.slice(1), 'bad_code'],
        [Number(code), 'not_json'],
        [`${code.slice(0, 3)}-${code.slice(3)}`, 'bad_code'],
        [[...code].map((c) => String.fromCodePoint(0xff10 + Number(c))).join(''), 'bad_code'],
        [`${code}0`, 'bad_code'],
        [`0${code}`, 'bad_code'],
        ['', 'bad_code'],
        ['   ', 'bad_code'],
        [null, 'bad_code'],
        [`${code}.`, 'bad_code'],
        [`0x${code.slice(2)}`, 'bad_code'],
      ];
      for (const [form, expected] of refused) {
        const answer = await login.api.post('/api/auth/verify', { phone: address, code: form });
        assert.deepEqual([answer.status, answer.body.code], [400, expected], JSON.stringify(form));
      }
      assert.equal((await login.verify(address, code)).status, 200, 'none of them was a try');

      const spaced = (with_) => (one) => `${one.slice(0, 3)}${with_}${one.slice(3)}`;
      const around = [(one) => ` ${one.slice(0, 3)} ${one.slice(3)} `, (one) => `${one}\n`, (one) => [...one].join(' ')];
      const forgiven = [...around, ...['\u00a0', '\u2009', '\u200b'].map(spaced)];
      for (const form of forgiven) {
        const [owner, own] = take();
        const answer = await login.verify(owner, form(own));
        assert.equal(answer.status, 200, `${JSON.stringify(form(own))}: ${answer.text}`);
      }
    },
  },
];

/// A server, and a code that was asked for at its beginning.
async function begun(t) {
  const login = await LoginServer.start(t, { clock: true });
  return { login, first: await login.code(kAnna), move: (seconds) => login.clock.move(seconds) };
}

const resends = [
  {
    name: 'the newest code alone is good: the first is refused after a second was sent, and that one logs in (L08)',
    needs: ['faketime'],
    async run(t) {
      const { login, first, move } = await begun(t);
      move(31);
      const second = await login.code(kAnna);
      move(4);
      const old = await login.verify(kAnna, first === second ? wrong(second) : first);
      assert.deepEqual([old.status, old.body.code], [401, 'invalid_code']);
      assert.match(old.body.title, /newer/, 'the answer says that a newer one may have been sent');
      assert.equal((await login.verify(kAnna, second)).status, 200);
      assert.equal((await login.verify(kAnna, first)).status, 401);
    },
  },
  {
    name: 'five wrong tries void a code, and the next one has five of its own (L08)',
    needs: ['faketime'],
    async run(t) {
      const { login, first, move } = await begun(t);
      for (let i = 1; i <= 5; ++i) assert.equal((await login.verify(kAnna, wrong(first, i))).status, 401);
      assert.equal((await login.verify(kAnna, first)).status, 401);
      move(31);
      const second = await login.code(kAnna);
      for (let i = 1; i <= 4; ++i) assert.equal((await login.verify(kAnna, wrong(second, i))).status, 401);
      assert.equal((await login.verify(kAnna, second)).status, 200);
    },
  },
  ...[
    ['a code is good after 9 minutes and 58 seconds', kSeconds.code - 2, 200],
    ['a code is refused after ten minutes', kSeconds.code + 1, 401],
    ['a code is refused after a day', kSeconds.day, 401],
    ['a code is refused by a clock that was set back a day', -kSeconds.day, 401],
  ].map(([name, seconds, status]) => ({
    name: `${name} (L08)`,
    needs: ['faketime'],
    async run(t) {
      const { login, first, move } = await begun(t);
      move(seconds);
      assert.equal((await login.verify(kAnna, first)).status, status);
    },
  })),
  {
    name: 'a clock that was set back a day keeps nobody from asking anew (L08)',
    needs: ['faketime'],
    async run(t) {
      const { login, move } = await begun(t);
      move(-kSeconds.day);
      await login.logIn(kAnna);
    },
  },
  {
    name: 'a code that was sent stays good when it is asked for too soon again, or too often, and nothing is sent (L08)',
    needs: ['faketime'],
    async run(t) {
      const { login, first, move } = await begun(t);
      await login.ask(kAnna);
      assert.equal((await login.verify(kAnna, first)).status, 200);
      for (let i = 2; i <= 4; ++i) {
        move(31);
        await login.code(kAnna);
      }
      move(31);
      const fifth = await login.code(kAnna);
      move(31);
      await login.ask(kAnna);
      assert.equal(login.messagesTo(kAnna).length, 5);
      assert.equal((await login.verify(kAnna, fifth)).status, 200);
    },
  },
  {
    name: 'a code that was sent stays good when it is asked for again in a flood, and nothing is sent (L08)',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true, env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 1 } });
      const only = await login.code(kAnna);
      login.clock.move(31);
      await login.ask(kAnna);
      assert.equal(login.sent, 1);
      assert.equal((await login.verify(kAnna, only)).status, 200);
    },
  },
  {
    name: 'a code that was sent to who was invited stays good when it is asked for without the invitation, and nothing is sent (L08)',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true, registration: 'invite' });
      const invite = await login.invite();
      const code = await login.code(kAnna, { invite });
      login.clock.move(31);
      await login.ask(kAnna); // A stranger does that, or the page after it was loaded anew.
      assert.equal(login.sent, 1);
      assert.equal((await login.verify(kAnna, code, { invite })).status, 200);
    },
  },
];

export const codeRuleCases = [...races, ...zeros, ...resends];
