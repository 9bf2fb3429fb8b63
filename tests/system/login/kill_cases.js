// kill -9 while the tables are made and while people write, of the server or of its PostgreSQL: whatever was acknowledged
// is there after it, and the database passes its own check.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from '../../lib/server.js';
import { TEST_SECRET } from '../../lib/tokens.js';
import { eventually } from '../../lib/watch.js';
import { binary } from '../lifecycle/harness.js';
import { LoginServer, codeIn, onPostgreSql, phone } from './login_server.js';
import { checkIntegrity, databaseIn } from './sqlite.js';

const kRounds = 20;
const kDevice = 'kill-device';

/// From the moment the file is there, the tables take some milliseconds: the kills are spread over them.
const kStepMs = 0.5;

/// Starts a server, and kills it so long after its database has appeared.
async function killedWhileItStarts(t, dataDir, afterMs) {
  const listening = { PORT: String(await freePort()), ZVONOK_HOST: '127.0.0.1', ZVONOK_ADMIN_LISTEN: '' };
  const env = { PATH: process.env.PATH, ...listening, JWT_SECRET: TEST_SECRET, ZVONOK_DATA_DIR: dataDir };
  const child = spawn(binary[0], binary.slice(1), { cwd: t.folder(), env, stdio: 'ignore' });
  t.onEnd(() => child.kill('SIGKILL'));
  const ended = new Promise((done) => child.once('close', done));
  while (!existsSync(databaseIn(dataDir)) && child.exitCode === null) await pause(0);
  for (const from = performance.now(); performance.now() - from < afterMs; ); // No timer is as fine as that.
  child.kill('SIGKILL');
  await ended;
  assert.equal(child.exitCode, null, 'it was killed, and did not end by itself');
}

const starts = [
  {
    name: `a server that is killed while it makes its tables leaves a whole database, which the next start completes, ${kRounds} times`,
    async run(t) {
      for (let round = 0; round < kRounds; ++round) {
        const dataDir = join(t.folder(), 'data');
        await killedWhileItStarts(t, dataDir, round * kStepMs);
        if (statSync(databaseIn(dataDir)).size > 0) await checkIntegrity(t, databaseIn(dataDir));
        if (round % 2) await killedWhileItStarts(t, dataDir, round * kStepMs); // once more, on what is there
        const login = await LoginServer.start(t, { env: { ZVONOK_DATA_DIR: dataDir } });
        await login.logIn(phone(round));
        await login.server.stop();
        await checkIntegrity(t, databaseIn(dataDir));
      }
    },
  },
];

/// Somebody who does one thing after the other, and remembers what was acknowledged and what nobody knows of.
class Person {
  constructor(login, address) {
    Object.assign(this, { login, address, acknowledged: '', attempts: [], logout: 'none' });
  }

  async rename(name) {
    this.attempts.push(name);
    const { status, body } = await this.login.api.patch('/api/me', { name }, { token: this.pair.token });
    if (status !== 200) return;
    assert.equal(body.name, name);
    this.acknowledged = name;
    this.attempts = [];
  }

  async refresh() {
    const { status, body } = await this.login.refresh(this.pair.refreshToken, kDevice);
    if (status === 200) this.pair = body;
  }

  async leave() {
    this.logout = 'asked';
    if ((await this.login.logOut(this.pair.token)).status === 204) this.logout = 'acknowledged';
  }

  /// After a restart: what was acknowledged holds, and what was on its way happened as a whole or not at all.
  async check() {
    const { status, body } = await this.login.me(this.pair.token);
    if (this.logout === 'acknowledged') assert.equal(status, 401, `${this.address} had logged out`);
    if (this.logout === 'asked' && status === 401) this.logout = 'acknowledged';
    if (this.logout === 'acknowledged') return;
    assert.equal(status, 200, `${this.address} was logged in`);
    this.logout = 'none';
    assert.equal(body.phone, this.address);
    assert.ok([this.acknowledged, ...this.attempts].includes(body.name), `${body.name} is neither ${this.acknowledged} nor ${this.attempts}`);
    this.acknowledged = body.name;
    this.attempts = [];
    const again = await this.login.refresh(this.pair.refreshToken, kDevice);
    assert.equal(again.status, 200, `the refresh token that ${this.address} has is good`);
    this.pair = again.body;
  }
}

