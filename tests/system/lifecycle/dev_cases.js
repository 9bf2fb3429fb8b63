// `--dev` and `--dev --lan`: anybody logs in with a name, so everything here is about who may. By default only who sits
// at this machine, asking this machine by its own name; with --lan also who shows the key, over TLS, to one of its
// addresses.
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { requestHead } from '../../lib/http_head.js';
import { TEST_SECRET, mint, nowSeconds } from '../../lib/tokens.js';
import { binary, verdict } from './harness.js';

const kPath = '/api/dev/login';
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

const kDev = { args: ['--dev'], env: { JWT_SECRET: null, ZVONOK_HOST: null } };
const devServer = (t, env = {}) => t.start({ ...kDev, env: { ...kDev.env, ...env } });

/// One login over plain HTTP, whose every header is the case's.
async function login(t, server, { headers = {}, body = '{"name":"alice"}', method = 'POST', ...options } = {}) {
  const raw = await t.raw(server, options);
  const own = { Host: `localhost:${server.port}`, 'Content-Type': 'application/json', Connection: 'close' };
  const head = requestHead({
    method,
    target: kPath,
    headers: { ...own, 'Content-Length': Buffer.byteLength(body), ...headers },
  });
  await raw.write(head + body);
  const response = await raw.readResponse();
  raw.destroy();
  return response;
}

const neverCors = (response) =>
  assert.ok(!response.headers.some(([name]) => /^access-control/i.test(name)), JSON.stringify(response.headers));

/// `headers` may depend on the port, which only the running server knows.
const rule = (status, name, headers) => ({
  name: `the dev login answers ${status} to a request with ${name}`,
  async run(t) {
    // The lists of other pages have no say here.
    const server = await devServer(t, {
      ZVONOK_CORS_ORIGINS: 'http://evil.example',
      ZVONOK_ORIGINS: 'http://evil.example',
    });
    const response = await login(t, server, { headers: headers(server.port) });
    assert.equal(response.status, status, response.body);
    neverCors(response);
    assert.equal(response.body.includes('token'), status === 200, response.body);
  },
});

