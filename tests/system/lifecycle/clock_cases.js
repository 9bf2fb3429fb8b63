// The wall clock jumps, as after NTP or a suspended machine, while the clock that only goes forward does not (row D09
// of the list of known troubles): nobody is declared dead, rings keep their remaining time, calls their length. Only
// tokens are about wall time: one that has expired by the new time is out, once its user is idle.
import { strict as assert } from 'node:assert';

import { quiet } from '../../lib/client.js';
import { mint, nowSeconds } from '../../lib/tokens.js';
import { fakeClock } from './fake_clock.js';
import { reaches, verdict } from './harness.js';

const kDay = 86_400;
const kRingSeconds = 8;

/// A server whose wall clock is moved by `step`, say '+2h'. It pings so often that a clock taken for the wrong one
/// would be seen within the case.
async function startMovable(t, env = {}) {
  const clock = fakeClock(t);
  const server = await t.start({
    env: {
      ...clock.env,
      ZVONOK_WS_PING_S: 1,
      ZVONOK_WS_DEAD_S: 3,
      ZVONOK_CALL_RING_S: kRingSeconds,
      ...env,
    },
  });
  return Object.assign(server, {
    /// The new time is what the log says from now on; that it does is checked, or the case would look at nothing.
    async step(offset, seconds) {
      clock.set(offset);
      const length = server.log().length;
      await verdict(server, 'no token').catch(() => {});
      await t.logged({ log: () => server.log().slice(length) }, 'token refused');
      const time = Date.parse(/^(\S+) info token refused/m.exec(server.log().slice(length))[1]) / 1000;
      assert.ok(Math.abs(time - nowSeconds() - seconds) < 60, `the server's clock has not moved by ${seconds} s`);
    },
  });
}

const long = (userId) => ({ token: mint({ userId, exp: nowSeconds() + 30 * kDay }) });

/// Three pings of the server and their pongs: more than ws.dead_s by a clock that is right.
async function livesOn(client) {
  for (let i = 0; i < 3; i++)
    await new Promise((resolve, reject) => {
      client.ws.once('ping', resolve);
      client.closed.then(({ code }) => reject(new Error(`${client.name} was closed ${code}`)));
    });
}

const steps = [
  ['+2h', 7200],
  ['-2h', -7200],
  ['+1d', kDay],
].map(([offset, seconds]) => ({
  name: `a step of the wall clock by ${offset} closes nobody, and rings and calls keep their time (D09)`,
  needs: ['faketime'],
  async run(t) {
    const server = await startMovable(t);
    const idle = await Promise.all(Array.from({ length: 20 }, (_, i) => t.client(server, long(`idle-${i}`))));
    const [a, b, caller, callee] = await Promise.all(['a', 'b', 'c', 'd'].map((name) => t.client(server, long(name))));
    a.offer('b');
    await b.next('call:offer');
    b.answer();
    await a.next('call:answer');
    const began = performance.now();
    caller.offer('d');
    await callee.next('call:offer');

    await server.step(offset, seconds);
    await Promise.all([...idle, a, b].map(livesOn));
    await reaches(a, b);
    await quiet([caller, callee]);
    await Promise.all([caller.next('call:hangup'), callee.next('call:hangup')]);
    const rang = (performance.now() - began) / 1000;
    assert.ok(rang > kRingSeconds - 0.5 && rang < kRingSeconds + 5, `it rang for ${rang} s`);

    await server.step('+0', 0); // And back again.
    await Promise.all([...idle, a, b].map(livesOn));
    await reaches(b, a);
    a.hangup();
    await b.next('call:hangup');
    await quiet([...idle, a, b]);
    const log = await t.logged(server, 'call ended', 2);
    for (const [, ms] of log.matchAll(/(?:rang|talked)_ms=(-?\d+)/g))
      assert.ok(Number(ms) >= 0 && Number(ms) < 60_000, `a call of ${ms} ms`);
  },
}));

const tokens = [
  {
    name: 'with a token that has expired by the new time who is idle gets 4001, and who is in a call after it (D09)',
    needs: ['faketime'],
    async run(t) {
      const server = await startMovable(t);
      const hour = (userId) => ({ token: mint({ userId, exp: nowSeconds() + 3600 }) });
      const [idle, a, b] = await Promise.all(['idle', 'a', 'b'].map((name) => t.client(server, hour(name))));
      const lasting = await t.client(server, long('lasting'));
      a.offer('b');
      await b.next('call:offer');
      b.answer();
      await a.next('call:answer');
      await server.step('+2h', 7200);
      assert.equal((await idle.whenClosed(20_000)).code, 4001);
      await reaches(a, b);
      assert.equal(await verdict(server, hour('new').token), 4001);
      a.hangup();
      await b.next('call:hangup');
      for (const party of [a, b]) assert.equal((await party.whenClosed(20_000)).code, 4001);
      await lasting.roundTrip();
    },
  },
  {
    name: 'after a step back a token is valid by the new time, and one that is not yet valid is refused (D09)',
    needs: ['faketime'],
    async run(t) {
      const server = await startMovable(t);
      const now = nowSeconds();
      const expired = mint({ userId: 'a', exp: now - 600 });
      const since = mint({ userId: 'a', nbf: now - 600 });
      assert.deepEqual([await verdict(server, expired), await verdict(server, since)], [4001, 'connected']);
      await server.step('-2h', -7200);
      assert.deepEqual([await verdict(server, expired), await verdict(server, since)], ['connected', 4001]);
    },
  },
];

export const clockCases = [...steps, ...tokens];
