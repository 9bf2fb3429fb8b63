// Who asks for a code learns nothing of the address: known, unknown, not invited and limited look alike in the answer and
// in the time that it takes, and so do wrong codes for them.
import { strict as assert } from 'node:assert';

import { LoginServer, phone, wrong } from './login_server.js';
import { rows } from './sqlite.js';

const kOurs = 'corp.example';
const ours = (name) => `${name}@${kOurs}`;
const stranger = (name) => `${name}@elsewhere.example`;

/// People with mail at kOurs may register; each client address has limits.
const kDomains = {
  registration: 'domains',
  mail: true,
  env: { ZVONOK_LOGIN_DOMAINS: kOurs, ZVONOK_LIMITS_ADDRESS_EXEMPT: '', ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 1000 },
};

/// All of an answer but its time.
const whole = ({ status, text, rawHeaders }) =>
  JSON.stringify([status, text, rawHeaders.map((value, i) => (rawHeaders[i - 1]?.toLowerCase() === 'date' ? '' : value))]);

const answers = [
  {
    name: 'known, unknown, not invited, limited, over the limit of its client: the 202 is the same to the byte',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { ...kDomains, clock: true });
      await login.logIn(ours('anna'), { from: '127.0.0.2' });
      await Promise.all(Array.from({ length: 20 }, (_, i) => login.code(ours(`spent${i}`), { from: '127.0.0.3' })));
      login.clock.move(31);
      const before = login.sent;
      const asked = {
        known: await login.ask(ours('anna'), { from: '127.0.0.4' }),
        unknown: await login.ask(ours('boris'), { from: '127.0.0.4' }),
        limited: await login.ask(ours('boris'), { from: '127.0.0.4' }),
        'not invited': await login.ask(stranger('carl'), { from: '127.0.0.4' }),
        'not invited, by phone': await login.ask(phone(1), { from: '127.0.0.4' }),
        'with an invitation that is none': await login.ask(stranger('dora'), { from: '127.0.0.4', invite: 'x' }),
        'known, from a client over its limit': await login.ask(ours('spent1'), { from: '127.0.0.3' }),
      };
      for (const [what, answer] of Object.entries(asked)) assert.equal(whole(answer), whole(asked.known), what);
      await login.code(ours('last'), { from: '127.0.0.4' });
      assert.equal(login.sent - before, 3, 'only two of them, and the last, got a code');
    },
  },
  {
    name: 'over login.max_messages_per_hour the 202 is the same to the byte as before',
    async run(t) {
      const login = await LoginServer.start(t, { env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 1 } });
      const [first, second] = [await login.ask(phone(1)), await login.ask(phone(2))];
      assert.equal(whole(second), whole(first));
    },
  },
  {
    name: 'wrong codes are answered alike for known, unknown and not invited, up to the 429 of too many',
    needs: ['faketime'],
    async run(t) {
      const login = await LoginServer.start(t, { ...kDomains, clock: true });
      await login.logIn(ours('anna'));
      const people = [ours('anna'), ours('boris'), stranger('carl')];
      const seen = people.map(() => []);
      for (let round = 0; round < 5; ++round) {
        login.clock.move(31);
        await Promise.all(people.map((address) => login.ask(address)));
        await Promise.all(
          people.map(async (address, who) => {
            const live = login.messagesTo(address).at(-1)?.text;
            for (let i = 1; i <= 5; ++i) {
              const guess = live ? wrong(/\d{6}/.exec(live)[0], i) : String(100_000 + i);
              const { status, body } = await login.verify(address, guess);
              seen[who].push(`${status} ${body.code}`);
            }
          }),
        );
      }
      assert.deepEqual(seen[1], seen[0]);
      assert.deepEqual(seen[2], seen[0]);
      assert.equal(seen[0].filter((one) => one.startsWith('429')).length, 5, seen[0].join());
    },
  },
];

const kRounds = 32;
/// What the work behind the answers differs by is a fraction of a millisecond, an answer that waits for the mail server
/// here would be seconds late; between them lies what a busy machine does to a median.
const kApartMs = 25;
/// LoginRoutes::kCodeAnswerAfter: an answer that comes sooner has left out what hides the others.
const kLeastMs = 248;

const quantile = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)];
const spread = (values) => Math.max(...values) - Math.min(...values);

function shuffled(list) {
  const left = [...list];
  return list.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0]);
}

const timing = [
  {
    name: 'known, unknown, not invited and limited take the same time, also while the mail server hangs',
    // Goal: no kind of address can be told by how long its answer takes.
    // Method: one request of each kind at the same moment, in an order drawn anew each time, so that whatever else the
    // machine does strikes all kinds alike; then their medians, and their fastest quarters, which noise reaches last.
    alone: true,
    async run(t) {
      const login = await LoginServer.start(t, kDomains);
      const from = (i) => `127.0.1.${1 + (i % 200)}`;
      await Promise.all(Array.from({ length: kRounds }, (_, i) => login.logIn(ours(`known${i}`), { from: from(i) })));
      await rows(t, login.dataDir, 'DELETE FROM login_states'); // or they had to wait for half a minute
      login.mail.behave('hang');
      await login.ask(ours('limited'), { from: from(0) });
      const kinds = {
        known: (i) => ours(`known${i}`),
        unknown: (i) => ours(`unknown${i}`),
        'not invited': (i) => stranger(`uninvited${i}`),
        limited: () => ours('limited'),
      };
      const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
      for (let i = 0; i < kRounds; ++i) {
        await Promise.all(
          shuffled(Object.entries(kinds)).map(async ([kind, address]) => {
            const { status, ms } = await login.ask(address(i), { from: from(i) });
            assert.equal(status, 202);
            times[kind].push(ms);
          }),
        );
      }
      const summary = Object.entries(times)
        .map(([kind, all]) => `${kind}: ${[0, 0.25, 0.5].map((share) => quantile(all, share).toFixed(1))} ms`)
        .join('; ');
      for (const share of [0.25, 0.5]) assert.ok(spread(Object.values(times).map((all) => quantile(all, share))) < kApartMs, summary);
      assert.ok(Math.min(...Object.values(times).flat()) >= kLeastMs, summary);
    },
  },
];

export const alikeCases = [...answers, ...timing];
