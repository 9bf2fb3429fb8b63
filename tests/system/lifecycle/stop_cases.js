// How the server ends (row D06 of the list of known troubles): people in a call are told first, everybody is closed
// with 1012, nobody can hold it up for more than ten seconds, and the port is free at once. The stop with fifty idle
// sockets is in the hostile suite.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { requestHead } from '../../lib/http_head.js';
import { freePort } from '../../lib/server.js';
import { TEST_SECRET } from '../../lib/tokens.js';
import { makePair } from './certificate.js';
import { binary } from './harness.js';
import { startWithMetrics } from './metrics_cases.js';

const kGraceful = { code: 0, signal: null };
/// What is promised, and what a busy machine adds.
const kStopMaxMs = 10_000 + 2_000;
const kHangsMs = 25_000;

/// SIGTERM (or another) and how it ended; the case goes on while it stops.
function stop(server, signal = 'SIGTERM') {
  const begun = Date.now();
  process.kill(server.pid, signal);
  return server.exited.then((exit) => ({ ...exit, ms: Date.now() - begun }));
}

async function endsGracefully(stopping, maxMs = kStopMaxMs) {
  const ended = new AbortController();
  const late = pause(kHangsMs, 'hangs', { signal: ended.signal }).catch(() => {});
  const result = await Promise.race([stopping, late]);
  ended.abort();
  assert.notEqual(result, 'hangs', `it is still there after ${kHangsMs} ms`);
  const { ms, ...exit } = result;
  assert.deepEqual(exit, kGraceful);
  assert.ok(ms <= maxMs, `it took ${ms} ms`);
}

/// Fills the queue that the server holds for `deaf`, so that its close frame cannot be flushed.
async function deafen(t, server) {
  const deaf = await t.rawWebSocket(server, 'deaf');
  const feeder = await t.client(server, 'feeder');
  feeder.offer('deaf');
  await deaf.nextMessage('call:offer');
  await deaf.event('call:answer', { sdp: 'v=0' });
  await feeder.next('call:answer');
  deaf.raw.stopReading();
  // Far more than the sockets between us hold, and less than the limit of the queue.
  for (let i = 0; i < 40; i++) feeder.ice('x'.repeat(200_000));
  await feeder.roundTrip();
  return { deaf, feeder };
}

const idle = [
  ...['SIGTERM', 'SIGINT'].map((signal) => ({
    name: `with nothing open ${signal} ends it within a second with exit code 0 (D06)`,
    alone: true,
    async run(t) {
      const server = await t.start();
      await endsGracefully(stop(server, signal), 1000);
    },
  })),
  {
    name: 'with only an idle HTTP connection and somebody at the metrics it ends within a second (D06)',
    alone: true,
    async run(t) {
      const server = await startWithMetrics(t);
      const raws = [await t.raw(server), await t.raw({ port: Number(new URL(server.metricsUrl).port) })];
      for (const raw of raws) {
        await raw.write(requestHead({ target: '/metrics' }));
        await raw.readResponse();
      }
      const stopping = stop(server);
      for (const raw of raws) raw.readEnd().then(() => raw.fin()); // As a client does; otherwise we linger for it.
      await endsGracefully(stopping, 1000);
    },
  },
];

const told = [
  {
    name: 'parties of a call, and of one that rings, hear call:hangup before they are closed with 1012 (D06)',
    async run(t) {
      const server = await t.start();
      const talking = await t.call(server, ['a', 'b']);
      const ringing = [await t.client(server, 'c'), await t.client(server, 'd'), await t.client(server, 'd')];
      ringing[0].offer('d');
      for (const callee of ringing.slice(1)) await callee.next('call:offer');
      const bored = await t.client(server, 'bored');
      const stopping = stop(server);
      for (const party of [...talking, ...ringing]) {
        await party.next('call:hangup');
        const { code } = await party.whenClosed();
        assert.equal(code, 1012);
        assert.deepEqual(party.unread, [], 'one hangup and no more');
      }
      assert.equal((await bored.whenClosed()).code, 1012);
      assert.deepEqual(bored.frames, []);
      await endsGracefully(stopping);
      assert.match(server.log(), /call ended .*reason=server_shutdown/);
    },
  },
  {
    name: 'what was sent before SIGTERM arrives before the hangup (D06)',
    async run(t) {
      const server = await t.start();
      const [a, b] = await t.call(server);
      for (let i = 0; i < 200; i++) a.ice(`candidate ${i}`);
      await a.roundTrip();
      const stopping = stop(server);
      for (let i = 0; i < 200; i++) assert.equal((await b.next('call:ice')).payload.candidate, `candidate ${i}`);
      await b.next('call:hangup');
      await endsGracefully(stopping);
    },
  },
  {
    name: 'clients over TLS are told as well, and one in the handshake holds nothing up (D06)',
    async run(t) {
      const pair = makePair(t);
      const server = await t.start({ env: { ZVONOK_TLS_CERT: pair.cert, ZVONOK_TLS_KEY: pair.key } });
      const parties = await t.call(server, ['a', 'b'], { ca: pair.certText });
      const shaking = [await t.raw(server), await t.raw(server)];
      await shaking[1].write(Buffer.from('1603010200010001fc0303', 'hex'));
      const stopping = stop(server);
      for (const party of parties) {
        await party.next('call:hangup');
        assert.equal((await party.whenClosed()).code, 1012);
      }
      await Promise.all(shaking.map((raw) => raw.readEnd()));
      await endsGracefully(stopping, 5000);
    },
  },
  {
    name: 'requests that are half there do not hold it up (D06)',
    async run(t) {
      const server = await t.start();
      const raws = [];
      for (const start of [
        '',
        'GET /healthz HT',
        'POST /api/dev/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{',
      ]) {
        const raw = await t.raw(server);
        await raw.write(start);
        raws.push(raw);
      }
      await endsGracefully(stop(server), 5000);
      await Promise.all(raws.map((raw) => raw.readEnd()));
    },
  },
];

