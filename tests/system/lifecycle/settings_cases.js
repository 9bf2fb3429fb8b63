// How settings reach the server, seen from outside: the two that the original backend reads, the order of the sources,
// and what it says of those that it does not know or cannot take (rows D10 and A07 of the list of known troubles).
import { strict as assert } from 'node:assert';

import { freePort } from '../../lib/server.js';
import { TEST_SECRET, mint, nowSeconds } from '../../lib/tokens.js';
import { binary, verdict } from './harness.js';

const kSecret = { JWT_SECRET: TEST_SECRET };
/// What startServer would set: a case about settings sets its own.
const kBare = { JWT_SECRET: null, ZVONOK_HOST: null, ZVONOK_DATA_DIR: null, ZVONOK_ADMIN_LISTEN: null, PORT: null };

const isHealthy = async (server) => assert.equal((await fetch(`${server.url}/healthz`)).status, 200);

const start = [
  {
    name: 'PORT and JWT_SECRET are enough',
    needs: ['network'],
    async run(t) {
      const network = await t.network();
      const server = await t.start({ env: { ...kBare, ...kSecret, PORT: 3456 }, target: network.inside(binary) });
      const [v4, v6, metrics, client] = await network.ask(
        { url: 'http://127.0.0.1:3456/healthz' },
        { url: 'http://[::1]:3456/healthz' },
        { url: 'http://127.0.0.1:9464/metrics' },
        { connect: `ws://127.0.0.1:3456/ws?token=${mint({ userId: 'a' })}` },
      );
      assert.deepEqual([v4.status, v6.status, metrics.status, client.verdict], [200, 200, 200, 'connected']);
      assert.doesNotMatch(await t.wholeLog(server), /warn|error/);
    },
  },
  {
    name: 'the port is 3001 unless something names another, and an empty PORT names none (D10)',
    needs: ['network'],
    async run(t) {
      for (const env of [{}, { PORT: '' }, { ZVONOK_PORT: '' }]) {
        const network = await t.network();
        const server = await t.start({ env: { ...kBare, ...kSecret, ...env }, target: network.inside(binary) });
        assert.equal(server.port, 3001, JSON.stringify(env));
      }
    },
  },
  {
    name: 'standard output holds the line that the original prints, and nothing else',
    async run(t) {
      const server = await t.start({ target: ['sh', '-c', 'exec "$@" 2>/dev/null', 'sh', ...binary] });
      assert.equal(await t.wholeLog(server), `Backend running on port ${server.port} (HTTP + WebSocket /ws)\n`);
    },
  },
  {
    name: 'serve is what it does without a command',
    run: (t) => t.start({ args: ['serve', '--log.level', 'debug'] }),
  },
  {
    name: 'the line that says it listens is true when it comes',
    async run(t) {
      for (let i = 0; i < 5; i++) await isHealthy(await t.start());
    },
  },
  ...[
    ['neither a secret nor a JWKS', {}],
    ['an empty secret', { JWT_SECRET: '' }],
    ['an empty ZVONOK_JWT_SECRET beside a JWT_SECRET', { JWT_SECRET: TEST_SECRET, ZVONOK_JWT_SECRET: '' }],
  ].map(([name, env]) => ({
    name: `it refuses to start with ${name} and says how to make one`,
    run: (t) => t.refuses([], { env: { PORT: '1', ...env } }, [/JWT_SECRET/, /openssl rand/]),
  })),
  {
    name: 'a secret under 32 bytes draws a warning that names the risk, and works',
    async run(t) {
      const server = await t.start({ env: { JWT_SECRET: 'short' } });
      await t.logged(server, 'warn .*only 5 bytes.*guessed');
      assert.equal(await verdict(server, mint({ userId: 'a' }, { key: 'short' })), 'connected');
    },
  },
  {
    name: 'a secret of 32 bytes draws no warning',
    async run(t) {
      const server = await t.start({ env: { JWT_SECRET: 'x'.repeat(32) } });
      assert.doesNotMatch(await t.wholeLog(server), /warn/);
    },
  },
  {
    name: 'variables of somebody else have no effect',
    async run(t) {
      const names = ['HOST', 'LOG_LEVEL', 'DATA_DIR', 'TLS_CERT', 'TLS_KEY', 'JWT_ALGS', 'CORS_ORIGINS', 'CONFIG'];
      const server = await t.start({ env: Object.fromEntries(names.map((name) => [name, 'nonsense'])) });
      assert.doesNotMatch(await t.wholeLog(server), /warn|error|nonsense/);
    },
  },
];

