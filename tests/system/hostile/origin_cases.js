// Which pages may open the socket when `origins` names some: exactly those, after the case and the default port are
// made equal. A refusal comes before the upgrade, and a native client, which has no Origin, is none of this.
import { strict as assert } from 'node:assert';

import { upgradeHead } from '../../lib/http_head.js';
import { RawWebSocket } from '../../lib/raw_websocket.js';

const kServer = 'origins';
export const originServers = {
  [kServer]: { env: { ZVONOK_ORIGINS: 'https://app.example,capacitor://localhost,null' } },
};

async function knock(t, origin) {
  const raw = await t.raw();
  await raw.write(upgradeHead({ target: `/ws?token=${t.token(t.user('a'))}`, headers: { Origin: origin } }));
  return raw;
}

const permits = (origin) => ({
  name: `permits ${origin === null ? 'a client without Origin' : `the origin ${origin}`}`,
  server: kServer,
  async run(t) {
    const raw = await knock(t, origin);
    assert.equal((await raw.readHead()).status, 101);
    await new RawWebSocket(raw).roundTrip();
  },
});

const refuses = (origin, statuses = [403]) => ({
  name: `refuses ${Array.isArray(origin) ? 'two origins' : `the origin ${origin.slice(0, 60)}`}`,
  server: kServer,
  async run(t) {
    const { status } = await (await knock(t, origin)).readResponse();
    assert.ok(statuses.includes(status), `got ${status}`);
  },
});

export const originCases = [
  ...[
    null,
    'https://app.example',
    'HTTPS://APP.EXAMPLE',
    'https://app.example:443',
    'capacitor://localhost',
    'null',
  ].map(permits),
  ...[
    'https://evil.example',
    'http://app.example',
    'https://app.example:444',
    'https://app.example.evil.example',
    'https://app.example@evil.example',
    'https://evil.example/https://app.example',
    'https://app.example https://evil.example',
    'https://sub.app.example',
    'https://xapp.example',
    'https://app.exampl',
    'https://app.example\tx',
    'file://',
    'NULLX',
    'https://*',
    `https://${'x'.repeat(3000)}.example`,
  ].map((origin) => refuses(origin)),
  refuses(['https://app.example', 'https://evil.example'], [400, 403]),
];
