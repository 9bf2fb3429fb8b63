// How often a code may be asked for and guessed: for an address, for a client, for all together (row L09 of the list of known
// troubles). Hours pass by moving the clock; clients are addresses of 127.0.0.0/8, which are not
// exempt here.
import { strict as assert } from 'node:assert';

import { eventually } from '../../lib/watch.js';
import { metricsOf } from '../lifecycle/metrics_cases.js';
import { LoginServer, kSeconds, phone, wrong } from './login_server.js';

const kVictim = phone(1);
const kPerHour = 5;
const kPerClient = 20;
const kCounted = { ZVONOK_LIMITS_ADDRESS_EXEMPT: '' };

const times = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const error = ({ status, body }) => `${status} ${body.code}`;

/// How many codes were sent, once so many have come and a later one, too: they may overtake each other.
async function fence(login, expected) {
  const before = login.sent;
  await login.code(phone(9_000_000 + before), { from: '127.0.0.250' });
  await eventually(`${expected} codes have come`, () => login.sent - 1 >= expected);
  return login.sent - 1;
}

const asks = [
  {
    name: 'one code in 30 seconds and five in an hour for an address, whoever asks (L09)',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true });
      await login.code(kVictim);
      login.clock.move(28);
      assert.equal((await login.ask(kVictim)).status, 202);
      assert.equal(login.messagesTo(kVictim).length, 1, 'not within 30 s');
      login.clock.move(3);
      await login.code(kVictim); // two; a request that was limited has not put it off
      for (let i = 3; i <= kPerHour; ++i) {
        login.clock.move(31);
        await login.code(kVictim);
      }
      for (const seconds of [31, 600, 600, 600, 600, 600]) {
        login.clock.move(seconds);
        await login.ask(kVictim);
      }
      await login.code(phone(2));
      assert.equal(login.messagesTo(kVictim).length, kPerHour, 'not a sixth within the hour');
      login.clock.move(600); // an hour after the first and second
      await login.code(kVictim);
      login.clock.move(31);
      await login.code(kVictim);
    },
  },
  {
    name: 'of 20 parallel requests for one number one sends, of each of ten (L09)',
    async run(t) {
      const login = await LoginServer.start(t);
      await times(200, (i) => login.ask(phone(10 + (i % 10))));
      assert.equal(await fence(login, 10), 10);
      for (let i = 10; i < 20; ++i) assert.equal(login.messagesTo(phone(i)).length, 1);
    },
  },
  {
    name: 'a client address gets 20 messages sent in an hour, exactly, also in parallel, and the next one its own 20 (L09)',
    async run(t) {
      const login = await LoginServer.start(t, { env: kCounted });
      for (const [i, from] of ['127.0.0.7', '127.0.0.8'].entries()) {
        const before = login.sent;
        const answers = await times(200, (k) => login.ask(phone(1000 * (i + 1) + k), { from }));
        assert.ok(answers.every(({ status }) => status === 202));
        assert.equal(await fence(login, before + kPerClient), before + kPerClient, from);
      }
    },
  },
  {
    name: 'what was not sent counts against a client as well: its limit tells nobody what was sent (L09)',
    async run(t) {
      const login = await LoginServer.start(t, { env: kCounted, registration: 'invite' });
      const from = '127.0.0.7';
      const invite = await login.invite();
      await times(kPerClient - 1, (i) => login.ask(phone(i), { from }));
      assert.equal(login.sent, 0, 'nothing goes to who was not invited');
      await login.code(phone(100), { from, invite });
      assert.equal((await login.ask(phone(300), { from, invite })).status, 202);
      await login.code(phone(200), { from: '127.0.0.8', invite });
      assert.equal(login.sent, 2, 'the client has asked twenty times');
    },
  },
  {
    name: 'an invitation has ten messages sent, and is good for who has one of them',
    async run(t) {
      const login = await LoginServer.start(t, { registration: 'invite' });
      const invite = await login.invite();
      await times(40, (i) => login.ask(phone(i), { invite }));
      await login.sms.received(10);
      assert.equal((await login.ask(phone(50), { invite })).status, 202);
      await login.code(phone(51), { invite: await login.invite() });
      assert.equal(login.sent, 11);
      const lucky = Array.from({ length: 40 }, (_, i) => phone(i)).find((one) => login.messagesTo(one).length === 1);
      const { text } = login.messagesTo(lucky)[0];
      assert.equal((await login.verify(lucky, /\d{6}/.exec(text)[0], { invite })).status, 200);
    },
  },
  {
    name: 'an X-Forwarded-For that nobody trusts opens no further 20 (L09)',
    async run(t) {
      const login = await LoginServer.start(t, { env: kCounted });
      const forged = (address) => ({ 'X-Forwarded-For': address, Forwarded: `for=${address}`, 'X-Real-IP': address });
      await times(60, (i) => login.ask(phone(i), { from: '127.0.0.7', headers: forged(`203.0.113.${i}`) }));
      assert.equal(await fence(login, kPerClient), kPerClient);
    },
  },
  {
    name: 'behind a trusted proxy each client has its own 20, and all of an IPv6 network /64 share theirs (L09)',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ...kCounted, ZVONOK_TRUSTED_PROXIES: '127.0.0.7' } });
      const through = (address) => ({ from: '127.0.0.7', headers: { 'X-Forwarded-For': address } });
      await times(50, (i) => login.ask(phone(i), through(`203.0.113.${i % 2}`)));
      assert.equal(await fence(login, 2 * kPerClient), 2 * kPerClient);
      const before = login.sent;
      await times(50, (i) => login.ask(phone(100 + i), through(`2001:db8::${i}:1`)));
      await login.code(phone(200), through('2001:db8:0:1::1'));
      assert.equal(login.sent, before + kPerClient + 1);
      await times(3, (i) => login.ask(phone(300 + i), through(`9.9.9.9, 203.0.113.1`)));
      await login.code(phone(400), through('203.0.113.3'));
      assert.equal(login.sent, before + kPerClient + 2, 'what a client wrote before the proxy did is not believed');
    },
  },
  {
    name: 'after its hour a client gets 20 messages sent again (L09)',
    needs: ['faketime'],
    async run(t) {
      // This limit is about the clock that only goes forward, so here that one is moved as well.
      const env = { ...kCounted, FAKETIME_DONT_FAKE_MONOTONIC: 0, DONT_FAKE_MONOTONIC: 0 };
      const login = await LoginServer.start(t, { clock: true, env });
      const from = '127.0.0.7';
      const spends = async (first, expected) => {
        const before = login.sent;
        await times(30, (i) => login.ask(phone(first + i), { from }));
        assert.equal((await fence(login, before + expected)) - before, expected);
      };
      await spends(100, kPerClient);
      login.clock.move(kSeconds.hour - 60);
      await spends(200, 0);
      login.clock.move(120);
      await spends(300, kPerClient);
    },
  },
  {
    name: 'addresses of limits.address_exempt, a proxy that hides its clients, have no limit of a client',
    async run(t) {
      const login = await LoginServer.start(t);
      await times(50, (i) => login.ask(phone(i)));
      assert.equal(await fence(login, 50), 50);
    },
  },
];

