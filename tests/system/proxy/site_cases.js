// Calls through nginx with the sites of deploy/, those of docs/deploy.md, and the original deployment's own.
import { strict as assert } from 'node:assert';
import http from 'node:http';
import https from 'node:https';

import { Client, Refused } from '../../lib/client.js';
import { startBackend } from './backend.js';
import { startNginx, through } from './proxies.js';
import { documented, nginxSite, plainSite, replace } from './sites.js';

const own = (name, run) => ({ name, server: null, run });
const kReadTimeout = ['proxy_read_timeout 75s;', 'proxy_read_timeout 3s;'];
const kBehindProxy = { ZVONOK_TRUSTED_PROXIES: '127.0.0.1' };
const kSnippet = (port, more = '') => `location /ws {
    proxy_pass http://127.0.0.1:${port};
    ${more}
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
    proxy_set_header Host $host;
  }`;

/// An answered call of two clients that are connected through `proxy`.
export async function callThrough(t, proxy, { claims = {}, ...options } = {}) {
  const connect = async (label) => {
    const token = t.token({ userId: t.user(label), ...claims });
    const client = await Client.connect(proxy, { token }, { ca: proxy.ca, ...options });
    client.name = label;
    return client;
  };
  const [a, b] = [await connect('caller'), await connect('callee')];
  a.offer(t.user('callee'), { sdp: t.secret('sdp') });
  assert.equal((await b.next('call:offer')).payload.fromUserId, t.user('caller'));
  b.answer({ sdp: t.secret('sdp') });
  await a.next('call:answer');
  return { a, b };
}

export async function hangUp({ a, b }) {
  a.hangup();
  await b.next('call:hangup');
  await Promise.all([a.close(1000), b.close(1000)]);
}

async function reaches(from, to) {
  from.ice('still here');
  assert.equal((await to.next('call:ice')).payload.candidate, 'still here');
}

function get(proxy, path) {
  const { request } = proxy.url.startsWith('https') ? https : http;
  return new Promise((done, fail) => {
    const asked = request(proxy.url + path, { ca: proxy.ca, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => (body += chunk));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body }));
    });
    asked.once('error', fail).end();
  });
}

async function isRefused(connecting, status, code) {
  const error = await connecting.then(
    () => assert.fail('the upgrade was not refused'),
    (refusal) => refusal,
  );
  assert.ok(error instanceof Refused, error.message);
  assert.equal(error.status, status);
  return code === undefined ? undefined : assert.equal(JSON.parse(error.body).code, code);
}

/// The two sites of deploy/nginx, each as a function that starts it in front of `t`'s server.
const kSites = {
  'zvonok.conf': async (t, change = []) =>
    startNginx(nginxSite('zvonok.conf', { upstreams: { 3001: t.server.port }, change })),
  'beside-backend.conf': async (t, change = [], backend = { port: 9 }) =>
    startNginx(nginxSite('beside-backend.conf', { upstreams: { 3002: t.server.port, 3001: backend.port }, change })),
};

