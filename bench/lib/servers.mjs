// The servers that are measured, each started in the same way, on one core, with no limit in the way of a bench.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startServer } from '../../tests/lib/server.js';
import { TEST_SECRET } from '../../tests/lib/tokens.js';

const BENCH = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const PING_S = 600; // no ping may come between the messages of a load, and the idle server is to be idle

// Limits protect a server from one client; a bench is exactly such a client.
const OURS_ENV = {
  ZVONOK_WS_PING_S: PING_S,
  ZVONOK_WS_DEAD_S: 2 * PING_S,
  ...Object.fromEntries(
    ['MESSAGES_BURST', 'MESSAGES_PER_S', 'OFFERS_BURST', 'OFFERS_PER_MIN', 'PAIR_BURST', 'PAIR_PER_MIN', 'PAIR_PER_H'].map(
      (name) => [`ZVONOK_LIMITS_${name}`, 1_000_000],
    ),
  ),
};

/** The kinds of servers by name: {target, env, raw}. */
export function serverKinds({ ours, other, bare }) {
  const kinds = {
    Node: { target: [process.execPath, resolve(BENCH, 'node_peer.mjs')], env: {}, raw: false },
    ours: { target: [ours], env: OURS_ENV, raw: false },
  };
  if (other) kinds.other = { target: [other], env: OURS_ENV, raw: false };
  kinds.bare = { target: [bare], env: {}, raw: true };
  return kinds;
}

/** Starts one of them, pinned; the result knows its kind and how long it took to listen. */
export async function start(name, kinds, core) {
  const { target, env, raw } = kinds[name];
  const begin = performance.now();
  const server = await startServer({ target: ['taskset', '-c', String(core), ...target], env });
  return { ...server, name, raw, secret: TEST_SECRET, startMs: performance.now() - begin };
}

/** Bytes of memory that a process has resident, exactly. */
export function residentBytes(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Rss:\s+(\d+) kB/m.exec(rollup)[1]) * 1024;
}
