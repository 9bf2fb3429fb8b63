// The commands beside `serve`: tokens for people who try things, and a look at the settings before they are used.
import { strict as assert } from 'node:assert';

import { TEST_SECRET, nowSeconds } from '../../lib/tokens.js';
import { verdict } from './harness.js';

const kSecret = { JWT_SECRET: TEST_SECRET };
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

/// A command that does what it is asked; `out` is all that it prints to standard output.
async function prints(t, args, options) {
  const ended = await t.ends(args, options);
  assert.deepEqual([ended.code, ended.signal, ended.err], [0, null, ''], ended.text);
  return ended.out;
}

const help = [
  ...[['--help'], ['-h'], ['token', '--help'], ['check-config', '--help']].map((args) => ({
    name: `zvonok ${args.join(' ')} explains every command and setting on one page`,
    async run(t) {
      const text = await prints(t, args);
      for (const word of [
        'serve',
        'token --user',
        'check-config',
        '--dev',
        '--config',
        '--port',
        '--jwt_secret_file',
        '--tls.cert',
      ])
        assert.ok(text.includes(word), `there is no ${word} in: ${text}`);
      for (const line of text.split('\n')) assert.ok(line.length <= 120, line);
    },
  })),
  {
    name: 'zvonok --version prints name and version, and needs no settings',
    async run(t) {
      assert.match(await prints(t, ['--version'], { env: { PORT: 'nonsense' } }), /^zvonok \d+\.\d+\.\d+\S*\n$/);
    },
  },
  ...[
    [['srve'], [/"srve"/, /serve, token, check-config/]],
    [['--ttl', '1h'], [/--ttl/]],
    [['--lan'], [/--dev/]],
    [['--port'], [/--port needs a value/]],
    [['--port', '1', '--port', '2'], [/--port is given twice/]],
  ].map(([args, says]) => ({
    name: `zvonok ${args.join(' ')} is an error that says what is wrong`,
    run: (t) => t.refuses(args, { env: kSecret }, says),
  })),
];

const tokens = [
  {
    name: 'a token of zvonok token connects to the server with the same settings',
    async run(t) {
      const config = t.file('zvonok.toml', `jwt_secret = "${TEST_SECRET}x"\njwt_iss = "here"\njwt_aud = ["calls"]\n`);
      const token = (await prints(t, ['token', '--user', 'alice', '--config', config])).trim();
      const server = await t.start({ env: { JWT_SECRET: null }, args: ['--config', config] });
      assert.equal(await verdict(server, token), 'connected');
      assert.equal(claimsOf(token).userId, 'alice');
    },
  },
  {
    name: 'a token of zvonok token can be called by its user id',
    async run(t) {
      const server = await t.start();
      const token = (await prints(t, ['token', '--user', 'Ёж №1'], { env: kSecret })).trim();
      const callee = await t.client(server, { token });
      const caller = await t.client(server, 'caller');
      caller.offer('Ёж №1');
      await callee.next('call:offer');
    },
  },
  ...[
    [[], 3600],
    [['--ttl', '90s'], 90],
    [['--ttl', '15m'], 900],
    [['--ttl', '1h'], 3600],
    [['--ttl=30d'], 30 * 86_400],
  ].map(([args, seconds]) => ({
    name: `zvonok token ${args.join(' ')} lasts ${seconds} s`,
    async run(t) {
      const before = nowSeconds();
      const out = await prints(t, ['token', '--user=alice', ...args], { env: kSecret });
      assert.match(out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/, 'the token alone, on one line');
      const { exp } = claimsOf(out);
      assert.ok(exp >= before + seconds && exp <= nowSeconds() + seconds + 1, `exp is ${exp - before} s ahead`);
    },
  })),
  ...['0s', '-1h', '1', 'h', '1w', '1.5h', '1h ', '', '11y', '99999999999999999999s', '4000d'].map((ttl) => ({
    name: `a ttl of ${JSON.stringify(ttl)} is an error that shows the right forms`,
    run: (t) => t.refuses(['token', '--user', 'a', `--ttl=${ttl}`], { env: kSecret }, [/--ttl/, /15m/]),
  })),
  ...[
    ['without --user', ['token'], /--user/],
    ['with an empty user', ['token', '--user='], /--user/],
    ['with a user of 513 bytes', ['token', '--user', 'x'.repeat(513)], /512/],
    ['with two users', ['token', '--user', 'a', '--user', 'b'], /twice/],
  ].map(([name, args, says]) => ({
    name: `zvonok token ${name} is an error`,
    async run(t) {
      assert.equal((await t.refuses(args, { env: kSecret }, says)).out, '');
    },
  })),
  {
    name: 'zvonok token without a secret is an error that says so',
    run: (t) => t.refuses(['token', '--user', 'a'], {}, [/no secret/, /JWT_SECRET/]),
  },
  {
    name: 'zvonok token does not show the secret it cannot use',
    async run(t) {
      const ended = await t.refuses(['token', '--user', 'a', '--port', 'x'], { env: kSecret }, /port/);
      assert.ok(!ended.text.includes(TEST_SECRET));
    },
  },
];

