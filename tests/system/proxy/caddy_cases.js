// Calls through the real Caddy with deploy/Caddyfile.
import { strict as assert } from 'node:assert';

import { Client } from '../../lib/client.js';
import { startCaddy, through } from './proxies.js';
import { callThrough, hangUp } from './site_cases.js';
import { deployFile, replace } from './sites.js';

/// Without Caddy's admin port, which is the same for every Caddy on a machine.
const site = (t, change = []) => ({ folder, port }) =>
  replace(deployFile('Caddyfile'), [
    ['calls.example.com {', `http://127.0.0.1:${port} {`],
    ['/var/log/caddy/', `${folder}/`],
    ['\treverse_proxy 127.0.0.1:3001\n\t#', `\treverse_proxy 127.0.0.1:${t.server.port}\n\t#`],
    ['\n{\n', '\n{\n\tadmin off\n'],
    ...change,
  ]);

async function callAndOutage(t, proxy) {
  await hangUp(await callThrough(t, proxy));
  t.leave();
  await t.guarded.stop();
  const late = Client.connect(proxy, { token: t.token(t.user('late')) }, { protocols: [`zvonok.jwt.${t.token('x')}`] });
  assert.equal((await late.catch((error) => error)).status, 502);
}

export const caddyCases = [
  {
    name: 'Caddyfile: calls pass, and no token is in its logs although zvonok goes down',
    server: null,
    async run(t) {
      await t.start({ env: { ZVONOK_TRUSTED_PROXIES: '127.0.0.1' } });
      await through(startCaddy(site(t)), async (proxy) => {
        await callAndOutage(t, proxy);
        await proxy.stop();
        // Caddy 2.6 writes the status of an upgrade as 0.
        for (const seen of ['.*"Sec-Websocket-Accept"', '.*"status":502\\b'])
          assert.match(proxy.logs(), new RegExp(`"uri":"/ws"${seen}`));
        assert.match(proxy.logs(), /"logger":"http.log.error.*connection refused/, 'the outage is in its own log');
      });
    },
  },
  {
    name: 'Caddyfile: the same without its filter does write tokens',
    server: null,
    async run(t) {
      await t.start();
      const leaky = startCaddy(site(t, [['request>uri regexp \\?.* ""', '']]));
      await through(leaky, (proxy) => callAndOutage(t, proxy), { leaks: true });
    },
  },
];