const floods = [
  {
    name: 'login.max_messages_per_hour stops a flood, is one line of error, and is over after the hour',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true, env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 19 } });
      await times(40, (i) => login.ask(phone(i)));
      await login.sms.received(10);
      const flood = /^\S+ error login codes are asked for in a flood.*max_messages_per_hour=19$/gm;
      await t.logged(login.server, 'in a flood');
      login.clock.move(kSeconds.hour - 60);
      await login.ask(phone(50));
      login.clock.move(120);
      await login.code(phone(51));
      assert.equal(login.sent, 11);
      assert.equal(login.server.log().match(flood)?.length, 1, login.server.log());
    },
  },
  {
    name: 'in a flood of people who register uninvited, users still get their codes',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true, env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 20 } });
      await login.logIn(kVictim);
      login.clock.move(31);
      await times(40, (i) => login.ask(phone(10 + i)));
      await t.logged(login.server, 'in a flood');
      await login.code(kVictim);
      assert.equal(login.sent, 11);
    },
  },
  {
    name: 'a flood is stopped also after the server was killed and started again',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 20 } });
      await times(10, (i) => login.code(phone(i)));
      await login.kill();
      await login.again();
      await times(10, (i) => login.ask(phone(20 + i)));
      await t.logged(login.server, 'in a flood');
      assert.equal(login.sent, 10);
    },
  },
  {
    name: 'metrics count the codes that were sent, and those that were over a limit',
    async run(t) {
      const login = await LoginServer.start(t, { metrics: true, env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 6 } });
      await times(8, (i) => login.ask(phone(i)));
      await login.sms.received(3);
      const metrics = await metricsOf(login.server);
      assert.deepEqual(
        ['sent', 'not_sent', 'limited'].map((outcome) => metrics.get(`zvonok_login_codes_total{outcome="${outcome}"}`)),
        [3, 0, 5],
      );
      const text = [...metrics.keys()].join('\n');
      for (const secret of login.secrets) assert.ok(!text.includes(secret), secret);
    },
  },
];

