// The same on PostgreSQL: one code is one login, also at once; a database that is gone holds up no call;
// one server at a time. Needs PostgreSQL's programs; each case has a server of its own in a temporary folder.
import { strict as assert } from 'node:assert';

import { eventually } from '../../lib/watch.js';
import { reaches } from '../lifecycle/harness.js';
import { named, onPostgreSql, phone, wrong } from './login_server.js';

/// An answer comes within 5 s, or in the middle of a try to connect; the rest is what a busy machine may take.
const kAnswerMs = 9_000;

/// How long it is gone.
const kGoneMs = 30_000;

const times = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));

/// The database goes by `leave` and comes back by `back`.
const outage = (name, leave, back) => ({
  name: `PostgreSQL that ${name}: logins are a 503 in time, calls go on, nothing that was acknowledged is lost, and afterwards all is well`,
  needs: ['postgresql'],
  async run(t) {
    const { postgresql, login } = await onPostgreSql(t);
    const people = await times(3, (i) => login.logIn(phone(i), { name: `Name ${i}`, device: 'd' }));
    const code = await login.code(phone(10));
    const [a, b] = await t.call(login.server, ['call-one', 'call-two']);
    await leave(postgresql);
    const until = performance.now() + kGoneMs;
    for (let round = 0; performance.now() < until; ++round) {
      const answers = times(6, (i) => (i % 2 ? login.me(people[1].token) : login.ask(phone(1_000 * (round + 1) + i))));
      await reaches(a, b);
      await reaches(b, a);
      const [caller, callee] = await t.call(login.server, [`new-one-${round}`, `new-two-${round}`]);
      await reaches(caller, callee);
      for (const { status, body, ms } of await answers) {
        assert.deepEqual([status, body.code], [503, 'unavailable']);
        assert.ok(ms < kAnswerMs, `it took ${ms} ms`);
      }
    }
    await t.logged(login.server, ' error the database does not answer');
    await back(postgresql);
    await eventually('the database answers', async () => (await login.me(people[0].token)).status === 200, 30_000);
    await t.logged(login.server, ' info the database answers again');
    assert.equal((await login.verify(phone(10), code)).status, 200, 'the code that was sent is good');
    for (const [i, { token, refreshToken }] of people.entries()) {
      assert.equal((await login.me(token)).body.name, `Name ${i}`);
      assert.equal((await login.refresh(refreshToken, 'd')).status, 200);
    }
  },
});

export const postgresqlCases = [
  outage('is stopped', (postgresql) => postgresql.stop(), (postgresql) => postgresql.again()),
  outage('crashes', (postgresql) => postgresql.stop('SIGQUIT'), (postgresql) => postgresql.again()),
  {
    name: 'on PostgreSQL twenty right codes at once are one login, and fifty wrong ones make the right one wrong (L01)',
    needs: ['postgresql'],
    async run(t) {
      const { postgresql, login } = await onPostgreSql(t);
      const code = await login.code(phone(1));
      const statuses = (await times(20, () => login.verify(phone(1), code))).map(({ status }) => status);
      assert.deepEqual(statuses.sort(), [200, ...Array(19).fill(401)]);
      assert.equal(await postgresql.query('SELECT COUNT(*) FROM zvonok.login_sessions'), '1');
      const second = await login.code(phone(2));
      await times(50, (i) => login.verify(phone(2), wrong(second, 1 + i)));
      assert.equal((await login.verify(phone(2), second)).status, 401);
    },
  },
  {
    name: 'on PostgreSQL ten refreshes at once give one pair (L02)',
    needs: ['postgresql'],
    async run(t) {
      const { login } = await onPostgreSql(t);
      let { refreshToken } = await login.logIn(phone(1), { device: 'd' });
      for (let round = 0; round < 20; ++round) {
        const answers = await times(10, () => login.refresh(refreshToken, 'd'));
        assert.equal(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1, answers[0].text);
        refreshToken = answers[0].body.refreshToken;
      }
    },
  },
  {
    name: 'a second server on the same PostgreSQL is refused; invite works beside one, erase-user and backup say what to do',
    needs: ['postgresql'],
    async run(t) {
      const { postgresql, login } = await onPostgreSql(t, { registration: 'invite' });
      const { user } = await login.logIn(phone(1), { invite: await login.invite() });
      const other = { env: { ZVONOK_DATA_DIR: t.folder(), ZVONOK_PORT: '1', JWT_SECRET: 'x'.repeat(32), ZVONOK_ADMIN_LISTEN: '' } };
      assert.match((await login.command(['serve'], other)).err, /another zvonok uses this database/);
      assert.match((await login.command(['erase-user', user.id], other)).err, /another zvonok uses this database/);
      assert.match((await login.command(['backup', 'x.db'])).err, /pg_dump --schema=zvonok/);
      await login.server.stop();
      assert.match((await login.command(['erase-user', user.id])).out, /erased/);
      assert.equal(await postgresql.query('SELECT COUNT(*) FROM zvonok.users'), '0');
      await login.again();
      assert.equal((await login.api.post('/api/auth/verify', { ...named(phone(1)), code: '000000' })).status, 401);
    },
  },
];