const unknown = [
  ...[
    ['at the top', 'prot = 3001', /"prot" is no setting.*nearest.*\bport\b/],
    ['in a table', '[log]\nlevle = "debug"', /"log.levle" is no setting.*nearest.*log\.level/],
    ['in a table that does not exist', '[limit]\nmessage_bytes = 2048', /limit.*nearest.*limits\.message_bytes/],
  ].map(([name, toml, says]) => ({
    name: `an unknown key ${name} of the file is an error that names the nearest`,
    run: (t) => t.refuses(['--config', t.file('zvonok.toml', toml)], { env: kSecret }, says),
  })),
  ...[
    ['--prot', '1', /"--prot" is not known.*--port/],
    ['--log.levle', 'debug', /"--log\.levle" is not known.*--log\.level/],
    ['--limits.message_byte', '2048', /--limits\.message_bytes/],
  ].map(([flag, value, says]) => ({
    name: `an unknown flag ${flag} is an error that names the nearest`,
    run: (t) => t.refuses([flag, value], { env: kSecret }, says),
  })),
  {
    name: 'an unknown ZVONOK_ variable is a warning that names the nearest',
    async run(t) {
      const server = await t.start({ env: { ZVONOK_PROT: '1', ZVONOK_LOG_LEVLE: 'debug' } });
      await t.logged(server, 'warn .*ZVONOK_PROT .*ZVONOK_PORT');
      await t.logged(server, 'warn .*ZVONOK_LOG_LEVLE .*ZVONOK_LOG_LEVEL');
    },
  },
  {
    name: 'a settings file that is named and not there is an error that names it',
    run: (t) => t.refuses(['--config', '/nowhere/z.toml'], { env: kSecret }, [/\/nowhere\/z\.toml/, /does not exist/]),
  },
];

/// Which of the ports, each given at one level, is taken.
const order = [
  {
    name: 'a flag wins over the environment, that over the file, that over the default',
    async run(t) {
      const [flag, ours, bare, file] = await Promise.all(Array.from({ length: 4 }, () => freePort()));
      const levels = [
        { expected: file, args: [], env: {} },
        { expected: bare, args: [], env: { PORT: bare } },
        { expected: ours, args: [], env: { PORT: bare, ZVONOK_PORT: ours } },
        { expected: flag, args: ['--port', String(flag)], env: { PORT: bare, ZVONOK_PORT: ours } },
      ];
      for (const { expected, args, env } of levels) {
        const config = t.file('zvonok.toml', `port = ${file}`);
        const server = await t.start({ args: ['--config', config, ...args], env: { PORT: null, ...env } });
        assert.equal(server.port, expected);
        await isHealthy(server);
      }
    },
  },
  {
    name: 'the secret of the highest level alone opens the door',
    async run(t) {
      const secrets = ['flag', 'ours', 'bare', 'file'].map(
        (level) => `${level}-secret-0123456789-0123456789-0123456789`,
      );
      const [flag, ours, bare, file] = secrets;
      const config = t.file('zvonok.toml', `jwt_secret = "${file}"`);
      const inFile = t.file('secret', `${ours}\n`);
      const levels = [
        { expected: file, args: [], env: { JWT_SECRET: null } },
        { expected: bare, args: [], env: { JWT_SECRET: bare } },
        { expected: ours, args: [], env: { JWT_SECRET: bare, ZVONOK_JWT_SECRET: ours } },
        { expected: ours, args: [], env: { JWT_SECRET: bare, ZVONOK_JWT_SECRET_FILE: inFile } },
        { expected: flag, args: ['--jwt_secret', flag], env: { JWT_SECRET: bare, ZVONOK_JWT_SECRET: ours } },
      ];
      for (const { expected, args, env } of levels) {
        const server = await t.start({ args: ['--config', config, ...args], env });
        for (const key of secrets)
          assert.equal(await verdict(server, mint({ userId: 'a' }, { key })), key === expected ? 'connected' : 4001);
      }
    },
  },
  {
    name: 'zvonok.toml in the working folder is read unless another file is named',
    async run(t) {
      const folder = t.file('zvonok.toml', 'jwt_iss = "here"').replace(/\/[^/]*$/, '');
      const target = ['env', `--chdir=${folder}`, ...binary];
      const here = await t.start({ target });
      const named = await t.start({ target, args: ['--config', t.file('other.toml', 'jwt_iss = "there"')] });
      for (const [server, iss] of [
        [here, 'here'],
        [named, 'there'],
      ]) {
        assert.equal(await verdict(server, mint({ userId: 'a', iss })), 'connected');
        assert.equal(await verdict(server, mint({ userId: 'a' })), 4001);
      }
    },
  },
];

