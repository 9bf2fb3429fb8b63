// The socket in bad times: refusals, restarts, proxies without a rule, events that come late.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';

import { WebSocketServer } from 'ws';

import { startServer } from '../../lib/server.js';

const kNotFound = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** A proxy in front of the server that leaves it the page and takes the upgrades itself. */
async function proxy(stage, onUpgrade) {
  const target = new URL(stage.url);
  const server = createServer((from, to) => {
    const { method, url, headers } = from;
    const forward = request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
      to.writeHead(answer.statusCode, answer.headers);
      answer.pipe(to);
    });
    forward.on('error', () => to.destroy());
    from.pipe(forward);
  });
  server.on('upgrade', onUpgrade);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  stage.atEnd(() => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  }));
  return `http://127.0.0.1:${server.address().port}`;
}

/** Logs alice in where each socket is opened and then closed with `code`. */
async function refusedBy(stage, code) {
  const sockets = new WebSocketServer({ noServer: true });
  const url = await proxy(stage, (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (accepted) => accepted.close(code));
  });
  const alice = await stage.person('alice', { loggedIn: false, url, prepare: (page) => page.clock.install() });
  await alice.showTokenForm();
  await alice.useToken(stage.token('alice'));
  await refused(alice);
  return alice;
}

const refused = (alice) => alice.until(() => {
  const { sockets } = window.test;
  return sockets.length > 0 && sockets.every(({ readyState }) => readyState === WebSocket.CLOSED);
}, 'its sockets to be closed');

const socketCount = ({ page }) => page.evaluate(() => window.test.sockets.length);

/** Lets the page live through this many seconds; after each, the socket that it may have opened is refused. */
async function live(alice, seconds) {
  for (let second = 0; second < seconds; ++second) {
    await alice.page.clock.runFor(1_000);
    await refused(alice);
  }
}

export const cases = [
  ...[1011, 1012, 4008, 4029].map((code) => ({
    name: `a server that closes every socket with ${code}: tried with growing delay, not hammered`,
    async run(stage) {
      const alice = await refusedBy(stage, code);
      await live(alice, 60);
      // Delays of 0.5–2, 1–4, 2–8, 4–16 and then 8–32 s; time spent waiting here counts too.
      const count = await socketCount(alice);
      assert.ok(count >= 4 && count <= 14, `${count} sockets in a minute`);
    },
  })),
  {
    name: 'a server that closes with 4009: the page stops, says why, and offers to try again',
    async run(stage) {
      const alice = await refusedBy(stage, 4009);
      await alice.reads('#trouble-text', /connected somewhere else/);
      await live(alice, 60);
      assert.equal(await socketCount(alice), 1);
      await alice.page.click('#trouble-retry');
      await alice.until(() => window.test.sockets.length === 2, 'a second socket');
      await alice.reads('#trouble-text', /connected somewhere else/);
    },
  },
  {
    name: 'one device too many: the page that is put out says why and comes back when there is room',
    env: async () => ({ ZVONOK_LIMITS_DEVICES_PER_USER: '1' }),
    async run(stage) {
      const first = await stage.person('alice');
      const second = await stage.person('alice');
      await first.reads('#trouble-text', /too many pages or devices/);
      await first.online();
      await second.reads('#trouble-text', /too many pages or devices/); // They take turns.
      await second.page.close();
      await first.online();
      await first.page.waitForSelector('#trouble', { state: 'hidden' });
    },
  },
  {
    name: 'a proxy without a WebSocket rule: the page says that the path was not found',
    async run(stage) {
      const url = await proxy(stage, (_, socket) => socket.end(kNotFound));
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
      const env = { ZVONOK_WEB_DEMO: 'true' };
      const first = await startServer({ env });
      stage.atEnd(() => first.stop('SIGKILL'));
      const alice = await stage.person('alice', { url: first.url });
      const bob = await stage.person('bob', { url: first.url });
      await alice.dial('bob', 'audio');
      await bob.answer('audio');
      await alice.receives({ video: false });
      await first.stop('SIGKILL');
      await Promise.all([alice, bob].map((person) => person.sees(/connection to the server was lost/)));
      await alice.reads('#trouble-text', /server cannot be reached/);
      const second = await startServer({ env: { ...env, PORT: first.port } });
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
