// Addresses as people type them (row L04 of the list of known troubles): every form that can only mean one number leads to
// one account and one phone, and what could mean two is refused in words. National forms need a default country.
import { strict as assert } from 'node:assert';

import { LoginServer, isMail, named } from './login_server.js';

/// What is typed, with the seven digits of the subscriber in it.
const kClear = [
  ['as it is', (n) => `+7999${n}`],
  ['blanks and dashes', (n) => `+7 999 ${n.slice(0, 3)}-${n.slice(3, 5)}-${n.slice(5)}`],
  ['brackets, a no-break space and no-break dashes', (n) => `+7(999)\u00a0${n.slice(0, 3)}\u2011${n.slice(3)}`],
  ['dots', (n) => `+7.999.${n.slice(0, 3)}.${n.slice(3)}`],
  ['thin spaces and long dashes', (n) => `+7\u2009999\u202f${n.slice(0, 3)}\u2013${n.slice(3, 5)}\u2014${n.slice(5)}`],
  ['00 in place of +', (n) => `007999${n}`],
  ['digits of full width', (n) => [...`007999${n}`].map((c) => String.fromCodePoint(0xff10 + Number(c))).join('')],
  ['a plus and one digit of full width', (n) => `\uff0b7999${n.slice(0, 6)}${String.fromCodePoint(0xff10 + Number(n[6]))}`],
  ['Arabic digits', (n) => `+7999${[...n].map((c) => String.fromCodePoint(0x660 + Number(c))).join('')}`],
  ['Persian digits', (n) => `+7999${[...n].map((c) => String.fromCodePoint(0x6f0 + Number(c))).join('')}`],
  ['blanks and a line break around it', (n) => ` \u00a0+7999${n}\n`],
  ['a mark of no width before it', (n) => `\ufeff+7999${n}\u200b`],
  ['the marks of direction that contacts are copied with', (n) => `\u202a+7999${n}\u202c`],
  ['the marks of isolation that messengers copy', (n) => `\u2068+7999${n}\u2069`],
];

/// These need to be told that Russia is meant.
const kNational = [
  ['8 in front', (n) => `8 (999) ${n.slice(0, 3)}-${n.slice(3, 5)}-${n.slice(5)}`],
  ['8 and no blanks', (n) => `8999${n}`],
  ['7 without a plus', (n) => `7999${n}`],
  ['neither 8 nor 7', (n) => `999 ${n}`],
];

/// Numbers of elsewhere, or that look like another: typed → dialled.
const kOthers = [
  ['+78120000002', '+78120000002'],
  ['+7 (812) 000-00-03', '+78120000003'],
  ['+992 88 000 0003', '+992880000003'],
  ['+44 (0)20 7946 0004', '+442079460004'],
  ['0044 20 7946 0005', '+442079460005'],
  ['+39 06 1234 5678', '+390612345678'],
  ['+1 (202) 555-0123', '+12025550123'],
  ['+358 40 123 4567', '+358401234567'],
];
const kOthersInRussia = [
  ['88120000006', '+78120000006'],
  ['8 812 000-00-07', '+78120000007'],
];

const kNever = [
  '+7', '+', '+7999', `+${'7'.repeat(20)}`, '+7999000000', '+799900000012', '+0999000000', '7', '8', '02', '112',
  '+7999000000x', '+7(999000-00-01', '+7)999(0000001', '++79990000001', '+7+9990000001', '79990000001+', '+7 999 000 00 01 доб. 5',
  '+7999000\u06000001', '+7999Ⅷ000001', '+7９９９٠٠٠٠٠٠O', '+７９９９⁰⁰⁰⁰⁰⁰¹',
];

const subscriber = (i) => String(1000 + i).padStart(7, '0');

/// Each form is typed for a number of its own, whose owner is known already.
async function leadsHome(t, forms, env) {
  const login = await LoginServer.start(t, { clock: true, env });
  const people = await Promise.all(
    forms.map(async ([what, write], i) => {
      const address = `+7999${subscriber(i)}`;
      const { user } = await login.logIn(address);
      return { what, address, typed: write(subscriber(i)), user };
    }),
  );
  login.clock.move(31);
  const answers = await Promise.all(
    people.map(async ({ what, address, typed, user }) => {
      const asked = await login.ask(typed);
      if (asked.status !== 202) return `${what}: ${asked.text}`;
      const { text } = await login.sms.receivedBy(address, 2);
      const answer = await login.verify(typed, /\d{6}/.exec(text)[0]);
      return answer.body.user?.id === user.id ? undefined : `${what}: ${answer.text}`;
    }),
  );
  assert.deepEqual(answers.filter((problem) => problem !== undefined), []);
  assert.equal(login.sms.messages.length, 2 * forms.length, 'nobody else got a code');
}