const held = [
  {
    name: 'a client that never reads holds it up for ten seconds at most, and nobody new comes in meanwhile (D06)',
    async run(t) {
      const server = await t.start({ env: { ZVONOK_LIMITS_QUEUE_BYTES: 33_554_432 } });
      const { feeder } = await deafen(t, server);
      const stopping = stop(server);
      await feeder.next('call:hangup');
      assert.equal((await feeder.whenClosed()).code, 1012);
      assert.equal(server.exit, undefined, 'it waits for the client that does not read');
      const late = await new Promise((resolve) => {
        const socket = net.connect(server.port, '127.0.0.1');
        socket.once('connect', () => resolve('connected'));
        socket.once('error', ({ code }) => resolve(code));
      });
      assert.equal(late, 'ECONNREFUSED');
      await endsGracefully(stopping);
      const next = await t.start({ env: { PORT: server.port } });
      assert.equal(next.port, server.port, 'the port is free at once');
    },
  },
  {
    name: 'while one drains the next can start on its port (D06)',
    async run(t) {
      const server = await t.start({ env: { ZVONOK_LIMITS_QUEUE_BYTES: 33_554_432 } });
      const { deaf, feeder } = await deafen(t, server);
      const stopping = stop(server);
      await feeder.whenClosed();
      const next = await t.start({ env: { PORT: server.port } });
      await t.call(next, ['feeder', 'somebody']);
      assert.equal(server.exit, undefined, 'the first still drains');
      deaf.raw.destroy();
      await endsGracefully(stopping);
    },
  },
  ...[
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
  ].map(([first, second]) => ({
    name: `${second} 0.1 s after ${first} ends it at once although a client does not read (D06)`,
    async run(t) {
      const server = await t.start({ env: { ZVONOK_LIMITS_QUEUE_BYTES: 33_554_432 } });
      await deafen(t, server);
      const stopping = stop(server, first);
      await pause(100); // What is tested is this distance.
      process.kill(server.pid, second);
      await endsGracefully(stopping, 3000);
    },
  })),
  {
    name: 'a draining server goes on through SIGHUP (D06)',
    async run(t) {
      const server = await t.start({ env: { ZVONOK_LIMITS_QUEUE_BYTES: 33_554_432 } });
      const { deaf, feeder } = await deafen(t, server);
      const stopping = stop(server);
      await feeder.whenClosed();
      process.kill(server.pid, 'SIGHUP');
      await t.logged(server, 're-read');
      deaf.raw.destroy();
      await endsGracefully(stopping);
    },
  },
];

/// For a server that cannot say when it listens.
async function connectable(port) {
  for (const deadline = Date.now() + 20_000; ;) {
    const connected = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (connected) return;
    assert.ok(Date.now() < deadline, `nobody listens on port ${port}`);
    await pause(10);
  }
}

