// A database that does not answer, because another process has it or the disk is full: calls go on, logins are answered 503
// in time and with Retry-After, nothing that was acknowledged is lost, nothing that was refused comes true, and afterwards
// everything works as before.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { mint } from '../../lib/tokens.js';
import { eventually } from '../../lib/watch.js';
import { binary, reaches, verdict } from '../lifecycle/harness.js';
import { metricsOf } from '../lifecycle/metrics_cases.js';
import { LoginServer, phone } from './login_server.js';
import { checkIntegrity, databaseIn, hold, rows } from './sqlite.js';

/// An answer comes within 5 s; the rest is what a machine that is busy with builds may take for itself.
const kAnswerMs = 7_500;

const times = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));

/// People with a session each, a code that was sent, and a call that goes on.
async function daily(t, options = {}) {
  const login = await LoginServer.start(t, { metrics: true, ...options });
  const people = await times(3, (i) => login.logIn(phone(i), { name: `Name ${i}` }));
  const code = await login.code(phone(10));
  const call = await t.call(login.server, ['call-one', 'call-two']);
  return { login, people, code, call };
}

/// All that writes, at once. `me` and the others that only read may be answered.
const writing = ({ login, people, code }, round) => [
  login.ask(phone(1000 + round)),
  login.ask('+79990000000'),
  login.verify(phone(10), code),
  login.refresh(people[0].refreshToken),
  login.logOut(people[1].token),
  login.api.patch('/api/me', { name: `Changed ${round}` }, { token: people[2].token }),
];

function areSick(answers) {
  for (const { status, body, ms, headers } of answers) {
    assert.deepEqual([status, body?.code], [503, 'unavailable']);
    assert.ok(Number(headers['retry-after']) >= 1);
    assert.ok(ms < kAnswerMs, `it took ${ms} ms`);
  }
}

/// A call is set up, and goes on; people with tokens come in, and refused ones do not.
async function callsGoOn(t, { login, people, call: [a, b] }, round) {
  const begun = performance.now();
  await reaches(a, b);
  await reaches(b, a);
  const [caller, callee] = await t.call(login.server, [`new-${round}-a`, `new-${round}-b`]);
  await reaches(caller, callee);
  caller.hangup();
  await callee.next('call:hangup');
  assert.equal(await verdict(login.server, people[2].token), 'connected');
  assert.equal(await verdict(login.server, 'x'), 4001);
  assert.ok(performance.now() - begun < 3_000, 'calls wait for nothing');
}

/// Nothing of what was refused has happened: the code, the refresh token and the session are as good as before.
async function isAsBefore({ login, people, code }, sentBefore) {
  assert.equal(login.sent, sentBefore, 'nothing was sent');
  for (const [i, { token }] of people.entries()) assert.deepEqual((await login.me(token)).body.name, `Name ${i}`);
  assert.equal((await login.verify(phone(10), code)).status, 200);
  for (const { refreshToken } of people) assert.equal((await login.refresh(refreshToken)).status, 200);
  assert.equal((await login.logOut(people[1].token)).status, 204);
  await login.logIn(phone(20));
}

/// What was answered 503 has not happened, whenever the lock goes.
async function onTheEdge(t, heldMs) {
  const world = await daily(t);
  const { login, people } = world;
  const lock = await hold(t, login.dataDir);
  const answers = Promise.all(writing(world, 0));
  await pause(heldMs);
  await lock.release();
  const statuses = (await answers).map(({ status }) => status);
  const [asked, , verified, refreshed, out, changed] = statuses;
  assert.ok(statuses.every((status) => [200, 202, 204, 503].includes(status)), statuses.join());
  await login.code(phone(5_000));
  const is = async (statement) => (await rows(t, login.dataDir, statement))[0];
  assert.equal(login.messagesTo(phone(1_000)).length, asked === 503 ? 0 : 1);
  assert.equal(await is(`SELECT COUNT(*) FROM users WHERE phone = '${phone(10)}'`), verified === 503 ? '0' : '1');
  assert.equal(await is(`SELECT n FROM login_sessions WHERE user_id = '${people[0].user.id}'`), refreshed === 503 ? '1' : '2');
  assert.equal((await login.me(people[1].token)).status, out === 503 ? 200 : 401);
  assert.equal((await login.me(people[2].token)).body.name, changed === 503 ? 'Name 2' : 'Changed 0');
}

/// As long as nobody would wait.
const kLockedMs = 30_000;