const checks = [
  {
    name: 'check-config says that good settings are fine, and of which file',
    async run(t) {
      const config = t.file('zvonok.toml', `jwt_secret = "${TEST_SECRET}"\n`);
      assert.match(await prints(t, ['check-config', '--config', config]), /fine.*zvonok\.toml/);
      assert.match(await prints(t, ['check-config'], { env: kSecret }), /fine/);
    },
  },
  {
    name: 'check-config shows the warnings of a start',
    async run(t) {
      const out = await prints(t, ['check-config'], { env: { JWT_SECRET: 'short', ZVONOK_PROT: '1' } });
      assert.match(out, /warning: .*5 bytes/);
      assert.match(out, /warning: .*ZVONOK_PORT/);
    },
  },
  ...[
    ['no key', [], {}, [/JWT_SECRET/]],
    ['every wrong value', ['--port', '0'], { ...kSecret, ZVONOK_WS_PING_S: 'x' }, [/"0"/, /"x"/]],
    ['half of TLS', [], { ...kSecret, ZVONOK_TLS_KEY: '/key' }, [/tls\.cert/]],
    ['a certificate that is not there', [], { ...kSecret, ZVONOK_TLS_CERT: '/nowhere.pem', ZVONOK_TLS_KEY: '/nowhere.key' }, [/tls\.cert \/nowhere\.pem does not exist/]],
    ['a JWKS that is not there', [], { ZVONOK_JWKS_FILE: '/nowhere.json', ZVONOK_JWT_ALGS: 'RS256' }, [/jwks\.file \/nowhere\.json does not exist/]],
    ['an unknown key', ['--config', 'KEY'], kSecret, [/nearest/]],
  ].map(([name, args, env, says]) => ({
    name: `check-config exits with an error for ${name}`,
    async run(t) {
      const unknown = t.file('zvonok.toml', 'prot = 1');
      const ended = await t.refuses(['check-config', ...args.map((arg) => arg.replace('KEY', unknown))], { env }, says);
      assert.doesNotMatch(ended.text, /fine/);
    },
  })),
  {
    name: 'check-config opens no port',
    async run(t) {
      const server = await t.start();
      await prints(t, ['check-config'], { env: { ...kSecret, PORT: String(server.port), ZVONOK_HOST: '127.0.0.1' } });
    },
  },
  {
    name: 'the sample of check-config is a file that check-config and the server take',
    async run(t) {
      const sample = await prints(t, ['check-config', '--sample']);
      const config = t.file('zvonok.toml', sample);
      assert.match(await prints(t, ['check-config', '--config', config], { env: kSecret }), /fine/);
      const server = await t.start({ args: ['--config', config] });
      assert.doesNotMatch(await t.wholeLog(server), /warn/);
    },
  },
  {
    name: 'the sample with every comment mark taken from its settings is still a file that is understood',
    async run(t) {
      const sample = await prints(t, ['check-config', '--sample']);
      const settings = sample.replaceAll(/^#(?=[a-z_.]+ = )/gm, '');
      assert.ok((settings.match(/^[a-z_.]+ = /gm) ?? []).length > 50, 'the sample has all settings');
      const config = t.file('zvonok.toml', settings.replaceAll(/^jwt_secret.*$/gm, '').replaceAll(/^\S+ = ""$/gm, ''));
      assert.match(await prints(t, ['check-config', '--config', config], { env: kSecret }), /fine/);
    },
  },
];

export const commandCases = [...help, ...tokens, ...checks];
