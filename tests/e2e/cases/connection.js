// The socket in bad times: refusals, restarts, proxies without a rule, events that come late.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';

import { startServer } from '../../lib/server.js';
import { mint } from '../../lib/tokens.js';

const withClock = (page) => page.clock.install();

/** Logs alice in at a server, played by the test, that closes each socket with `code`; counts the sockets. */
async function refusedBy(stage, code) {
  const counter = { opened: 0 };
  const prepare = async (page) => {
    await withClock(page);
    await page.routeWebSocket(/\/ws\?/, async (socket) => {
      ++counter.opened;
      await socket.close({ code });
    });
  };
  const alice = await stage.person('alice', { loggedIn: false, prepare });
  await alice.showTokenForm();
  await alice.useToken(mint({ userId: 'alice' }));
  await allClosed(alice);
  return [alice, counter];
}

const allClosed = ({ page }) => page.waitForFunction(() => {
  const { kind } = document.getElementById('status').dataset;
  return kind === 'waiting' || kind === 'refused';
});

/** Lets the page live through this many seconds; after each, the socket that it may have opened has its answer. */
async function live({ page }, seconds) {
  for (let second = 0; second < seconds; ++second) {
    await page.clock.runFor(1_000);
    await allClosed({ page });
  }
}

/** A proxy that knows the page and not the WebSocket: each upgrade is answered 404. */
async function proxyWithoutWebSocket(stage) {
  const target = new URL(stage.url);
  const proxy = createServer((from, to) => {
    const { method, url, headers } = from;
    const forward = request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
      to.writeHead(answer.statusCode, answer.headers);
      answer.pipe(to);
    });
    forward.on('error', () => to.destroy());
    from.pipe(forward);
  });
  proxy.on('upgrade', (_, socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done));
  stage.atEnd(() => new Promise((done) => { proxy.closeAllConnections(); proxy.close(done); }));
  return `http://127.0.0.1:${proxy.address().port}`;
}

export const cases = [
  ...[1011, 1012, 4008].map((code) => ({
    name: `a server that closes every socket with ${code}: tried with growing delay, not hammered`,
    async run(stage) {
      const [alice, counter] = await refusedBy(stage, code);
      await live(alice, 60);
      // Delays of 0.5–2, 1–4, 2–8, 4–16 and then 8–32 s.
      assert.ok(counter.opened >= 4 && counter.opened <= 12, `${counter.opened} sockets in a minute`);
    },
  })),
  ...[[4009, /connected somewhere else/], [4029, /too many pages or devices/]].map(([code, words]) => ({
    name: `a server that closes with ${code}: the page stops, says why, and offers to try again`,
    async run(stage) {
      const [alice, counter] = await refusedBy(stage, code);
      await alice.reads('#trouble-text', words);
      await live(alice, 60);
      assert.equal(counter.opened, 1);
      await alice.page.click('#trouble-retry');
      await alice.until(() => document.getElementById('status').dataset.kind === 'refused', 'the second refusal');
      assert.equal(counter.opened, 2);
    },
  })),
  {
    name: 'a proxy without a WebSocket rule: the page says that the path was not found',
    async run(stage) {
      const url = await proxyWithoutWebSocket(stage);
      const alice = await stage.person('alice', { loggedIn: false, url });
      await alice.showTokenForm();
      await alice.useToken(stage.token('alice'));
      await alice.reads('#trouble-text', /WebSocket path not found/);
      assert.equal(await alice.page.isDisabled('#dial-audio'), true);
    },
  },
  {
    name: 'the server restarts: the call is over with words, and both come back by themselves',
    async run(stage) {
      const first = await startServer();
      stage.atEnd(() => first.stop('SIGKILL'));
      const alice = await stage.person('alice', { url: first.url });
      const bob = await stage.person('bob', { url: first.url });
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.receives({ video: false });
      await first.stop('SIGKILL');
      await Promise.all([alice, bob].map((person) => person.sees(/connection to the server was lost/)));
      await alice.reads('#trouble-text', /server cannot be reached/);
      const second = await startServer({ env: { PORT: String(first.port) } });
      stage.atEnd(() => second.stop());
      await Promise.all([alice.online(), bob.online()]);
      await alice.dial('bob', 'audio');
      await bob.rings();
    },
  },
  {
    name: 'events of an old socket that come late change nothing',
    async run(stage) {
      // Goal: a close or a message that the browser delivers after the next socket is open neither opens a third
      // socket nor reaches the present call. Method: keep the page's own handlers of the first socket and call them.
      const [alice, bob] = await stage.group('alice', 'bob');
      for (let round = 0; round < 5; ++round) {
        await bob.page.evaluate(() => {
          window.test.old = window.test.sockets.at(-1);
          dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
          dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
        });
        await bob.online();
      }
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await Promise.all([alice.receives({ video: false }), bob.receives({ video: false })]);
      await bob.page.evaluate(() => {
        const { old } = window.test;
        old.onmessage(new MessageEvent('message', { data: '{"event":"call:hangup"}' }));
        old.onclose(new CloseEvent('close', { code: 1006 }));
        old.onopen(new Event('open'));
      });
      await bob.hangUp();
      await alice.sees(/bob hung up/);
      const sockets = await bob.page.evaluate(() => window.test.sockets.map(({ readyState }) => readyState));
      assert.deepEqual(sockets, [3, 3, 3, 3, 3, 1]);
    },
  },
];