/// The end of a connection is the end of the server, and 503 that of its database, which is what these cases are about;
/// an answer that is wrong is not.
const untilItDies = (work) => work.catch((error) => assert.ok(/ECONN|EPIPE|socket hang up/.test(error.code ?? error.message), error));
const kGone = 503;

/// A server that is killed; `check` finds its database whole before it is started again.
const killedServer = (login, check) => ({
  login,
  kill: () => login.kill(),
  async back() {
    await check();
    await login.again();
  },
});

/// Who is killed: `start` gives a login server, `kill`, and `back`, which starts the victim again and finds the database whole.
const kVictims = [
  {
    victim: 'a server',
    rounds: kRounds,
    async start(t, options) {
      const login = await LoginServer.start(t, options);
      return killedServer(login, () => checkIntegrity(t, databaseIn(login.dataDir)));
    },
  },
  {
    victim: 'a server on PostgreSQL',
    rounds: kRounds / 2,
    needs: ['postgresql'],
    async start(t, options) {
      const { postgresql, login } = await onPostgreSql(t, options);
      return killedServer(login, () => postgresql.checkIntegrity());
    },
  },
  {
    victim: 'PostgreSQL',
    rounds: kRounds / 2,
    needs: ['postgresql'],
    async start(t, options) {
      const { postgresql, login } = await onPostgreSql(t, options);
      let tries = 0; // each of another address, since those of one are counted
      const back = async () => {
        await postgresql.again();
        await postgresql.checkIntegrity();
        const isBack = async () => (await login.verify(phone(1_000_000 + tries++), '000000')).status === 401;
        await eventually('the server has its database again', isBack);
      };
      return { login, kill: () => postgresql.stop('SIGQUIT'), back };
    },
  },
];

const writes = [
  ...kVictims.map(({ victim, rounds, needs, start }) => ({
    name: `${victim} that is killed while people log in, change, refresh and log out loses nothing that was acknowledged, ${rounds} times`,
    needs,
    async run(t) {
      const { login, kill, back } = await start(t, { env: { ZVONOK_LOGIN_MAX_MESSAGES_PER_HOUR: 100_000 } });
      const people = [];
      let number = 0;
      const newcomer = async () => {
        const person = new Person(login, phone(++number));
        const asked = await login.ask(person.address);
        if (asked.status === kGone) return;
        assert.equal(asked.status, 202);
        const { text } = await login.sms.receivedBy(person.address, 1);
        const answer = await login.verify(person.address, login.keep(codeIn(text)), { device: kDevice });
        if (answer.status === kGone) return;
        assert.equal(answer.status, 200);
        person.pair = login.keepPair(answer.body);
        people.push(person);
      };
      await Promise.all([newcomer(), newcomer(), newcomer(), newcomer()]);

      for (let round = 0; round < rounds; ++round) {
        let running = true;
        const active = people.filter(({ logout }) => logout === 'none').slice(-6);
        const busy = active.map(async (person, place) => {
          for (let i = 0; running && i < 40; ++i) {
            await person.rename(`Name ${round}-${i}`);
            if (i % 3 === 0) await person.refresh();
            if (place === 0 && active.length > 4 && i === 2) return person.leave();
          }
          return undefined;
        });
        const underWay = Promise.all([...busy, newcomer(), newcomer()].map(untilItDies));
        // At another moment each time: in the middle of writes, and also after the newcomers' 250 ms.
        await pause(60 + (600 / rounds) * round);
        await kill();
        running = false;
        await underWay;
        await back();
        await Promise.all(people.map((person) => person.check()));
      }
      assert.ok(people.length > 2 + (2 * rounds) / 5, `${people.length} people came`);
      assert.ok(people.some(({ logout }) => logout === 'acknowledged'), 'somebody has logged out');
      assert.ok(people.filter(({ acknowledged }) => acknowledged !== '').length > 4, 'names were changed');
    },
  })),
  {
    name: 'a code that was sent before a kill is good after it, and one that was used is not',
    async run(t) {
      const login = await LoginServer.start(t);
      const [code, used] = [await login.code(phone(1)), await login.code(phone(2))];
      assert.equal((await login.verify(phone(2), used)).status, 200);
      await login.kill();
      await login.again();
      assert.equal((await login.verify(phone(2), used)).status, 401);
      assert.equal((await login.verify(phone(1), code)).status, 200);
    },
  },
];

export const killCases = [...starts, ...writes];
