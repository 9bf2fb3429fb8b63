// An account's session: renewed in time and once for all tabs, without a moment in which nobody can call; and its end,
// wherever it was ended. Hours pass by moving the clock of the page; the server's stays.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defaultTarget, startServer } from '../../lib/server.js';
import { TEST_SECRET } from '../../lib/tokens.js';

const DUE_MS = 58 * 60_000; // A token lives for an hour and is renewed two minutes before its end.
const LATER_MS = 60_000;    // Whoever goes on trying has tried again by then.

const withClock = (page) => page.clock.install();

/** The account as it is kept in this browser. */
const saved = ({ page }) => page.evaluate(() => JSON.parse(localStorage.getItem('zvonok.session')));
const steps = ({ page }) => page.evaluate(() => window.test.steps);
const isRefresh = (url) => url.pathname === '/api/auth/refresh';

/** Moves the clock of this person's pages to the moment in which the token is renewed; resolves when that is done. */
async function renew({ page }) {
  const renewed = page.context().waitForEvent('response', (response) => isRefresh(new URL(response.url())));
  await page.clock.fastForward(DUE_MS);
  assert.equal((await renewed).status(), 200);
}

const changesSocket = (person) => person.until(() => {
  const { sockets } = window.test;
  const open = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN);
  return sockets.length > 1 && open.length === 1 && open[0] === sockets.at(-1);
}, 'a new socket in the place of the old one');

/** From the first socket on there was always one that was open. */
async function wasNeverAway(person) {
  const taken = await steps(person);
  const open = new Set();
  for (const [step, n] of taken.map((text) => text.split(' '))) {
    if (step === 'open') open.add(n);
    else open.delete(n);
    assert.ok(open.size > 0, `no socket was open at some time in: ${taken}`);
  }
}

async function logOutElsewhere(stage, token) {
  const answer = await fetch(`${stage.url}/api/auth/logout`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 204);
}

function eraseUser(dataDir, id) {
  const [program, ...args] = defaultTarget();
  execFileSync(program, [...args, 'erase-user', id], { env: { PATH: process.env.PATH, JWT_SECRET: TEST_SECRET, ZVONOK_DATA_DIR: dataDir }, stdio: 'pipe' });
}

/** Counts the renewals that leave the browser of this person; `ready` resolves when so many wait, and lets them go. */
async function countRenewals(context, together = 1) {
  const waiting = [];
  const seen = { count: 0 };
  await context.route(isRefresh, async (route) => {
    ++seen.count;
    waiting.push(route);
    if (waiting.length >= together) for (const held of waiting.splice(0)) void held.continue();
  });
  return seen;
}

async function twoTabs(stage, { prepare } = {}) {
  const alice = await stage.member('alice', { prepare: async (page, context) => {
    await withClock(page);
    await prepare?.(page, context);
  } });
  return [alice, await stage.tab(alice)];
}

/** Both tabs are connected anew with the same token, and both ring. */
async function bothGoOn(stage, tabs) {
  await Promise.all(tabs.map(changesSocket));
  const tokens = await Promise.all(tabs.map(({ page }) => page.evaluate(() => window.test.sockets.at(-1).url)));
  assert.equal(tokens[0], tokens[1]);
  const bob = await stage.member('bob');
  await bob.dial('alice', 'audio');
  await Promise.all(tabs.map((tab) => tab.rings()));
  return bob;
}