const siteCases = Object.entries(kSites).flatMap(([name, start]) => [
  own(`${name}: an idle call outlives proxy_read_timeout by our pings`, async (t) => {
    await t.start({ env: { ...kBehindProxy, ZVONOK_WS_PING_S: 1 } });
    await through(start(t, [kReadTimeout]), async (proxy) => {
      const call = await callThrough(t, proxy);
      // The clock is nginx's own, so there is none to move: more than twice its timeout has to pass.
      await Promise.race([call.a.closed, call.b.closed, new Promise((done) => setTimeout(done, 7000))]);
      await reaches(call.a, call.b);
      await reaches(call.b, call.a);
      await hangUp(call);
    });
  }),
  own(`${name}: an idle call without pings is cut by proxy_read_timeout`, async (t) => {
    await t.start({ env: { ...kBehindProxy, ZVONOK_WS_PING_S: 3600, ZVONOK_WS_DEAD_S: 7200 } });
    await through(start(t, [kReadTimeout]), async (proxy) => {
      const { a, b } = await callThrough(t, proxy);
      const from = Date.now();
      const ends = await Promise.all([a.whenClosed(30_000), b.whenClosed(30_000)]);
      assert.deepEqual(ends.map(({ code }) => code), [1006, 1006]);
      assert.ok(Date.now() - from > 2000, 'it was the timeout that cut it');
    });
  }),
  own(`${name}: a token of 8 KiB passes, in the query and in a header`, async (t) => {
    await t.start({ env: kBehindProxy });
    await through(start(t), async (proxy) => {
      const bare = t.token({ userId: t.user('long'), more: '' }).length;
      const token = t.token({ userId: t.user('long'), more: 'x'.repeat(Math.floor(((8192 - bare) * 3) / 4) - 2) });
      assert.ok(token.length > 8180 && token.length <= 8192, `${token.length}`);
      const query = await Client.connect(proxy, { token }, { ca: proxy.ca });
      await query.roundTrip();
      await query.close(1000);
      const headers = { Authorization: `Bearer ${token}` };
      const header = await Client.connect(proxy, { token: null }, { ca: proxy.ca, headers });
      await header.roundTrip();
      await header.close(1000);
    });
  }),
  own(`${name}: counts refused tokens by the client's address, whatever the client forwards`, async (t) => {
    const limits = { ZVONOK_LIMITS_ADDRESS_BAD_TOKENS_PER_MIN: 5, ZVONOK_LIMITS_ADDRESS_EXEMPT: '' };
    await t.start({ env: { ...kBehindProxy, ...limits } });
    await through(start(t), async (proxy) => {
      const tries = async (localAddress, forged) => {
        const headers = { 'X-Forwarded-For': forged };
        const client = new Client(proxy, { token: 'a.bad.token' }, { ca: proxy.ca, localAddress, headers });
        const refusal = await client.opened.catch((error) => error);
        return refusal ? refusal.status : (await client.whenClosed()).code;
      };
      const seen = [];
      for (let i = 0; i < 20; i++) seen.push(await tries('127.0.0.9', `203.0.113.${i}`));
      assert.deepEqual(seen.slice(0, 5), Array(5).fill(4001));
      assert.ok(seen.slice(5).includes(429), JSON.stringify(seen));
      assert.equal(await tries('127.0.0.10', '127.0.0.9'), 4001, 'another client is not counted with the first');
    });
  }),
  own(`${name}: http leads to https`, async (t) => {
    await t.start({ env: kBehindProxy });
    await through(start(t), async (proxy) => {
      const { status, headers } = await get({ url: `http://127.0.0.1:${proxy.plainPort}` }, '/a?b=c');
      assert.equal(status, 301);
      assert.equal(headers.location, 'https://127.0.0.1/a?b=c');
    });
  }),
]);

const logCases = Object.entries(kSites).flatMap(([name, start]) => {
  /// One request of each kind that a log could keep a token of; the last finds zvonok gone.
  const everyKind = async (t, proxy) => {
    await hangUp(await callThrough(t, proxy));
    const refused = new Client(proxy, { token: t.token({ userId: t.user('old'), exp: 1 }) }, { ca: proxy.ca });
    assert.equal((await refused.whenClosed()).code, 4001);
    const protocols = ['zvonok.v2', `zvonok.jwt.${t.token(t.user('v2'))}`, 'chat'];
    await (await Client.connect(proxy, { token: t.token(t.user('v2')) }, { ca: proxy.ca, protocols })).close(1000);
    t.leave();
    await t.guarded.stop();
    await isRefused(Client.connect(proxy, { token: t.token(t.user('late')) }, { ca: proxy.ca }), 502);
  };
  return [
    own(`${name}: no token is in nginx's logs, although zvonok goes down`, async (t) => {
      await t.start({ env: kBehindProxy });
      await through(start(t), async (proxy) => {
        await everyKind(t, proxy);
        await proxy.stop();
        for (const status of [101, 502]) assert.match(proxy.logs(), new RegExp(`"GET /ws HTTP/1.1" ${status} `));
      });
    }),
    own(`${name}: the same without its error_log does write tokens`, async (t) => {
      await t.start({ env: kBehindProxy });
      const leaky = start(t, [['zvonok.error.log emerg;', 'zvonok.error.log error;']]);
      await through(leaky, (proxy) => everyKind(t, proxy), { leaks: true });
    }),
  ];
});