const rules = [
  rule(200, 'Host localhost', (port) => ({ Host: `localhost:${port}` })),
  rule(200, 'Host LOCALHOST', (port) => ({ Host: `LOCALHOST:${port}` })),
  rule(200, 'Host 127.0.0.1', (port) => ({ Host: `127.0.0.1:${port}` })),
  rule(200, 'Host [::1]', (port) => ({ Host: `[::1]:${port}` })),
  rule(200, 'Host localhost without a port', () => ({ Host: 'localhost' })),
  rule(200, 'an Origin that equals Host', (port) => ({ Origin: `http://localhost:${port}` })),
  rule(403, 'an Origin of another port', (port) => ({ Origin: `http://localhost:${port + 1}` })),
  rule(403, 'an Origin of another scheme', (port) => ({ Origin: `https://localhost:${port}` })),
  rule(403, 'an Origin of another name of this machine', (port) => ({ Origin: `http://127.0.0.1:${port}` })),
  rule(403, 'an Origin of somewhere else', () => ({ Origin: 'http://evil.example' })),
  rule(403, 'Origin null', () => ({ Origin: 'null' })),
  rule(403, 'an empty Origin', () => ({ Origin: '' })),
  rule(403, 'a Host that was rebound to this machine', (port) => ({
    Host: `evil.example:${port}`,
    Origin: `http://evil.example:${port}`,
  })),
  ...[
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhostx',
    '127.0.0.2',
    '10.0.0.1',
    '[::2]',
    '0.0.0.0',
    '2130706433',
    'localhost.',
  ].map((host) => rule(403, `Host ${host}`, (port) => ({ Host: `${host}:${port}` }))),
  ...[
    ['Forwarded', 'for=1.2.3.4'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-Host', 'localhost'],
    ['X-Forwarded-Proto', 'http'],
    ['x-forwarded-anything', ''],
    ['Via', '1.1 proxy'],
  ].map(([header, value]) => rule(403, `${header}, which a proxy adds`, () => ({ [header]: value }))),
  rule(403, 'a key, which is of no use here, from somewhere else', () => ({ Host: 'evil.example', 'X-Key': 'x' })),
];

const logins = [
  {
    name: 'a token of the dev login connects as the name that was given',
    async run(t) {
      const server = await devServer(t);
      for (const name of ['alice', 'Ёж №1', 'x'.repeat(512)]) {
        const { status, body } = await login(t, server, { body: JSON.stringify({ name }) });
        assert.equal(status, 200, body);
        const { token } = JSON.parse(body);
        assert.equal(claimsOf(token).userId, name);
        assert.ok(claimsOf(token).exp > nowSeconds() + 3600, 'nobody is logged out while he tries things');
        assert.equal(await verdict(server, token), 'connected');
      }
    },
  },
  ...[
    ['nothing', ''],
    ['no JSON', 'name=alice'],
    ['a list', '["alice"]'],
    ['no name', '{}'],
    ['a number for a name', '{"name":5}'],
    ['an empty name', '{"name":""}'],
    ['a name that is too long', JSON.stringify({ name: 'x'.repeat(513) })],
    ['a name with a NUL', '{"name":"a\\u0000b"}'],
    ['10,000 brackets', '['.repeat(10_000)],
  ].map(([name, body]) => ({
    name: `the dev login answers a body of ${name} with a 400 that is JSON`,
    async run(t) {
      const response = await login(t, await devServer(t), { body });
      assert.equal(response.status, 400, response.body);
      assert.ok(JSON.parse(response.body).code, response.body);
    },
  })),
  {
    name: 'the dev login takes POST alone, and no preflight opens it to other pages',
    async run(t) {
      const server = await devServer(t, { ZVONOK_CORS_ORIGINS: 'http://evil.example' });
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const response = await login(t, server, { method });
        assert.equal(response.status, 405, method);
        neverCors(response);
      }
      const preflight = await login(t, server, {
        method: 'OPTIONS',
        body: '',
        headers: { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' },
      });
      neverCors(preflight);
    },
  },
  {
    name: 'without --dev there is no dev login, and nothing tells that there could be one',
    async run(t) {
      const server = await t.start();
      for (const method of ['POST', 'GET', 'OPTIONS'])
        assert.equal((await login(t, server, { method })).status, 404, method);
    },
  },
  {
    name: 'the page of --dev is told by the server that it may ask for a name',
    async run(t) {
      const [dev, plain] = [await devServer(t), await t.start()];
      const answered = async (server) => (await fetch(`${server.url}${kPath}`, { method: 'OPTIONS' })).status;
      assert.deepEqual([await answered(dev), await answered(plain)], [204, 404]);
    },
  },
];

const secrets = [
  {
    name: 'the secret of --dev is kept, for this user alone, so that a restart logs nobody out',
    async run(t) {
      const folder = join(t.folder(), 'new', 'data');
      const server = await devServer(t, { ZVONOK_DATA_DIR: folder });
      const { token } = JSON.parse((await login(t, server)).body);
      const file = join(folder, 'dev-secret');
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const secret = readFileSync(file, 'utf8').trim();
      assert.ok(secret.length >= 32);
      const log = await t.wholeLog(server);
      assert.ok(!log.includes(secret) && !/warn/.test(log), log);
      const again = await devServer(t, { ZVONOK_DATA_DIR: folder });
      assert.equal(readFileSync(file, 'utf8').trim(), secret);
      assert.equal(await verdict(again, token), 'connected');
    },
  },
  {
    name: 'zvonok token --dev signs with the secret of --dev',
    async run(t) {
      const folder = t.folder();
      const server = await devServer(t, { ZVONOK_DATA_DIR: folder });
      const { out } = await t.ends(['token', '--user', 'bob', '--dev', '--data_dir', folder]);
      assert.equal(await verdict(server, out.trim()), 'connected');
    },
  },
  {
    name: 'a JWT_SECRET that is given is the secret of --dev, and none is made',
    async run(t) {
      const folder = t.folder();
      const server = await devServer(t, { JWT_SECRET: TEST_SECRET, ZVONOK_DATA_DIR: folder });
      assert.equal(await verdict(server, mint({ userId: 'a' })), 'connected');
      assert.equal(await verdict(server, JSON.parse((await login(t, server)).body).token), 'connected');
      assert.equal(existsSync(join(folder, 'dev-secret')), false);
    },
  },
  {
    name: 'the secret of --dev survives SIGHUP',
    async run(t) {
      const server = await devServer(t);
      const { token } = JSON.parse((await login(t, server)).body);
      process.kill(server.pid, 'SIGHUP');
      await t.logged(server, 're-read');
      assert.equal(await verdict(server, token), 'connected');
      assert.equal(await verdict(server, JSON.parse((await login(t, server)).body).token), 'connected');
    },
  },
  ...[
    ['an empty dev-secret', '', /empty/],
    ['a dev-secret with a byte order mark', '\ufeffsecret', /BOM/],
  ].map(([name, content, says]) => ({
    name: `${name} is an error that names the file`,
    async run(t) {
      const folder = t.file('dev-secret', content).replace(/\/[^/]*$/, '');
      await t.refuses(['--dev'], { env: { PORT: '1', ZVONOK_DATA_DIR: folder } }, [/dev-secret/, says]);
    },
  })),
  {
    name: 'a data_dir that cannot be made is an error of --dev that names it',
    async run(t) {
      const folder = join(t.file('file', ''), 'data');
      await t.refuses(['--dev'], { env: { PORT: '1', ZVONOK_DATA_DIR: folder } }, new RegExp(`data_dir ${folder}`));
    },
  },
];

const refusals = [
  ['tls.cert', 'ZVONOK_TLS_CERT', '/cert.pem'],
  ['tls.key', 'ZVONOK_TLS_KEY', '/key.pem'],
  ['trusted_proxies', 'ZVONOK_TRUSTED_PROXIES', '10.0.0.0/8'],
  ['public_url', 'ZVONOK_PUBLIC_URL', 'https://calls.example.com'],
].flatMap(([setting, variable, value]) =>
  [['--dev'], ['--dev', '--lan']].map((args) => ({
    name: `${args.join(' ')} refuses ${setting} and says why`,
    run: (t) =>
      t.refuses(args, { env: { PORT: '1', [variable]: value } }, [
        new RegExp(setting.replace('.', '\\.')),
        /--dev lets anybody/,
      ]),
  })),
);

// --- in a network with another address, which is on lo, so that no device is needed ------------------------------

const kOther = '10.9.8.7';
const kOther6 = 'fd09::7';
const kSetup = `ip addr add ${kOther}/24 dev lo; ip addr add ${kOther6}/64 dev lo nodad`;
const kPort = 3001;

async function inNetwork(t, args, env = {}) {
  const network = await t.network(kSetup);
  const full = { ...kDev.env, PORT: kPort, ...env };
  const server = await t.start({ args, env: full, target: network.inside(binary) });
  return { network, server };
}

/// A login as network_agent.js takes it.
const asked = (origin, { key, name = 'alice', headers = {} } = {}) => ({
  url: `${origin}${kPath}`,
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify({ name, ...(key === undefined ? {} : { key }) }),
});

const reach = [
  {
    name: '--dev listens on 127.0.0.1 and ::1 and nowhere else',
    needs: ['network'],
    async run(t) {
      const { network } = await inNetwork(t, ['--dev']);
      const hosts = ['127.0.0.1', '[::1]', kOther, `[${kOther6}]`, '127.0.0.2'];
      const results = await network.ask(...hosts.map((host) => asked(`http://${host}:${kPort}`)));
      assert.deepEqual(
        results.map(({ status, error }) => status ?? error),
        [200, 200, 'ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED'],
      );
    },
  },
  {
    name: '--dev with a host listens there, and the login is still for this machine asked by its name',
    needs: ['network'],
    async run(t) {
      const { network } = await inNetwork(t, ['--dev'], { ZVONOK_HOST: '0.0.0.0' });
      const results = await network.ask(
        asked(`http://127.0.0.1:${kPort}`),
        asked(`http://${kOther}:${kPort}`),
        asked(`http://${kOther}:${kPort}`, { headers: { Host: `localhost:${kPort}` } }),
        asked(`http://127.0.0.1:${kPort}`, { headers: { Host: `${kOther}:${kPort}` } }),
        { url: `http://${kOther}:${kPort}/healthz` },
      );
      assert.deepEqual(
        results.map(({ status }) => status),
        [200, 403, 403, 403, 200],
      );
    },
  },
];

const kLink = /https:\/\/(\S+?):3001\/#key=(\S+)/g;
const kQuietZone = / {4,}/;

async function lanServer(t, env) {
  const { network, server } = await inNetwork(t, ['--dev', '--lan'], env);
  const log = await t.logged(server, kQrCode.source);
  const links = [...log.matchAll(kLink)];
  return { network, server, links, key: links[0]?.[2], log };
}
/// Light on dark terminals would not be read, so it sets both colours.
const kQrCode = /(\u001b\[30;47m.*\n){15,}/;

const lan = [
  {
    name: '--lan prints a link with a key of 128 bits for each address, and the first as a QR code',
    needs: ['network'],
    async run(t) {
      const { links, key, log } = await lanServer(t);
      assert.deepEqual(
        links.map(([, host]) => host),
        [kOther, `[${kOther6}]`],
      );
      assert.ok(links.every(([, , other]) => other === key));
      assert.ok(Buffer.from(key, 'base64url').length >= 16, key);
      assert.match(log, kQuietZone);
    },
  },
  {
    name: '--lan logs in who comes over TLS to one of its addresses with the key, and nobody else',
    needs: ['network'],
    async run(t) {
      const { network, key } = await lanServer(t);
      const secure = `https://${kOther}:${kPort}`;
      const local = `https://127.0.0.1:${kPort}`;
      const wrong = key.startsWith('A') ? `B${key.slice(1)}` : `A${key.slice(1)}`;
      const table = [
        [200, asked(secure, { key })],
        [200, asked(`https://[${kOther6}]:${kPort}`, { key })],
        [200, asked(secure, { key, headers: { Origin: secure } })],
        [200, asked(local)],
        [200, asked(local, { headers: { Host: `localhost:${kPort}` } })],
        [403, asked(secure)],
        [403, asked(secure, { key: '' })],
        [403, asked(secure, { key: wrong })],
        [403, asked(secure, { key: key.slice(0, -1) })],
        [403, asked(secure, { key: `${key}x` })],
        [403, asked(secure, { key, headers: { Host: `evil.example:${kPort}` } })],
        [403, asked(secure, { key, headers: { Host: `10.9.8.8:${kPort}` } })],
        [
          403,
          asked(secure, { key, headers: { Host: `evil.example:${kPort}`, Origin: `https://evil.example:${kPort}` } }),
        ],
        [403, asked(secure, { headers: { Host: `localhost:${kPort}` } })],
        [403, asked(secure, { key, headers: { Origin: `http://${kOther}:${kPort}` } })],
        [403, asked(secure, { key, headers: { Origin: 'https://evil.example' } })],
        [403, asked(secure, { key, headers: { 'X-Forwarded-For': '127.0.0.1' } })],
        [403, asked(secure, { key, headers: { Via: '1.1 proxy' } })],
        [403, asked(local, { headers: { Host: `${kOther}:${kPort}` } })],
      ];
      const results = await network.ask(...table.map(([, request]) => request));
      for (const [i, [status, request]] of table.entries())
        assert.equal(results[i].status, status, JSON.stringify(request).replaceAll(key, 'KEY'));
      const { token } = JSON.parse(results[0].body);
      const [client] = await network.ask({ connect: `wss://${kOther}:${kPort}/ws?token=${token}` });
      assert.equal(client.verdict, 'connected');
    },
  },
  {
    name: '--lan serves its page to others over TLS and answers no plain HTTP',
    needs: ['network'],
    async run(t) {
      const { network } = await lanServer(t);
      const [secure, plain] = await network.ask(
        { url: `https://${kOther}:${kPort}/` },
        { url: `http://${kOther}:${kPort}/` },
      );
      assert.equal(secure.status, 200);
      assert.equal(plain.status, undefined);
    },
  },
  {
    name: "--lan has a new key at each start and keeps its certificate, whose key is this user's alone",
    needs: ['network'],
    async run(t) {
      const folder = t.folder();
      const one = await lanServer(t, { ZVONOK_DATA_DIR: folder });
      const certificate = readFileSync(join(folder, 'lan-cert.pem'), 'utf8');
      assert.equal(statSync(join(folder, 'lan-key.pem')).mode & 0o777, 0o600);
      const log = await t.wholeLog(one.server);
      const two = await lanServer(t, { ZVONOK_DATA_DIR: folder });
      assert.notEqual(two.key, one.key);
      assert.equal(readFileSync(join(folder, 'lan-cert.pem'), 'utf8'), certificate);
      const [old] = await two.network.ask(asked(`https://${kOther}:${kPort}`, { key: one.key }));
      assert.equal(old.status, 403);
      assert.doesNotMatch(log, /PRIVATE/);
    },
  },
  {
    name: '--lan makes a new certificate when the machine has a new address',
    needs: ['network'],
    async run(t) {
      const folder = t.folder();
      await (await inNetworkOf(t, 'ip addr add 10.1.1.1/24 dev lo', folder)).stop();
      const before = readFileSync(join(folder, 'lan-cert.pem'), 'utf8');
      await inNetworkOf(t, 'ip addr add 10.1.1.2/24 dev lo', folder);
      assert.notEqual(readFileSync(join(folder, 'lan-cert.pem'), 'utf8'), before);
    },
  },
  {
    name: '--lan on a machine without another address says so and serves',
    needs: ['network'],
    async run(t) {
      const network = await t.network();
      const env = { ...kDev.env, PORT: kPort };
      const server = await t.start({ args: ['--dev', '--lan'], env, target: network.inside(binary) });
      await t.logged(server, 'no address');
      const [response] = await network.ask(asked(`https://127.0.0.1:${kPort}`));
      assert.equal(response.status, 200);
    },
  },
  {
    name: '--lan goes on with the same certificate after SIGHUP',
    needs: ['network'],
    async run(t) {
      const { network, server, key } = await lanServer(t);
      process.kill(server.pid, 'SIGHUP');
      await t.logged(server, 're-read');
      const [response] = await network.ask(asked(`https://${kOther}:${kPort}`, { key }));
      assert.equal(response.status, 200);
    },
  },
];

async function inNetworkOf(t, setup, folder) {
  const network = await t.network(setup);
  const env = { ...kDev.env, PORT: kPort, ZVONOK_DATA_DIR: folder };
  return t.start({ args: ['--dev', '--lan'], env, target: network.inside(binary) });
}

export const devCases = [...rules, ...logins, ...secrets, ...refusals, ...reach, ...lan];