const locked = [
  {
    name: 'while another process has the database for 30 s each login is a 503 within 5 s, calls go on, and afterwards all is as before',
    async run(t) {
      const world = await daily(t);
      const { login, people } = world;
      const before = login.sent;
      const lock = await hold(t, login.dataDir);
      const until = performance.now() + kLockedMs;
      let rounds = 0;
      for (; performance.now() < until; ++rounds) {
        const answers = Promise.all(writing(world, rounds));
        await callsGoOn(t, world, rounds);
        areSick(await answers);
      }
      areSick(await times(50, (i) => login.ask(phone(2000 + i))));
      areSick([await login.me(people[0].token), await login.api.get('/api/users/x', { token: people[0].token })]);
      assert.equal((await login.api.ask('GET', '/readyz')).status, 200);
      const log = await t.logged(login.server, ' error the database does not answer');
      assert.equal(log.match(/ error the database does not answer: calls go on/g)?.length, 1, log);
      await lock.release();
      await eventually('the database answers', async () => (await login.me(people[0].token)).status === 200);
      await isAsBefore(world, before);
      await t.logged(login.server, ' info the database answers again');
      assert.ok((await metricsOf(login.server)).get('zvonok_store_failures_total') >= 3 * rounds);
      await checkIntegrity(t, databaseIn(login.dataDir));
    },
  },
  {
    name: 'a lock of two seconds is waited for: nothing is refused, and nobody notices but by the time',
    async run(t) {
      const world = await daily(t);
      const lock = await hold(t, world.login.dataDir);
      const answers = Promise.all(writing(world, 0));
      await callsGoOn(t, world, 0);
      await pause(2_000);
      await lock.release();
      assert.deepEqual((await answers).map(({ status }) => status), [202, 202, 200, 200, 204, 200]);
    },
  },
  {
    name: 'a login that was answered 503 does not come true behind its back when the lock is gone',
    // Goal: whoever was told 503 can rely on it. Method: the lock goes when the server is about to give up, a little
    // sooner or later each time, so that some transactions are still tried and others are over.
    async run(t) {
      await Promise.all([3_600, 3_800, 3_900, 4_000, 4_100].map((heldMs) => onTheEdge(t, heldMs)));
    },
  },
  {
    name: 'users of somebody else connect without waiting while the database is locked; what their tokens say is dropped and counted, and kept with their next',
    async run(t) {
      const { login } = await daily(t);
      const lock = await hold(t, login.dataDir);
      const token = (i) => mint({ userId: `foreign-${i}`, name: `Foreign ${i}` });
      const begun = performance.now();
      const verdicts = await times(50, (i) => verdict(login.server, token(i)));
      assert.deepEqual(new Set(verdicts), new Set(['connected']));
      assert.ok(performance.now() - begun < 3_500, 'nobody waits for the database');
      await eventually('all of them are counted', async () => (await metricsOf(login.server)).get('zvonok_profiles_dropped_total') === 50);
      await lock.release();
      assert.equal((await login.me(token(7))).body.name, 'Foreign 7');
    },
  },
  {
    name: 'a server that starts while another process has its database says so, and ends in time',
    async run(t) {
      const { login } = await daily(t);
      await login.server.stop();
      const lock = await hold(t, login.dataDir);
      const { code, err, ms } = await login.command(['serve'], { env: { PORT: '1', JWT_SECRET: 'x'.repeat(40) } });
      assert.deepEqual([code, err.includes(databaseIn(login.dataDir)), /locked/.test(err)], [1, true, true], err);
      assert.ok(ms < kAnswerMs);
      await lock.release();
      await login.again();
    },
  },
];

/// A disk of a few megabytes, in a mount namespace of its own that a sleeper keeps.
class SmallDisk {
  static async make(t) {
    const disk = new SmallDisk();
    disk.folder = t.folder();
    const script = `mount -t tmpfs -o size=6m,mode=700 tmpfs ${disk.folder} && echo ready && exec sleep infinity`;
    disk.keeper = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.onEnd(() => disk.keeper.kill('SIGKILL'));
    await new Promise((done, fail) => {
      disk.keeper.stdout.once('data', done);
      disk.keeper.once('close', () => fail(new Error('no tmpfs can be mounted')));
    });
    return disk;
  }

  /// A path of the disk as this process sees it.
  seen(name) {
    return join(`/proc/${this.keeper.pid}/root`, this.folder, name);
  }
  inside(command) {
    return ['nsenter', `--target=${this.keeper.pid}`, '--mount', '--root', '--wd', ...command];
  }

  fill() {
    const file = openSync(this.seen('filler'), 'w');
    for (const size of [65_536, 4_096, 1])
      for (;;) {
        try {
          writeSync(file, Buffer.alloc(size));
        } catch (error) {
          assert.equal(error.code, 'ENOSPC');
          break;
        }
      }
    closeSync(file);
  }
  free() {
    rmSync(this.seen('filler'));
  }
}

/// Asks until the database cannot take more: what is free in its own files is used up first.
async function untilFull(world) {
  for (let round = 0; round < 200; ++round) {
    const { status } = await world.login.ask(phone(100_000 + round));
    if (status === 503) return;
  }
  throw new Error('the disk is full, and the database takes everything');
}

const full = [
  {
    name: 'on a full disk each login is a 503 within 5 s, calls go on, nothing acknowledged is lost, also by a kill, and with room all works again',
    needs: ['processes'], // that is, the right to mount something
    async run(t) {
      const disk = await SmallDisk.make(t);
      const inside = (command) => disk.inside(command);
      mkdirSync(disk.seen('data'), { mode: 0o700 });
      const world = await daily(t, { target: disk.inside(binary), env: { ZVONOK_DATA_DIR: join(disk.folder, 'data') } });
      const { login, people } = world;
      disk.fill();
      await untilFull(world);
      const before = login.sent;
      for (let round = 0; round < 2; ++round) {
        const answers = Promise.all(writing(world, round));
        await callsGoOn(t, world, round);
        areSick(await answers);
      }
      await t.logged(login.server, ' error the database does not answer: calls go on.*full');
      await checkIntegrity(t, databaseIn(login.dataDir), inside);
      disk.free();
      await eventually('the database answers', async () => (await login.api.patch('/api/me', { name: 'Name 2' }, { token: people[2].token })).status === 200);
      await isAsBefore(world, before);

      disk.fill();
      await untilFull(world);
      await login.kill();
      await checkIntegrity(t, databaseIn(login.dataDir), inside);
      disk.free();
      await login.again();
      assert.deepEqual([(await login.me(people[0].token)).body.name, (await login.me(people[1].token)).status], ['Name 0', 401]);
      await login.logIn(phone(30));
    },
  },
];

export const sickCases = [...locked, ...full];
