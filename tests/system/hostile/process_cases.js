// The process and its surroundings: descriptors that run out, signals, a process that was stopped for a while.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { frame } from '../../lib/frames.js';
import { requestHead } from '../../lib/http_head.js';
import { defaultTarget, startServer } from '../../lib/server.js';
import { cpuSeconds, descriptorCount, residentKb } from '../../lib/watch.js';

const own = (name, work) => ({ name, server: null, run: work });
const limited = (count) => ({ target: ['prlimit', `--nofile=${count}`, ...defaultTarget()] });

/// Opens connections until `count` are there or one fails; which of them were answered 503 or ended.
async function crowd(t, count) {
  const open = [];
  for (let i = 0; i < count; i++) {
    const raw = await t.raw({ within: 2000 }).catch(() => undefined);
    if (!raw) break;
    open.push(raw);
  }
  return open;
}

/// A new user gets in within a bounded time.
async function getsIn(t, label) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const session = await t.ws(label, { socket: { within: 2000 } }).catch(() => undefined);
    if (session) {
      await session.quiet();
      return;
    }
    assert.ok(Date.now() < deadline, 'a new user still cannot connect');
    await pause(50);
  }
}

/// At debug level each message may have its line; what is counted here are complaints.
const kQuiet = { ZVONOK_LOG_LEVEL: 'info' };

/// Over three seconds: CPU below a tenth of a core, and at most one line of log a second (and a few at the edges).
async function isCalm({ server, bystander }) {
  const [cpu, log] = [cpuSeconds(server.pid), server.log().split('\n').length];
  await pause(3000);
  await bystander.check();
  const used = cpuSeconds(server.pid) - cpu;
  const linesOfLog = server.log().split('\n').length - log;
  assert.ok(used < 0.3, `used ${used.toFixed(2)} s of CPU in 3 s`);
  assert.ok(linesOfLog <= 6, `wrote ${linesOfLog} lines of log in 3 s`);
}