/// PORT as people write it by mistake: each is refused and shown so that the mistake can be seen.
const oddPorts = [
  ['3001\r', /"3001\\r"/],
  ['3001\n', /"3001\\n"/],
  [' 3001', /" 3001"/],
  ['3001.0', /"3001\.0"/],
  ['+3001', /"\+3001"/],
  ['0x0bb9', /"0x0bb9"/],
  ['0', /"0"/],
  ['70000', /"70000"/],
  ['-1', /"-1"/],
  ['3001/tcp', /"3001\/tcp"/],
  ['99999999999999999999', /"99999999999999999999"/],
].map(([value, says]) => ({
  name: `PORT=${JSON.stringify(value)} is refused and shown as it is (D10)`,
  run: (t) =>
    t.refuses([], { env: { ...kSecret, PORT: value } }, [/port must be a whole number/, says, /variable PORT/]),
}));

const odd = [
  ...oddPorts,
  ...[
    ['ZVONOK_HOST', '0.0.0.0\r', [/host/, /0\.0\.0\.0\\r/]],
    ['ZVONOK_HOST', 'example.org', [/host must be an IP address/, /example\.org/]],
    ['ZVONOK_HOST', '127.0.0.1:3001', [/host/, /127\.0\.0\.1:3001/]],
    ['ZVONOK_LOG_LEVEL', 'loud', [/log\.level/, /debug or info or warn or error/]],
    ['ZVONOK_LOG_ADDRESSES', 'yes', [/log\.addresses/, /true or false/]],
    ['ZVONOK_JWT_LEEWAY_S', '31', [/jwt_leeway_s/, /0 to 30/]],
    ['ZVONOK_JWT_LEEWAY_S', '-1', [/jwt_leeway_s/, /0 to 30/]],
    ['ZVONOK_JWT_LEEWAY_S', '5s', [/jwt_leeway_s/, /"5s"/]],
    ['ZVONOK_JWT_ALGS', 'none', [/jwt_algs/, /"none"/]],
    ['ZVONOK_JWT_ALGS', 'RS256', [/RS256/, /jwks\.file/]],
    ['ZVONOK_TRUSTED_PROXIES', '10.0.0.0/99', [/trusted_proxies/, /10\.0\.0\.0\/99/]],
    ['ZVONOK_ADMIN_LISTEN', '9464', [/admin_listen/, /"9464"/]],
    ['ZVONOK_ADMIN_LISTEN', '127.0.0.1:0', [/admin_listen/, /127\.0\.0\.1:0/]],
    ['ZVONOK_WS_DEAD_S', '20', [/ws\.dead_s/, /ws\.ping_s/]],
    ['ZVONOK_TLS_CERT', '/somewhere', [/tls\.key/, /both/]],
  ].map(([name, value, says]) => ({
    name: `${name}=${JSON.stringify(value)} is an error that names the setting (D10, A07)`,
    run: (t) => t.refuses([], { env: { ...kSecret, PORT: '1', [name]: value } }, says),
  })),
  {
    name: 'all that is wrong is said at once',
    run: (t) => t.refuses(['--log.level', 'x'], { env: { PORT: 'y', ZVONOK_WS_PING_S: 'z' } }, [/"x"/, /"y"/, /"z"/]),
  },
  ...[
    ['a CR', 'secret-0123456789-0123456789-0123456789\r', 'line end'],
    ['a LF', 'secret-0123456789-0123456789-0123456789\n', 'line end'],
    ['quotes', '"secret-0123456789-0123456789-0123456789"', 'quotes'],
  ].map(([name, secret, says]) => ({
    name: `a secret in the environment with ${name} draws a warning that says so (D10, D04)`,
    async run(t) {
      const server = await t.start({ env: { JWT_SECRET: secret } });
      assert.equal(await verdict(server, mint({ userId: 'a' }, { key: secret })), 'connected', 'it is used as it is');
      const log = await t.wholeLog(server);
      assert.match(log, new RegExp(`warn jwt_secret .*${says}.*environment variable JWT_SECRET`));
      assert.ok(!log.includes('0123456789'), 'the secret is not shown');
    },
  })),
  {
    name: 'a file with CR LF and a byte order mark is read as usual (D10)',
    async run(t) {
      const lines = [
        '\ufeff# from Windows',
        `jwt_secret = "${TEST_SECRET}"`,
        'jwt_iss = "here"',
        '[log]',
        'level = "debug"',
      ];
      const text = `${lines.join('\r\n')}\r\n`;
      const server = await t.start({ env: { JWT_SECRET: null }, args: ['--config', t.file('z.toml', text)] });
      assert.equal(await verdict(server, mint({ userId: 'a', iss: 'here' })), 'connected');
    },
  },
  ...[
    ['a key that is there twice', 'port = 3001\nport = 3002\n', /\bline 2\b|:2\b/],
    ['a NUL', 'port = 3001\0\n', /\bline 1\b|:1\b/],
    ['half a line', 'port =', /\bline 1\b|:1\b/],
    ['a number in quotes', 'port = "3001"', /without quotes/],
    ['a port out of range', 'port = 70000', /1 to 65535/],
  ].map(([name, text, says]) => ({
    name: `a file with ${name} is an error that says where (D10)`,
    run: (t) => t.refuses(['--config', t.file('z.toml', text)], { env: kSecret }, [/z\.toml/, says]),
  })),
];