export const cases = [
  {
    name: 'session: a call that comes in right after the token was renewed rings; the new socket was open before the old one was closed',
    async run(stage) {
      const alice = await stage.member('alice', { prepare: withClock });
      const bob = await stage.member('bob');
      await bob.find('alice');
      await renew(alice);
      await bob.page.click('#results [data-call="audio"]');
      await alice.answer('audio');
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: false })]);
      await bob.hangUp();
      await alice.sees(/hung up/);
      await changesSocket(alice);
      await bob.dial('alice', 'audio');
      await alice.rings();
      await wasNeverAway(alice);
      assert.deepEqual([alice.sentCount('call:answer'), alice.sentCount('call:hangup')], [1, 0], 'one ring a call');
    },
  },
  {
    name: 'session: a call in the moment in which both sockets are open rings once',
    async run(stage) {
      const alice = await stage.member('alice', { prepare: withClock });
      const bob = await stage.member('bob');
      await bob.find('alice');
      const replaced = alice.page.waitForEvent('websocket');
      await Promise.all([renew(alice), replaced.then(() => bob.page.click('#results [data-call="audio"]'))]);
      await alice.answer('audio');
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: false })]);
      await bob.hangUp();
      await alice.sees(/hung up/);
      await changesSocket(alice);
      await wasNeverAway(alice);
      assert.deepEqual([alice.sentCount('call:answer'), alice.sentCount('call:hangup')], [1, 0]);
    },
  },
  {
    name: 'session: in a call the token is renewed and the socket stays; after the call it changes',
    async run(stage) {
      const alice = await stage.member('alice', { prepare: withClock });
      const bob = await stage.member('bob');
      await bob.dial('alice', 'audio');
      await alice.answer('audio');
      await alice.receives({ video: false });
      const { token } = await saved(alice);
      await renew(alice);
      await alice.until((old) => JSON.parse(localStorage.getItem('zvonok.session')).token !== old, 'the new token', token);
      await alice.page.clock.runFor(5_000);
      assert.deepEqual(await steps(alice), ['open 0']);
      await bob.hangUp();
      await alice.sees(/hung up/);
      await changesSocket(alice);
      await bob.dial('alice', 'audio');
      await alice.rings();
    },
  },
  {
    name: 'session: two tabs of one person renew once, both ring, and the one that is not answered falls silent',
    async run(stage) {
      const tabs = await twoTabs(stage);
      const [alice, tab] = tabs;
      const renewals = await countRenewals(alice.page.context());
      await renew(alice);
      const bob = await bothGoOn(stage, tabs);
      assert.equal(renewals.count, 1);
      await tab.answer('audio');
      await alice.reads('#ended-text', /answered on another device/);
      await bob.receives({ video: false });
    },
  },
  {
    name: 'session: two tabs in a browser without locks renew in the same moment, and neither is logged out (L02)',
    async run(stage) {
      const tabs = await twoTabs(stage, { prepare: (_, context) => context.addInitScript(() => delete Navigator.prototype.locks) });
      const renewals = await countRenewals(tabs[0].page.context(), 2);
      await renew(tabs[0]);
      await bothGoOn(stage, tabs);
      assert.equal(renewals.count, 2);
    },
  },
  {
    name: 'session: one that was ended elsewhere leads to the login with words, and nothing is tried again',
    async run(stage) {
      const alice = await stage.member('alice', { prepare: withClock });
      await logOutElsewhere(stage, (await saved(alice)).token);
      await alice.reads('#login-note', /session has ended/);
      await alice.page.clock.runFor(LATER_MS);
      assert.deepEqual(await steps(alice), ['open 0']);
      assert.equal(await saved(alice), null);
    },
  },
  {
    name: 'session: a page that is opened with a dead one tries once, then shows the login',
    async run(stage) {
      const alice = await stage.member('alice', { prepare: withClock });
      const { token } = await saved(alice);
      await alice.page.goto('about:blank');
      await logOutElsewhere(stage, token);
      const renewals = await countRenewals(alice.page.context());
      await alice.page.goto(`${stage.url}/`);
      await alice.reads('#login-note', /Please sign in again/);
      await alice.page.clock.runFor(LATER_MS);
      assert.equal(await alice.page.evaluate(() => window.test.sockets.length), 1);
      assert.equal(renewals.count, 1);
      assert.equal(await saved(alice), null);
    },
  },
  {
    name: 'session: somebody who was erased meanwhile is tried once, then shown the login (C03)',
    async run(stage) {
      const dataDir = mkdtempSync(join(tmpdir(), 'zvonok-e2e-'));
      stage.atEnd(() => rmSync(dataDir, { recursive: true, force: true }));
      const start = (env = {}) => startServer({ args: ['--dev'], env: { ZVONOK_DATA_DIR: dataDir, ...env } });
      const first = await start();
      const alice = await stage.member('alice', { url: first.url });
      const { user } = await saved(alice);
      await first.stop();
      await alice.page.waitForSelector('#status[data-kind="waiting"]', { state: 'attached' });
      eraseUser(dataDir, user.id);
      const renewals = await countRenewals(alice.page.context());
      stage.useServer(await start({ PORT: first.port }));
      await alice.reads('#login-note', /Please sign in again/);
      assert.equal((await steps(alice)).filter((step) => step.startsWith('open')).length, 2, 'one socket to each server');
      assert.equal(renewals.count, 1);
    },
  },
  {
    name: 'session: signing out in one tab closes the other one, with words',
    async run(stage) {
      const alice = await stage.member('alice');
      const tab = await stage.tab(alice);
      const { token } = await saved(alice);
      await alice.page.click('#sign-out');
      await alice.page.waitForSelector('#address-form');
      assert.equal(await alice.page.isVisible('#login-note'), false);
      await tab.reads('#login-note', /session has ended/);
      await tab.until(() => window.test.sockets.every(({ readyState }) => readyState === WebSocket.CLOSED), 'its socket to close');
      const me = () => fetch(`${stage.url}/api/me`, { headers: { Authorization: `Bearer ${token}` } });
      while ((await me()).status !== 401) await alice.page.waitForTimeout(50); // The page does not wait for its farewell.
    },
  },
];
