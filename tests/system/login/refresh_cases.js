// Refresh tokens: each is good for one rotation, two tabs that come together get one successor, and one that comes again
// later, or from elsewhere, was stolen and ends its session on both sides (row L02 of the list of known troubles).
import { strict as assert } from 'node:assert';

import { requestHead } from '../../lib/http_head.js';
import { eventually } from '../../lib/watch.js';
import { verdict } from '../lifecycle/harness.js';
import { LoginServer, claimsOf, kSeconds, phone } from './login_server.js';
import { rows } from './sqlite.js';

const kAnna = phone(1);
const kTabs = 10;
const kRounds = 200;

const times = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));

/// A server on which somebody has logged in, and a socket of theirs.
async function loggedIn(t, { device, ...options } = {}) {
  const login = await LoginServer.start(t, { clock: true, ...options });
  const first = await login.logIn(kAnna, { device });
  const socket = await t.client(login.server, { token: first.token });
  return { login, first, socket, move: (seconds) => login.clock.move(seconds) };
}

async function refreshed(login, refreshToken, device) {
  const answer = await login.refresh(refreshToken, device);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/// Nothing of the session works any more, and its sockets have been told.
async function hasEnded(login, pairs, sockets) {
  for (const { token, refreshToken } of pairs) {
    const answer = await login.refresh(refreshToken);
    assert.deepEqual([answer.status, answer.body.code], [401, 'invalid_refresh_token']);
    assert.equal((await login.me(token)).status, 401);
    assert.equal(await verdict(login.server, token), 4001);
  }
  for (const socket of sockets) assert.deepEqual(await socket.whenClosed(), { code: 4010, reason: 'session ended' });
}

const tabs = [
  {
    name: `${kTabs} parallel refreshes with one token and one device give one pair, ${kRounds} times over (L02)`,
    async run(t) {
      const login = await LoginServer.start(t);
      const first = await login.logIn(kAnna, { device: 'laptop' });
      let { refreshToken } = first;
      for (let round = 1; round <= kRounds; ++round) {
        const answers = await times(kTabs, () => login.refresh(refreshToken, 'laptop'));
        for (const { status, text } of answers) {
          assert.equal(status, 200, `round ${round}: ${text}`);
          assert.equal(text, answers[0].text, `round ${round}: two live pairs`);
        }
        assert.notEqual(answers[0].body.refreshToken, refreshToken);
        ({ refreshToken } = answers[0].body);
        if (round % 20 === 0) assert.equal((await login.me(answers[0].body.token)).status, 200);
      }
      assert.deepEqual(await rows(t, login.dataDir, 'SELECT n, ended_at IS NULL FROM login_sessions'), [`${kRounds + 1}|1`]);
    },
  },
  {
    name: 'a new pair is for the same user and session, numbered on, and lives an hour from then',
    needs: ['faketime'],
    async run(t) {
      const { login, first, socket, move } = await loggedIn(t);
      move(1800);
      const { token, expiresAt, refreshToken } = await refreshed(login, first.refreshToken);
      const [old, claims] = [claimsOf(first.token), claimsOf(token)];
      assert.deepEqual([claims.userId, claims.sid], [old.userId, old.sid]);
      assert.notEqual(claims.jti, old.jti);
      assert.ok(Math.abs(expiresAt - first.expiresAt - 1_800_000) < 30_000);
      assert.match(refreshToken, new RegExp(`^${claims.sid}\\.2\\.`));
      assert.equal((await login.me(first.token)).status, 200, 'the access token before it lives on for its hour');
      const next = await t.client(login.server, { token });
      await Promise.all([socket.roundTrip(), next.roundTrip()]);
    },
  },
  ...[
    ['the same device', 'laptop', 'laptop'],
    ['no device, twice', undefined, undefined],
    ['an empty device for none', undefined, ''],
  ].map(([what, device, again]) => ({
    name: `an old token within 30 s with ${what} is answered with the same pair as before (L02)`,
    needs: ['faketime'],
    async run(t) {
      const { login, first, socket, move } = await loggedIn(t);
      const second = await refreshed(login, first.refreshToken, device);
      for (const seconds of [0, 10, 18]) {
        move(seconds);
        assert.deepEqual(await refreshed(login, first.refreshToken, again), second);
      }
      const third = await refreshed(login, second.refreshToken, device);
      assert.equal((await login.me(third.token)).status, 200);
      await socket.roundTrip();
    },
  })),
];

const thefts = [
  ...[
    ['after 31 s', { device: 'laptop', seconds: 31, again: 'laptop' }],
    ['at once from another device', { device: 'laptop', seconds: 0, again: 'elsewhere' }],
    ['at once from no device', { device: 'laptop', seconds: 0, again: undefined }],
    ['at once from a device when there was none', { device: undefined, seconds: 0, again: 'elsewhere' }],
    ['after a month', { device: 'laptop', seconds: 30 * kSeconds.day, again: 'laptop' }],
  ].map(([when, { device, seconds, again }]) => ({
    name: `an old token that comes ${when} ends the session: tokens, sockets and all (L02)`,
    needs: ['faketime'],
    async run(t) {
      const { login, first, socket, move } = await loggedIn(t, { device });
      const second = await refreshed(login, first.refreshToken, device);
      const other = await t.client(login.server, { token: second.token });
      const stranger = await login.logIn(phone(2), { device });
      const theirs = await t.client(login.server, { token: stranger.token });
      const late = seconds > kSeconds.hour;
      if (!late) move(seconds);
      if (late) for (const one of [socket, other, theirs]) await one.drop();
      if (late) move(seconds);
      assert.equal((await login.refresh(first.refreshToken, again)).body.code, 'invalid_refresh_token');
      await hasEnded(login, [first, second], late ? [] : [socket, other]);
      await t.logged(login.server, ' warn a refresh token came twice');
      if (!late) await theirs.roundTrip();
      await refreshed(login, stranger.refreshToken, device);
    },
  })),
  {
    name: 'a token older than the last but one ends the session at once, whatever the device (L02)',
    needs: ['faketime'],
    async run(t) {
      const { login, first, socket } = await loggedIn(t);
      const second = await refreshed(login, first.refreshToken);
      const third = await refreshed(login, second.refreshToken);
      assert.equal((await login.refresh(first.refreshToken)).status, 401);
      await hasEnded(login, [first, second, third], [socket]);
    },
  },
  {
    name: 'who stole a refresh token loses it when the owner comes, and the owner has to log in anew',
    needs: ['faketime'],
    async run(t) {
      const { login, first, socket, move } = await loggedIn(t, { device: 'owner' });
      const stolen = await refreshed(login, first.refreshToken, 'thief');
      const thief = await t.client(login.server, { token: stolen.token });
      const further = await refreshed(login, stolen.refreshToken, 'thief');
      assert.equal((await login.refresh(first.refreshToken, 'owner')).status, 401);
      await hasEnded(login, [stolen, further], [socket, thief]);
      move(31);
      const { user } = await login.logIn(kAnna, { device: 'owner' });
      assert.deepEqual(user, first.user);
    },
  },
  {
    name: 'who comes with a stolen token after the owner gets nothing, and both are out',
    needs: ['faketime'],
    async run(t) {
      const { login, first, socket } = await loggedIn(t, { device: 'owner' });
      const owner = await refreshed(login, first.refreshToken, 'owner');
      const current = await t.client(login.server, { token: owner.token });
      const answer = await login.refresh(first.refreshToken, 'thief');
      assert.deepEqual([answer.status, answer.body.token], [401, undefined]);
      await hasEnded(login, [first, owner], [socket, current]);
    },
  },
  {
    name: 'owner and thief at the same moment: no pair outlives it, and the end is kept over a restart',
    needs: ['faketime'],
    async run(t) {
      const { login, first } = await loggedIn(t, { device: 'owner' });
      const answers = await times(10, (i) => login.refresh(first.refreshToken, i % 2 ? 'owner' : 'thief'));
      const pairs = answers.filter(({ status }) => status === 200).map(({ body }) => body);
      await hasEnded(login, [first, ...pairs], []);
      await login.server.stop();
      await login.again();
      await hasEnded(login, [first, ...pairs], []);
    },
  },
];

const junk = [
  {
    name: 'what is no refresh token of ours is one 401, and costs the session nothing',
    needs: ['faketime'],
    async run(t) {
      const { login, first, socket } = await loggedIn(t);
      const [sid, n, signature] = first.refreshToken.split('.');
      const other = (await login.logIn(phone(2))).refreshToken.split('.');
      const forged = [
        '', '.', '..', '...', 'null', 'undefined', first.token, sid, `${sid}.${n}`, `${sid}.${n}.`, `.${n}.${signature}`,
        `${sid}.2.${signature}`, `${sid}.0.${signature}`, `${sid}.-1.${signature}`, `${sid}.01.${signature}`, `${sid}.+1.${signature}`,
        `${sid}.1e0.${signature}`, `${sid}.9223372036854775808.${signature}`, `${sid}..${signature}`, `${sid}.1.1.${signature}`,
        `${sid}.1.${signature}=`, `${sid}.1.${signature}A`, `${sid}.1.${signature.slice(0, -1)}`, `${sid}.1.${other[2]}`, `${other[0]}.1.${signature}`,
        ` ${first.refreshToken}`, `${first.refreshToken}\n`, `"${first.refreshToken}"`, `${sid}.1.${'A'.repeat(43)}`, `${sid}\0.1.${signature}`,
        `${'x'.repeat(60_000)}.1.${signature}`, `ж.1.${signature}`,
      ];
      const answers = await Promise.all(forged.map((token) => login.refresh(token)));
      for (const [i, { status, body, text }] of answers.entries()) {
        assert.deepEqual([status, body.code], [401, 'invalid_refresh_token'], forged[i].slice(0, 100));
        assert.equal(text, answers[0].text);
      }
      const { refreshToken } = first;
      const odd = [
        [{}, 'not_json'],
        [{ refreshToken: null }, 'not_json'],
        [{ refreshToken: 5 }, 'not_json'],
        [{ refreshToken, device: 'a b' }, 'bad_device'],
        [{ refreshToken, device: 5 }, 'not_json'],
      ];
      for (const [body, code] of odd) {
        const answer = await login.api.post('/api/auth/refresh', body);
        assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(body).slice(0, 40));
      }
      await socket.roundTrip();
      await refreshed(login, first.refreshToken);
    },
  },
  ...[
    ['is good after 59 days and 23 hours', 60 * kSeconds.day - kSeconds.hour, 200],
    ['is over after 60 days', 60 * kSeconds.day + 1, 401],
  ].map(([what, seconds, status]) => ({
    name: `a refresh token that nobody used ${what}`,
    needs: ['faketime'],
    async run(t) {
      const { login, first, socket, move } = await loggedIn(t);
      await socket.drop();
      move(seconds);
      assert.equal((await login.me(first.token)).status, 401);
      assert.equal((await login.refresh(first.refreshToken)).status, status);
    },
  })),
];