/// A07: a clock that is a little behind, by setting and without.
const leeway = [
  {
    name: 'without leeway a token that is not yet valid is refused, and the log says by how much; iat never is (A07)',
    async run(t) {
      const server = await t.start();
      assert.equal(await verdict(server, mint({ userId: 'a', iat: nowSeconds() + 1000 })), 'connected');
      assert.equal(await verdict(server, mint({ userId: 'a', nbf: nowSeconds() + 100 })), 4001);
      await t.logged(server, 'not_yet_valid.*not yet valid by \\d+ s, see jwt.leeway');
    },
  },
  {
    name: 'a token that is valid from now on is never refused, and one from the next second a moment later (A07)',
    async run(t) {
      const server = await t.start();
      for (let i = 0; i < 30; i++) {
        const now = Date.now() / 1000;
        assert.equal(await verdict(server, mint({ userId: 'a', nbf: now, iat: now })), 'connected');
      }
      const early = mint({ userId: 'a', nbf: nowSeconds() + 2 });
      const deadline = Date.now() + 20_000;
      while ((await verdict(server, early)) === 4001) assert.ok(Date.now() < deadline, 'it is refused for good');
    },
  },
  {
    name: 'leeway widens both ends (A07)',
    async run(t) {
      const server = await t.start({ env: { ZVONOK_JWT_LEEWAY_S: 30 } });
      const now = nowSeconds();
      for (const claims of [{ nbf: now + 15 }, { exp: now - 15 }])
        assert.equal(await verdict(server, mint({ userId: 'a', ...claims })), 'connected', JSON.stringify(claims));
      for (const claims of [{ nbf: now + 100 }, { exp: now - 100 }])
        assert.equal(await verdict(server, mint({ userId: 'a', ...claims })), 4001, JSON.stringify(claims));
    },
  },
];

/// A08: each shape of `aud` and `iss`, at a server that asks for them and at one that does not.
const audiences = [
  ['connected', { aud: 'calls' }],
  ['connected', { aud: ['calls'] }],
  ['connected', { aud: ['x', 'calls'] }],
  [4001, { aud: [] }],
  [4001, { aud: 'x' }],
  [4001, { aud: ['CALLS'] }],
  [4001, { aud: 'calls ' }],
  [4001, { aud: 5 }],
  [4001, { aud: null }],
  [4001, { aud: { calls: 1 } }],
  [4001, {}],
];
const issuers = [
  ['connected', { iss: 'https://id.example/' }],
  [4001, { iss: 'https://id.example' }],
  [4001, { iss: ['https://id.example/'] }],
  [4001, {}],
];
const shapes = [
  ['aud', { ZVONOK_JWT_AUD: 'calls' }, audiences, /audience.*calls/],
  ['aud as a list of two', { ZVONOK_JWT_AUD: 'other,calls' }, audiences, /audience.*calls/],
  [
    'iss',
    { ZVONOK_JWT_ISS: 'https://id.example/' },
    issuers,
    /issuer.*https:\/\/id\.example\/.*https:\/\/id\.example\b/,
  ],
].map(([name, env, table, says]) => ({
  name: `${name} is asked for exactly when it is configured, in every shape (A08)`,
  async run(t) {
    const [strict, lax] = await Promise.all([t.start({ env }), t.start()]);
    for (const [expected, claims] of table) {
      const token = mint({ userId: 'a', ...claims });
      assert.equal(await verdict(strict, token), expected, JSON.stringify(claims));
      assert.equal(await verdict(lax, token), 'connected', JSON.stringify(claims));
    }
    await t.logged(strict, says.source);
  },
}));

export const settingsCases = [...start, ...unknown, ...order, ...odd, ...leeway, ...shapes];
