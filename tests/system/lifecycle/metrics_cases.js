// What /metrics tells: the families by Prometheus's conventions, figures that move with what happens, and nothing that
// names a person.
import { strict as assert } from 'node:assert';

import { freePort } from '../../lib/server.js';
import { TEST_SECRET } from '../../lib/tokens.js';
import { verdict } from './harness.js';

export async function startWithMetrics(t, options = {}) {
  const port = await freePort();
  const server = await t.start({ ...options, env: { ZVONOK_ADMIN_LISTEN: `127.0.0.1:${port}`, ...options.env } });
  server.metricsUrl = `http://127.0.0.1:${port}/metrics`;
  return server;
}

/// Series, with its labels as they are written, → value.
export async function metricsOf(server) {
  const text = await (await fetch(server.metricsUrl)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/// How many reloads were taken, and how many refused.
export async function reloads(server) {
  const metrics = await metricsOf(server);
  return ['taken', 'refused'].map((outcome) => metrics.get(`zvonok_reloads_total{outcome="${outcome}"}`));
}

const kUsers = ['marija-1f9c', 'иван-77aa'];

export const metricsCases = [
  {
    name: 'every family of metrics has a help, a type, and a name that fits the type',
    async run(t) {
      const server = await startWithMetrics(t);
      const response = await fetch(server.metricsUrl);
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
      const text = await response.text();
      const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
      assert.ok(types.length >= 15, `${types.length} families`);
      for (const [, name, type] of types) {
        assert.match(name, /^zvonok_[a-z_]+$/);
        assert.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
        assert.match(text, new RegExp(`^# HELP ${name} \\S`, 'm'));
        assert.match(text, new RegExp(`^${name}(\\{|\\s)`, 'm'), `${name} is there before anything happens`);
      }
      for (const series of (await metricsOf(server)).keys())
        assert.match(series, /^zvonok_[a-z_]+(\{[a-z]+="[a-z0-9_]+"\})?$/);
    },
  },
  {
    name: 'metrics count what happens and name nobody',
    async run(t) {
      const server = await startWithMetrics(t);
      const before = await metricsOf(server);
      const [a, b] = await t.call(server, kUsers);
      assert.equal((await metricsOf(server)).get('zvonok_calls_live'), 1);
      a.hangup();
      await b.next('call:hangup');
      assert.equal(await verdict(server, 'no-token-at-all'), 4001);
      const after = await metricsOf(server);
      const grown = (series) => after.get(series) - before.get(series);
      assert.equal(grown('zvonok_calls_rang_total'), 1);
      assert.equal(grown('zvonok_calls_answered_total'), 1);
      assert.equal(grown('zvonok_calls_ended_total{reason="hangup"}'), 1);
      assert.equal(grown('zvonok_messages_received_total'), 3);
      assert.equal(grown('zvonok_tokens_refused_total{reason="malformed"}'), 1);
      assert.equal(after.get('zvonok_users_online'), 2);
      assert.equal(after.get('zvonok_calls_live'), 0);
      assert.deepEqual([...after.keys()], [...before.keys()], 'no series comes or goes');
      const text = await (await fetch(server.metricsUrl)).text();
      for (const secret of [...kUsers, TEST_SECRET, '127.0.0.1']) assert.ok(!text.includes(secret), secret);
    },
  },
  {
    name: 'metrics are on their own port only, and that port has nothing else',
    async run(t) {
      const server = await startWithMetrics(t);
      assert.equal((await fetch(`${server.url}/metrics`)).status, 404);
      for (const path of ['/', '/healthz', '/ws', '/metrics/x', '/api/dev/login'])
        assert.equal((await fetch(new URL(path, server.metricsUrl))).status, 404, path);
    },
  },
  {
    name: 'a WebSocket is not to be had on the port of metrics',
    async run(t) {
      const server = await startWithMetrics(t);
      const wsUrl = server.metricsUrl.replace('http', 'ws').replace('/metrics', '/ws');
      await assert.rejects(verdict({ wsUrl }, 'x'), ({ status }) => status >= 400);
    },
  },
];