const surroundings = [
  {
    name: 'SIGTERM at any moment of the start ends it, and no port stays behind (D06)',
    async run(t) {
      const port = await freePort();
      // From before the program is loaded to after it listens.
      for (let delay = 0; delay <= 40; delay += 4) {
        const env = { PORT: String(port), JWT_SECRET: TEST_SECRET, ZVONOK_HOST: '127.0.0.1', ZVONOK_ADMIN_LISTEN: '' };
        const wait = (delay / 1000).toFixed(3);
        const script = `"$@" & server=$!; sleep ${wait}; kill -TERM $server; wait $server; echo "ended $?"`;
        const ended = await t.ends(['-c', script, 'sh', ...binary], { env, target: ['sh'] });
        assert.match(ended.out, /^ended (0|143)$/m, ended.text);
        assert.ok(ended.ms < 10_000, `${ended.ms} ms`);
      }
      await t.start({ env: { PORT: port } });
    },
  },
  {
    name: 'a start that fails half way leaves no port behind (D06, D12)',
    async run(t) {
      const [port, taken] = [await freePort(), net.createServer().listen(0, '127.0.0.1')];
      await new Promise((done) => taken.once('listening', done));
      t.onEnd(() => taken.close());
      const env = {
        PORT: String(port),
        JWT_SECRET: TEST_SECRET,
        ZVONOK_HOST: '127.0.0.1',
        ZVONOK_ADMIN_LISTEN: `127.0.0.1:${taken.address().port}`,
      };
      await t.refuses([], { env }, /admin_listen/);
      await t.start({ env: { PORT: port } });
    },
  },
  ...['SIGTERM', 'SIGINT'].map((signal) => ({
    name: `as process 1 of a container it ends at ${signal}, tells a call, and leaves no process behind (D06)`,
    needs: ['processes'],
    async run(t) {
      const target = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', ...binary];
      const server = await t.start({ target });
      const children = () => readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'latin1').trim();
      const inner = Number(children());
      assert.match(readFileSync(`/proc/${inner}/status`, 'latin1'), /^NSpid:\s+\d+\s+1$/m, 'it is process 1');
      const parties = await t.call(server);
      process.kill(inner, signal);
      for (const party of parties) {
        await party.next('call:hangup');
        assert.equal((await party.whenClosed()).code, 1012);
      }
      assert.deepEqual(await server.exited, kGraceful);
    },
  })),
  {
    name: 'under a shell that is told to pass itself on it sees SIGTERM (D06)',
    async run(t) {
      const server = await t.start({ target: ['sh', '-c', 'exec "$@"', 'sh', ...binary] });
      assert.match(readlinkSync(`/proc/${server.pid}/exe`), /zvonok/);
      await endsGracefully(stop(server), 5000);
    },
  },
  ...['block', 'ignore', 'default'].map((how) => ({
    name: `a parent whose disposition of SIGTERM is ${how} does not make it deaf to SIGTERM (D06)`,
    async run(t) {
      const server = await t.start({ target: ['env', `--${how}-signal=TERM`, ...binary] });
      await endsGracefully(stop(server), 5000);
    },
  })),
  {
    name: 'started without standard descriptors it uses their numbers for nothing into which it would log (D06)',
    async run(t) {
      const env = {
        JWT_SECRET: TEST_SECRET,
        PORT: String(await freePort()),
        ZVONOK_HOST: '127.0.0.1',
        ZVONOK_ADMIN_LISTEN: '',
      };
      const child = spawn('sh', ['-c', 'exec "$@" <&- >&- 2>&-', 'sh', ...binary], {
        cwd: t.folder(),
        env,
        stdio: 'ignore',
      });
      t.onEnd(() => child.kill('SIGKILL'));
      const exited = once(child, 'exit');
      await connectable(env.PORT);
      for (const number of [0, 1, 2]) assert.equal(readlinkSync(`/proc/${child.pid}/fd/${number}`), '/dev/null');
      child.kill('SIGTERM');
      assert.deepEqual(await exited, [0, null]);
    },
  },
  {
    name: 'it lives on, and ends well, when nobody reads its output any more (D06)',
    async run(t) {
      const child = spawn(binary[0], binary.slice(1), {
        cwd: t.folder(),
        env: {
          JWT_SECRET: TEST_SECRET,
          PORT: String(await freePort()),
          ZVONOK_HOST: '127.0.0.1',
          ZVONOK_ADMIN_LISTEN: '',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      t.onEnd(() => child.kill('SIGKILL'));
      const exited = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
      const [line] = await once(child.stdout, 'data');
      const port = Number(/port (\d+)/.exec(line)[1]);
      child.stdout.destroy();
      child.stderr.destroy();
      const parties = await t.call({ port, wsUrl: `ws://127.0.0.1:${port}/ws` });
      await parties[0].roundTrip();
      child.kill('SIGTERM');
      for (const party of parties) await party.next('call:hangup');
      assert.deepEqual(await exited, kGraceful);
    },
  },
];

export const stopCases = [...idle, ...told, ...held, ...surroundings];