/// Asks for a code and tries five wrong ones, which voids it.
async function waste(login, from) {
  const code = await login.code(kVictim, { from });
  return times(5, (i) => login.verify(kVictim, wrong(code, i + 1), { from }));
}

const guesses = [
  {
    name: '20 wrong tries shut an address for an hour at most, to the right code as well, and open it one by one (L09)',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true, env: kCounted });
      const from = '127.0.0.7';
      const { user } = await login.logIn(kVictim, { from });
      for (let i = 0; i < 4; ++i) {
        login.clock.move(31);
        assert.deepEqual(new Set((await waste(login, from)).map(error)), new Set(['401 invalid_code']));
      }
      // The sixth request within the hour sends nothing, so there is no code to be right; the tries alone are judged.
      const shut = await login.verify(kVictim, '000000', { from: '127.0.0.8' });
      assert.equal(error(shut), '429 too_many_tries');
      const wait = Number(shut.headers['retry-after']);
      assert.ok(wait > kSeconds.hour - 300 && wait <= kSeconds.hour, `${wait} s`);

      login.clock.move(wait - 5);
      const code = await login.code(kVictim, { from: '127.0.0.8' });
      const still = await login.verify(kVictim, code, { from: '127.0.0.8' });
      assert.equal(error(still), '429 too_many_tries', 'the right code is not even looked at');
      login.clock.move(Number(still.headers['retry-after']));
      const open = await login.verify(kVictim, code, { from: '127.0.0.8' });
      assert.equal(open.body.user?.id, user.id, open.text);
    },
  },
  {
    name: 'after 20 wrong tries one more is borne each hour, and one that was right forgives them all (L09)',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true });
      for (let i = 0; i < 4; ++i, login.clock.move(31)) await waste(login);
      login.clock.move(kSeconds.hour);
      const code = await login.code(kVictim);
      const parallel = await times(20, (i) => login.verify(kVictim, wrong(code, i + 1)));
      const counted = parallel.map(error).filter((one) => one === '401 invalid_code').length;
      assert.ok(counted === 1 || counted === 2, `${counted} tries were borne`); // a minute or two have passed besides
      login.clock.move(kSeconds.hour);
      await login.logIn(kVictim);
      login.clock.move(31);
      assert.deepEqual(new Set((await waste(login)).map(error)), new Set(['401 invalid_code']));
      login.clock.move(31);
      await login.logIn(kVictim);
    },
  },
  {
    name: 'guesses at several addresses, and at none, shut nobody else out (L09)',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true });
      // Nobody has asked for these: a guess at no code is held against nobody, or strangers could shut an address unseen.
      await times(60, (i) => login.verify(kVictim, String(100_000 + i)));
      await login.logIn(kVictim);
      for (let i = 0; i < 4; ++i, login.clock.move(31)) {
        const code = await login.code(phone(2));
        await times(5, (k) => login.verify(phone(2), wrong(code, k + 1)));
      }
      assert.equal(error(await login.verify(phone(2), '000000')), '429 too_many_tries');
      await login.logIn(kVictim);
    },
  },
  {
    name: 'tries and requests are remembered by a server that was killed and started again (L09)',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { clock: true });
      for (let i = 0; i < 4; ++i) {
        await waste(login);
        login.clock.move(31);
        await login.kill();
        await login.again();
      }
      assert.equal(error(await login.verify(kVictim, '000000')), '429 too_many_tries');
      await login.code(kVictim);
      await login.kill();
      await login.again();
      login.clock.move(31);
      await login.ask(kVictim);
      await login.code(phone(2));
      assert.equal(login.messagesTo(kVictim).length, kPerHour);
    },
  },
];

export const limitCases = [...asks, ...floods, ...guesses];
