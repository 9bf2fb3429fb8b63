// What the cases about the relay share: a server with a coturn of its own, and clients that ask it for allocations.
import { strict as assert } from 'node:assert';
import { readFileSync, readdirSync } from 'node:fs';

import { ownAddresses } from '../../lib/addresses.js';
import { freePort } from '../../lib/server.js';
import { mint, nowSeconds } from '../../lib/tokens.js';
import { TurnClient, parseTurnUrl } from '../../lib/turn_client.js';
import { metricsOf, startWithMetrics } from '../lifecycle/metrics_cases.js';

const kPortsEach = 40;
let nextPorts = 20_000 + (process.pid % 90) * 100;

/** A port for a relay, which another program on this machine does not have. No outgoing connection is given one of these. */
async function relayPort() {
  for (;;) {
    const port = await freePort('127.0.0.1', nextPorts++).catch(() => null);
    if (port !== null) return port;
  }
}

/** Relay ports that no other case of this run has; below those that the kernel gives to clients. */
export function relayPorts(count = kPortsEach) {
  const first = nextPorts;
  nextPorts += count;
  return `${first}-${first + count - 1}`;
}

export async function managed(t, env = {}, options = {}) {
  const port = await relayPort();
  const server = await startWithMetrics(t, {
    ...options,
    env: {
      ZVONOK_TURN_MODE: 'managed', ZVONOK_TURN_HOST: '127.0.0.1', ZVONOK_TURN_PORT: port,
      ZVONOK_TURN_RELAY_PORTS: relayPorts(), ...env,
    },
  });
  return Object.assign(server, { turnPort: port });
}

// For cases that move the server's clock.
const longToken = (userId) => mint({ userId, exp: nowSeconds() + 30 * 86_400 });

/** The answer of /api/ice-servers, and its status. */
export async function iceServers(server, user, { token = longToken(user), headers = {}, scheme = 'http' } = {}) {
  const response = await fetch(`${scheme}://127.0.0.1:${server.port}/api/ice-servers`, { headers: { Authorization: `Bearer ${token}`, ...headers } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** A client of the relay as that user, over 'udp' or 'tcp'. */
export async function relayClient(t, server, user, transport = 'udp', change = (login) => login) {
  const { body } = await iceServers(server, user);
  const entry = body.iceServers.find(({ username }) => username);
  const url = entry.urls.map(parseTurnUrl).find((at) => at.transport === transport);
  assert.ok(url, `a way over ${transport} among ${entry.urls}`);
  const client = await TurnClient.open(url, change({ username: entry.username, credential: entry.credential }));
  t.onEnd(() => client.close());
  return client;
}

/** This machine's IPv6 address may be one for networks without outside, which is relayed from only when that is wanted. */
export const ipv6Relay = { ZVONOK_TURN_ALLOWED_PEERS: ownAddresses().filter((address) => address.includes(':')).join(',') };

/** Two people who send to each other through the relay, which may send to this machine; one of them over TCP. */
export async function relayedCall(t, server, users) {
  const sides = [await relayClient(t, server, users[0], 'udp'), await relayClient(t, server, users[1], 'tcp')];
  const places = [];
  for (const side of sides) {
    places.push(await side.allocate());
    assert.equal(places.at(-1).code, 0);
  }
  for (const side of sides) assert.equal(await side.permit('127.0.0.1'), 0);
  return {
    sides,
    logins: sides.map(({ login }) => login),
    async reachesBothWays(text) {
      for (const [from, to] of [[0, 1], [1, 0]]) {
        sides[from].sendTo(places[to].relayed, places[to].relayedPort, text);
        assert.equal((await sides[to].nextData()).toString(), text);
      }
    },
  };
}

/** The processes named turnserver whose parent is that one. */
export function relaysOf(pid) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return /\((turnserver)\) [^Z]/.test(stat) && Number(stat.split(') ')[1].split(' ')[1]) === pid;
    } catch {
      return false; // It has ended meanwhile.
    }
  }).map(Number);
}

export async function metric(server, name) {
  const value = (await metricsOf(server)).get(name);
  assert.notEqual(value, undefined, `there is a metric ${name}`);
  return value;
}