const backendCases = [
  own('beside-backend.conf: everything but /ws is answered by the backend', async (t) => {
    await t.start({ env: kBehindProxy });
    const backend = await startBackend();
    await through(kSites['beside-backend.conf'](t, [], backend), async (proxy) => {
      assert.equal((await get(proxy, '/api/hello')).body, 'hello from the backend');
      assert.equal((await get(proxy, '/healthz')).status, 404, 'which has no /healthz');
      assert.equal((await get(proxy, '/ws')).status, 426, 'this is ours');
      await hangUp(await callThrough(t, proxy));
    });
    backend.stop();
  }),
  own('the six lines of docs/deploy.md: calls pass beside a backend', async (t) => {
    await t.start();
    const backend = await startBackend();
    const lines = replace(documented('Beside an existing backend'), [['127.0.0.1:3002', `127.0.0.1:${t.server.port}`]]);
    assert.equal(lines.trim().split('\n').length, 6);
    const others = `location / { proxy_pass http://127.0.0.1:${backend.port}; }`;
    await through(startNginx(plainSite(lines + others), { scheme: 'http' }), async (proxy) => {
      assert.equal((await get(proxy, '/api/hello')).body, 'hello from the backend');
      await hangUp(await callThrough(t, proxy));
    });
    backend.stop();
  }),
];

const originalCases = [
  own("the original deployment's snippet: calls pass", async (t) => {
    await t.start();
    const site = plainSite(kSnippet(t.server.port, 'proxy_http_version 1.1;'));
    // Its access log is nginx's default one, query included: that is why deploy/ has another.
    const starting = startNginx(site, { scheme: 'http' });
    await through(starting, async (proxy) => hangUp(await callThrough(t, proxy)), { leaks: true });
  }),
  // RFC 6455 section 4.1 asks for HTTP/1.1, and without that line nginx speaks 1.0 to us.
  own("the original deployment's snippet without proxy_http_version 1.1: refused", async (t) => {
    await t.start();
    const token = t.token(t.user('a'));
    await through(
      startNginx(plainSite(kSnippet(t.server.port)), { scheme: 'http' }),
      (proxy) => isRefused(Client.connect(proxy, { token }), 426, 'upgrade_required'),
      { leaks: true },
    );
  }),
];

function prefixSite(t, target) {
  const upstream = `http://127.0.0.1:${t.server.port}${target}`;
  return plainSite(`access_log off;\n${replace(documented('Under a path'), [['http://127.0.0.1:3001/', upstream]])}`);
}

const prefixCases = [
  own('P08: the path prefix of docs/deploy.md: page and calls work below it', async (t) => {
    await t.start({ env: { ZVONOK_WEB_DEMO: 'true' } });
    await through(startNginx(prefixSite(t, '/'), { scheme: 'http' }), async (proxy) => {
      const page = await get(proxy, '/calls/');
      assert.equal(page.status, 200);
      const files = [...page.body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file]) => file);
      assert.ok(files.length >= 3, 'the page names its files');
      for (const file of files) {
        const { pathname } = new URL(file, `${proxy.url}/calls/`);
        assert.equal((await get(proxy, pathname)).status, 200, pathname);
      }
      assert.equal((await get(proxy, '/calls')).headers.location, `${proxy.url}/calls/`);
      await hangUp(await callThrough(t, proxy, { path: '/calls/ws' }));
    });
  }),
  ...[
    ['without a slash', ''],
    ['with two slashes', '//'],
  ].map(([name, target]) =>
    own(`P08: a path prefix whose proxy_pass ends ${name}: 404 and the sentence`, async (t) => {
      await t.start();
      const token = t.token(t.user('a'));
      await through(startNginx(prefixSite(t, target), { scheme: 'http' }), (proxy) =>
        isRefused(Client.connect(proxy, { token }, { path: '/calls/ws' }), 404, 'wrong_websocket_path'),
      );
    }),
  ),
];

export const nginxCases = [...siteCases, ...logCases, ...backendCases, ...originalCases, ...prefixCases];
