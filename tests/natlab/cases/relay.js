// The relay ends in the middle of a call: it is back at once, and the pages find their way through it anew.
import assert from 'node:assert/strict';

import { eventually } from '../../lib/watch.js';
import { relaysOf } from '../../system/turn/relay.js';
import { call, path, row } from '../calls.js';
import { healedGap, watchFlow } from '../stopwatch.js';

const BACK_MAX_MS = 2_000;
const SYMMETRIC = { nat: 'symmetric', out: 'allButTurnTcp' };
const HTTPS = { out: 'https' };

const SHAPES = {
  udp: { left: SYMMETRIC, right: SYMMETRIC },
  tls: { tls: true, left: HTTPS, right: HTTPS },
};

export const cases = Object.entries(SHAPES).map(([protocol, shape]) => ({
  name: `the relay is killed in a call over ${protocol.toUpperCase()}`,
  shape,
  async run(lab) {
    const paths = [path('relayed', protocol), path('relayed', protocol)];
    const [alice, bob] = await lab.pair();
    await call(alice, bob);
    await row(alice, bob, paths);
    for (const { page } of [alice, bob]) await page.evaluate(watchFlow);
    const [relay] = relaysOf(lab.server.pid);
    const killed = performance.now();
    process.kill(relay, 'SIGKILL');
    await eventually('the relay works again', () => /relay .coturn. works again/.test(lab.server.log()));
    const backMs = Math.round(performance.now() - killed);
    assert.ok(backMs <= BACK_MAX_MS, `the relay was back after ${backMs} ms`);
    const gaps = [];
    for (const person of [alice, bob]) {
      await person.until(healedGap, 'a moving picture after the gap');
      gaps.push(`${((await person.page.evaluate(healedGap)) / 1_000).toFixed(1)} s`);
    }
    const measured = await row(alice, bob, paths);
    return { ...measured, note: `relay back in ${(backMs / 1_000).toFixed(1)} s; no picture for ${gaps.join(' and ')}` };
  },
}));
