// TURN over TLS: our port, which ends TLS and passes the stream to coturn, beside coturn's own TLS listener. Printed and
// judged by nobody: what it says is what sharing the port costs.
import { createHmac } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startCoturn } from '../../tests/lib/coturn.js';
import { freePort, startServer } from '../../tests/lib/server.js';
import { mint } from '../../tests/lib/tokens.js';
import { TurnClient } from '../../tests/lib/turn_client.js';
import { cpuSeconds } from '../../tests/lib/watch.js';
import { makePair } from '../../tests/system/lifecycle/certificate.js';
import { relaysOf } from '../../tests/system/turn/relay.js';
import { median } from './statistics.mjs';

const PACKET = 1_000; // bytes; a video packet has about as many
const CHUNK = 64; // packets in one write of the generator
const SECRET = 'of the bench';

export const turns = {
  names: ['turns'],

  async run(bench, report) {
    const folder = mkdtempSync(join(tmpdir(), 'zvonok-bench-'));
    const sink = dgram.createSocket('udp4').bind(0, '127.0.0.1');
    await once(sink, 'listening');
    const ways = [];
    try {
      const pair = makePair({ file: (name, text) => (writeFileSync(join(folder, name), text), join(folder, name)) });
      ways.push(await ourPort(bench, pair), await itsOwn(bench, pair, folder));
      const results = ways.map(() => []);
      for (let round = 0; round < bench.sizes.turns.rounds; ++round) {
        bench.progress(`TURN over TLS, round ${round + 1} of ${bench.sizes.turns.rounds}`);
        for (const [i, way] of ways.entries()) results[i].push(await push(way, sink.address().port, bench.sizes.turns.megabytes));
      }
      const cell = (i, key, digits) => median(results[i].map((result) => result[key])).toFixed(digits);
      report.note(
        `TURN over TLS, ${bench.sizes.turns.megabytes} MB in packets of ${PACKET} bytes from one client, server's core shared by all of its processes: ` +
          ways.map((way, i) => `${way.name} ${cell(i, 'rate', 0)} MB/s, ${cell(i, 'cpu', 1)} ms of CPU per MB`).join('; ') + '.',
      );
    } finally {
      for (const way of ways) await way.stop();
      sink.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function ourPort(bench, pair) {
  const first = 20_000 + (process.pid % 90) * 100;
  const server = await startServer({
    target: ['taskset', '-c', String(bench.cores.server), ...bench.kinds.ours.target],
    env: {
      ZVONOK_TLS_CERT: pair.cert, ZVONOK_TLS_KEY: pair.key, ZVONOK_TURN_MODE: 'managed', ZVONOK_TURN_HOST: '127.0.0.1', ZVONOK_TURN_PORT: await freePort(),
      ZVONOK_TURN_RELAY_PORTS: `${first}-${first + 99}`, ZVONOK_TURN_ALLOWED_PEERS: '127.0.0.1',
    },
  });
  const login = async () => (await askForServers(server)).iceServers.find(({ username }) => username);
  return { name: 'our port', port: server.port, login, pids: () => [server.pid, ...relaysOf(server.pid)], stop: () => server.stop() };
}

async function itsOwn(bench, pair, folder) {
  const first = 21_000 + (process.pid % 90) * 100;
  const relay = await startCoturn({ secrets: [SECRET], relayPorts: `${first}-${first + 99}`, tls: pair, folder, core: bench.cores.server });
  const login = async () => {
    const username = `${Math.floor(Date.now() / 1000) + 3600}:bench`;
    return { username, credential: createHmac('sha1', SECRET).update(username).digest('base64') };
  };
  return { name: "coturn's own listener", port: relay.tlsPort, login, pids: () => [relay.pid], stop: relay.stop };
}

const cpuOf = (pids) => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);

/** Sends so many megabytes; the answer to a request behind them says that all have been read. */
async function push(way, sinkPort, megabytes) {
  const client = await TurnClient.open({ host: '127.0.0.1', port: way.port, transport: 'tls' }, await way.login());
  try {
    const { code } = await client.allocate();
    if (code !== 0) throw new Error(`${way.name}: an allocation is answered ${code}`);
    await client.permit('127.0.0.1');
    const data = Buffer.alloc(PACKET, 1);
    const [before, begun] = [cpuOf(way.pids()), performance.now()];
    for (let sent = 0; sent < megabytes * 1e6; sent += CHUNK * PACKET) {
      client.socket.cork();
      let room = true;
      for (let i = 0; i < CHUNK; ++i) room = client.sendTo('127.0.0.1', sinkPort, data);
      client.socket.uncork();
      if (!room) await once(client.socket, 'drain');
    }
    const answer = await client.refresh();
    if (answer !== 0) throw new Error(`${way.name}: the request behind the data is answered ${answer}`);
    const seconds = (performance.now() - begun) / 1000;
    return { rate: megabytes / seconds, cpu: ((cpuOf(way.pids()) - before) * 1000) / megabytes };
  } finally {
    client.close();
  }
}

function askForServers(server) {
  const headers = { Authorization: `Bearer ${mint({ userId: 'bench' })}` };
  return new Promise((done, fail) => {
    get(`${server.url}/api/ice-servers`, { headers, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => done(JSON.parse(text)));
    }).on('error', fail);
  });
}
