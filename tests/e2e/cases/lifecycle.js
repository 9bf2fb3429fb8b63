// A page that is left, comes back, is reloaded.
import assert from 'node:assert/strict';

const leave = ({ page }) => page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
const comeBack = ({ page }) => page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));

export const cases = [
  {
    name: 'reload of an idle page: still logged in and reachable',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await bob.page.reload();
      await bob.online();
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.receives({ video: false });
    },
  },
  {
    name: 'reload in a call: the other side is told',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.receives({ video: false });
      await bob.page.reload();
      await alice.sees(/bob hung up/);
      await bob.online();
    },
  },
  {
    name: 'pagehide of an idle page closes its socket, pageshow opens a new one',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await leave(bob);
      await bob.until(() => window.test.sockets[0].readyState === WebSocket.CLOSED, 'the socket to close');
      await alice.dial('bob', 'audio');
      await alice.sees(/bob cannot be reached/);
      await comeBack(bob);
      await bob.online();
      await alice.dial('bob', 'audio');
      await bob.rings();
    },
  },
  {
    name: 'pagehide in a call does nothing',
    async run(stage) {
      const [alice, bob] = await stage.group('alice', 'bob');
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: false })]);
      await leave(bob);
      await comeBack(bob);
      await bob.hangUp();
      await alice.sees(/bob hung up/);
      assert.equal(await bob.page.evaluate(() => window.test.sockets.length), 1);
    },
  },
  {
    name: 'the real back/forward cache: unreachable while away, and rings again after coming back',
    async run(stage) {
      // Goal: what the synthetic events above assume is what the browser does. Method: a browser in which automation
      // has not switched that cache off; a variable of the page proves that it was frozen and not loaded again.
      const browser = await stage.otherBrowser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
      const bob = await stage.person('bob', { browser });
      const alice = await stage.person('alice');
      await bob.page.evaluate(() => { window.test.sameDocument = true; });
      await bob.page.goto(`${stage.url}/healthz`);
      await alice.dial('bob', 'audio');
      await alice.sees(/bob cannot be reached/);
      await bob.page.goBack({ waitUntil: 'commit' }); // A page from the cache has no load event.
      await bob.online();
      assert.equal(await bob.page.evaluate(() => window.test.sameDocument), true, 'the page came out of the cache');
      await alice.dial('bob', 'audio');
      await bob.rings();
    },
  },
];