const crashes = [
  {
    name: 'a server that is killed after it has kept a rotation and before anybody has read the answer gives the same pair again (L02)',
    async run(t) {
      const login = await LoginServer.start(t);
      let { refreshToken } = await login.logIn(kAnna, { device: 'laptop' });
      for (let round = 2; round < 7; ++round) {
        const body = JSON.stringify({ refreshToken, device: 'laptop' });
        const raw = await t.raw(login.server);
        raw.stopReading();
        await raw.write(requestHead({ method: 'POST', target: '/api/auth/refresh', headers: { 'Content-Length': body.length } }) + body);
        await eventually('the rotation is kept', async () => (await rows(t, login.dataDir, 'SELECT n FROM login_sessions'))[0] === String(round));
        await login.kill();
        raw.destroy();
        await login.again();
        const again = await times(kTabs, () => login.refresh(refreshToken, 'laptop'));
        for (const { status, text } of again) assert.deepEqual([status, text], [200, again[0].text]);
        ({ refreshToken } = again[0].body);
        assert.match(refreshToken, new RegExp(`\\.${round}\\.`), 'the rotation that was kept is the one that is answered');
        assert.equal(await verdict(login.server, again[0].body.token), 'connected');
      }
    },
  },
  {
    name: 'a pair that was answered before a restart is answered again after it, to the letter (L02)',
    needs: ['faketime'],
    async run(t) {
      const { login, first, move } = await loggedIn(t, { device: 'laptop' });
      const second = await refreshed(login, first.refreshToken, 'laptop');
      await login.kill();
      await login.again();
      assert.deepEqual(await refreshed(login, first.refreshToken, 'laptop'), second);
      move(31);
      assert.equal((await login.refresh(first.refreshToken, 'laptop')).status, 401);
      await hasEnded(login, [second], []);
    },
  },
];

export const refreshCases = [...tabs, ...thefts, ...junk, ...crashes];