async function leadsTo(t, pairs, env) {
  const login = await LoginServer.start(t, { env });
  await Promise.all(
    pairs.map(async ([typed, dialled]) => {
      const code = await login.code(typed, { canonical: dialled });
      const answer = await login.verify(typed, code);
      assert.equal(answer.body.user?.phone, dialled, `${typed}: ${answer.text}`);
    }),
  );
  assert.deepEqual(login.sms.messages.map(({ to }) => to).sort(), pairs.map(([, dialled]) => dialled).sort());
}

const kRussia = { ZVONOK_LOGIN_DEFAULT_COUNTRY: 'RU' };

const phones = [
  {
    name: 'every clear form of a number leads to its one account, with and without a default country (L04)',
    needs: ['faketime'],
    async run(t) {
      await leadsHome(t, kClear, {});
      await leadsHome(t, kClear, { ZVONOK_LOGIN_DEFAULT_COUNTRY: 'DE' });
    },
  },
  {
    name: 'national forms lead to the one account where the default country is theirs (L04)',
    needs: ['faketime'],
    run: (t) => leadsHome(t, [...kClear.slice(0, 3), ...kNational], kRussia),
  },
  {
    name: 'national forms without a default country, or with another one, are a 400 that says "start with +" (L04)',
    async run(t) {
      for (const env of [{}, { ZVONOK_LOGIN_DEFAULT_COUNTRY: 'EE' }]) {
        const login = await LoginServer.start(t, { env });
        for (const [what, write] of [...kNational, ['the way out of Russia', () => '8 10 44 20 7946 0004']]) {
          const answer = await login.ask(write(subscriber(1)));
          assert.deepEqual([answer.status, answer.body.code], [400, 'bad_phone'], what);
          assert.match(answer.body.detail, /start.*\+/i, what);
        }
        assert.equal(login.sent, 0);
      }
    },
  },
  {
    name: 'no number loses or gains a digit: an 8 after +7, a (0), the 0 of Italy (L04)',
    async run(t) {
      await leadsTo(t, kOthers, {});
      await leadsTo(t, [...kOthers, ...kOthersInRussia], kRussia);
    },
  },
  {
    name: 'in Russia a number without its 8 that begins like one with it is a 400 that says "start with +": a digit may be missing (L04)',
    async run(t) {
      const login = await LoginServer.start(t, { env: kRussia });
      for (const typed of ['(812) 000-00-08', '8 812 000 00 0', '7 812 000 00 0']) {
        const answer = await login.ask(typed);
        assert.deepEqual([answer.status, answer.body.code], [400, 'bad_phone'], typed);
        assert.match(answer.body.detail, /start.*\+/i, typed);
      }
      assert.equal(login.sent, 0);
    },
  },
  {
    name: 'what is no number, or could be two, is a 400 whatever the default country, and nobody gets a code (L04)',
    async run(t) {
      for (const env of [{}, kRussia]) {
        const login = await LoginServer.start(t, { env });
        for (const typed of kNever) {
          const answer = await login.ask(typed);
          assert.deepEqual([answer.status, answer.body.code], [400, 'bad_phone'], JSON.stringify(typed));
        }
        await login.code('+79990000001');
        assert.equal(login.sent, 1);
      }
    },
  },
];

const mails = [
  {
    name: 'an e-mail address is one whatever the case of its domain and the blanks around it, and another by the case of its name',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { mail: true, clock: true });
      const { user } = await login.logIn('Anna@example.com');
      assert.equal(user.email, 'Anna@example.com');
      for (const typed of ['Anna@EXAMPLE.com', ' Anna@Example.Com\n', 'Anna@example.com ']) {
        login.clock.move(721);
        const code = await login.code(typed, { canonical: 'Anna@example.com' });
        assert.equal((await login.verify(typed, code)).body.user?.id, user.id, typed);
      }
      for (const other of ['anna@example.com', 'Anna+work@example.com', 'Anna@mail.example.com', 'Anna@example.community'])
        assert.notEqual((await login.logIn(other)).user.id, user.id, other);
    },
  },
  {
    name: 'addresses that are odd and valid get their mail: signs, digits, letters that are not ASCII',
    async run(t) {
      const login = await LoginServer.start(t, { mail: true });
      const long = [`${'a'.repeat(64)}@example.com`, `a@${'b'.repeat(63)}.example`];
      const odd = ["o'brien@example.com", 'x@y.zz', '#$&*+-/=?^_`{|}~@example.com', '1@1.example', ...long];
      assert.ok(odd.every(isMail));
      const codes = await Promise.all(odd.map((address) => login.code(address)));
      const answers = await Promise.all(odd.map((address, i) => login.api.post('/api/auth/verify', { ...named(address), code: codes[i] })));
      assert.deepEqual(answers.map(({ body }) => body.user?.email), odd);
    },
  },
];

export const addressCases = [...phones, ...mails];