const descriptors = [
  own('stays calm when its descriptors are used up, and serves again when some are free', async (t) => {
    const guarded = await t.start({ ...limited(400), env: kQuiet });
    const silent = await crowd(t, 600);
    await isCalm(guarded);
    for (const raw of silent) raw.destroy();
    await getsIn(t, 'later');
  }),
  own('stays calm when accept fails for want of a descriptor', async (t) => {
    const guarded = await t.start({ env: kQuiet });
    const { pid } = guarded.server;
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${descriptorCount(pid) + 3}:`]);
    const silent = await crowd(t, 50);
    await isCalm(guarded);
    for (const raw of silent) raw.destroy();
    execFileSync('prlimit', ['--pid', String(pid), '--nofile=1000:']);
    await getsIn(t, 'later');
  }),
  own('answers 503 when 300 descriptors leave it only a few, and lives on', async (t) => {
    await t.start(limited(300));
    const statuses = [];
    for (let i = 0; i < 60; i++) {
      const raw = await t.raw();
      await raw.write(
        requestHead({
          target: '/ws',
          headers: {
            Upgrade: 'websocket',
            Connection: 'Upgrade',
            'Sec-WebSocket-Version': '13',
            'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
          },
        }),
      );
      const { status } = await raw.readHead();
      statuses.push(status);
      if (status === 503) raw.destroy();
    }
    // A refused token's session stays open until we answer its close, so each of these holds a descriptor.
    assert.equal(statuses[0], 101);
    assert.equal(statuses.at(-1), 503, `${statuses}`);
  }),
  {
    name: 'refuses to start with 64 descriptors, or says what they allow',
    server: null,
    async run(t) {
      const ended = await startServer(limited(64)).then(
        (server) => ({ server }),
        (error) => ({ error }),
      );
      if (ended.server) {
        assert.match(ended.server.log(), /\b64\b/);
        await ended.server.stop();
      } else {
        assert.match(ended.error.log, /\b64\b/);
        assert.notEqual(ended.error.exit?.code, 0);
        assert.equal(ended.error.exit?.signal, null);
      }
      void t;
    },
  },
  own('needs no more memory with as many descriptors as there may be', async (t) => {
    const most = Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'latin1'))[1]);
    const plain = await t.start(limited(1024));
    const few = residentKb(plain.server.pid);
    const large = await t.start(limited(most));
    assert.ok(residentKb(large.server.pid) < few + 10_000, `${residentKb(large.server.pid)} KB against ${few} KB`);
  }),
];

/// SIGTERM (or SIGINT) with every kind of connection there is.
const stops = (signal) =>
  own(`tells everybody and exits with 0 at ${signal}`, async (t) => {
    const { server, bystander } = await t.start({ env: { ZVONOK_LIMITS_LINGER_S: 2 } });
    clearInterval(bystander.timer);
    for (const direction of bystander.directions) direction.over = true;
    t.leave();
    const { a, b } = await t.call();
    const idle = await Promise.all(Array.from({ length: 50 }, (_, i) => t.ws(`idle-${i}`)));
    const deaf = await t.ws('deaf');
    deaf.raw.stopReading();
    const half = await t.raw();
    await half.write('GET /healthz HTTP/1.1\r\nHost:');
    const midway = await t.ws('midway');
    await midway.send(frame({ length: 100, payload: 'x' }));

    const begun = Date.now();
    const stopping = server.stop(signal);
    for (const session of [a, b]) {
      await session.nextMessage('call:hangup');
      await session.expectClose(1012);
    }
    await Promise.all([...idle, midway].map((session) => session.expectClose(1012)));
    deaf.raw.resumeReading();
    await half.readEnd();
    assert.deepEqual(await stopping, { code: 0, signal: null });
    assert.ok(Date.now() - begun < 12_000, 'it takes ten seconds at most');
    const next = await startServer({ env: { PORT: server.port } });
    assert.equal(next.port, server.port, 'the port is free at once');
    await next.stop();
  });

const signals = [
  stops('SIGTERM'),
  stops('SIGINT'),
  own('exits at once when nothing is open', async (t) => {
    const { server } = await t.start({ bystander: false });
    t.leave();
    const begun = Date.now();
    assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null });
    assert.ok(Date.now() - begun < 5000);
  }),
  own('ends at a second signal though a client does not read', async (t) => {
    const { server, bystander } = await t.start();
    for (const direction of bystander.directions) direction.over = true;
    t.leave();
    const { b } = await t.call();
    b.raw.stopReading();
    const begun = Date.now();
    process.kill(server.pid, 'SIGTERM');
    await pause(100);
    await server.stop('SIGTERM');
    assert.ok(Date.now() - begun < 5000);
  }),
  own('tells everybody and exits as process 1 of a container', async (t) => {
    const { server, bystander } = await t.start({
      target: ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', ...defaultTarget()],
    });
    for (const direction of bystander.directions) direction.over = true;
    t.leave();
    const a = await t.ws('a');
    const [child] = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'latin1').trim().split(' ');
    process.kill(Number(child), 'SIGTERM');
    await a.expectClose(1012);
    assert.equal((await server.exited).code, 0);
  }),
  own('loses nobody when it was stopped for longer than ws.dead_s', async (t) => {
    const { server, bystander } = await t.start({ env: { ZVONOK_WS_PING_S: 1, ZVONOK_WS_DEAD_S: 3 } });
    const idle = await Promise.all(Array.from({ length: 20 }, (_, i) => t.client(`idle-${i}`)));
    await bystander.check();
    process.kill(server.pid, 'SIGSTOP');
    await pause(5000);
    process.kill(server.pid, 'SIGCONT');
    await bystander.check();
    for (const client of idle) await client.roundTrip();
  }),
  own('goes on when it is told to read its secrets again, a hundred times', async (t) => {
    const { server, bystander } = await t.start();
    for (let i = 0; i < 100; i++) process.kill(server.pid, 'SIGHUP');
    await bystander.check();
    await (await t.ws('a')).quiet();
  }),
];

export const processCases = [...descriptors, ...signals];
