// The server as an operator sees it: start, settings, stop.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Refused } from '../lib/client.js';
import { freePort } from '../lib/server.js';
import { keyPair, mint, publicJwk, TEST_SECRET } from '../lib/tokens.js';
import { assertCallWorks, subject } from './harness.js';

const test = subject('server');
const UNAUTHORIZED = { code: 4001, reason: 'Unauthorized' };

async function assertToken(scene, accepted, token, what) {
  const client = await scene.connect({ token });
  if (accepted) await client.roundTrip();
  else assert.deepEqual(await client.whenClosed(), UNAUTHORIZED, what);
}

test('says that it runs, in the words of the original', 'O-1.12', async (t) => {
  const server = await t.start();
  const line = `Backend running on port ${server.port} (HTTP + WebSocket /ws)`;
  assert.ok(server.log().split('\n').some((text) => text.endsWith(line)), server.log());
});

test('starts with PORT and JWT_SECRET alone', 'O-1.12', async (t) => {
  const port = await freePort();
  const bare = { PORT: port, ZVONOK_DATA_DIR: null, ZVONOK_ADMIN_LISTEN: null };
  const server = await t.start({ env: { ...bare } });
  assert.equal(server.port, port);
  const scene = t.at(server);
  await assertCallWorks(scene, ...(await scene.people('a', 'b')));
});

test('refuses to start without a secret, and says so', 'O-1.12', async (t) => {
  await assert.rejects(t.start({ env: { JWT_SECRET: null } }), (error) => {
    assert.notEqual(error.exit?.code, 0);
    assert.match(error.message, /secret/i);
    return true;
  });
});

test('refuses to start with an empty secret', 'O-1.12', async (t) => {
  await assert.rejects(t.start({ env: { JWT_SECRET: '' } }), (error) => error.exit.code !== 0);
});

test('D12 refuses to start on a taken port, and names it', 'O-1.12', async (t) => {
  const first = await t.start();
  await assert.rejects(t.start({ env: { PORT: first.port } }), (error) => {
    assert.notEqual(error.exit.code, 0);
    assert.ok(error.message.includes(String(first.port)), error.message);
    return true;
  });
  const scene = t.at(first);
  await assertCallWorks(scene, ...(await scene.people('a', 'b')));
});

test('D06 on SIGTERM tells the calls, closes 1012 and exits 0', 'O-4.10', async (t) => {
  const server = await t.start();
  const [a, b, idle] = await t.at(server).people('a', 'b', 'idle');
  await t.call(a, b);
  const exit = server.stop('SIGTERM');
  for (const client of [a, b]) await client.next('call:hangup');
  for (const client of [a, b, idle]) assert.equal((await client.whenClosed()).code, 1012);
  assert.deepEqual(await exit, { code: 0, signal: null });
});

test('remembers nothing of calls after a restart', 'O-4.10', async (t) => {
  const server = await t.start();
  const [a, b] = await t.at(server).people('a', 'b');
  await t.call(a, b);
  await server.stop('SIGKILL');
  const scene = t.at(await t.start());
  await assertCallWorks(scene, ...(await scene.people('a', 'b')));
});

// --- settings of tokens
test.ours('ZVONOK_JWT_SECRET wins over JWT_SECRET', 'O-4.09', async (t) => {
  const scene = t.at(await t.start({ env: { JWT_SECRET: 'x'.repeat(32), ZVONOK_JWT_SECRET: TEST_SECRET } }));
  await assertToken(scene, true, mint({ userId: 'a' }));
  await assertToken(scene, false, mint({ userId: 'a' }, { key: 'x'.repeat(32) }));
});

for (const [what, text] of [['LF', `${TEST_SECRET}\n`], ['CR LF', `${TEST_SECRET}\r\n`], ['nothing', TEST_SECRET]]) {
  test.ours(`D04 reads a secret from a file that ends in ${what}`, 'O-4.09', async (t) => {
    const outer = await t.start();
    const file = join(outer.folder, 'secret');
    writeFileSync(file, text);
    const scene = t.at(await t.start({ env: { JWT_SECRET: null, JWT_SECRET_FILE: file } }));
    await assertToken(scene, true, mint({ userId: 'a' }));
  });
}

for (const [what, text] of [['only LF', '\n'], ['nothing', '']]) {
  test.ours(`D04 refuses to start when the secret's file holds ${what}, and names the file`, 'O-4.09', async (t) => {
    const file = join((await t.start()).folder, 'secret-of-nothing');
    writeFileSync(file, text);
    await assert.rejects(t.start({ env: { JWT_SECRET: null, JWT_SECRET_FILE: file } }), (error) => {
      assert.notEqual(error.exit.code, 0);
      assert.match(error.message, /secret-of-nothing/);
      return true;
    });
  });
}

for (const value of ['31', '-1', '5s']) {
  test.ours(`A07 refuses to start with a leeway of ${value}`, 'O-4.09', async (t) => {
    await assert.rejects(t.start({ env: { ZVONOK_JWT_LEEWAY_S: value } }), (error) => {
      assert.notEqual(error.exit.code, 0);
      assert.match(error.message, /leeway/i);
      return true;
    });
  });
}

for (const value of ['70000', '0x0bb9', '3001.0', 'port', '0']) {
  test.ours(`D10 refuses to start with PORT=${value}`, 'O-1.12', async (t) => {
    await assert.rejects(t.start({ env: { PORT: value } }), (error) => {
      assert.notEqual(error.exit.code, 0);
      assert.ok(/port/i.test(error.log) && error.log.includes(value), error.message);
      return true;
    });
  });
}

test.ours('D10 reads a settings file with CR LF and a byte order mark', 'O-1.12', async (t) => {
  const outer = await t.start();
  const file = join(outer.folder, 'zvonok.toml');
  writeFileSync(file, `\ufeffjwt_secret = "${'f'.repeat(40)}"\r\n\r\n[ws]\r\nping_s = 5\r\n`);
  const scene = t.at(await t.start({ env: { JWT_SECRET: null }, args: ['--config', file] }));
  await assertToken(scene, true, mint({ userId: 'a' }, { key: 'f'.repeat(40) }));
});

test.ours('accepts the previous secret beside the present one', 'O-4.09', async (t) => {
  const previous = 'p'.repeat(40);
  const scene = t.at(await t.start({ env: { ZVONOK_JWT_SECRET_PREVIOUS: previous } }));
  await assertToken(scene, true, mint({ userId: 'a' }));
  await assertToken(scene, true, mint({ userId: 'a' }, { key: previous }));
  await assertToken(scene, false, mint({ userId: 'a' }, { key: 'q'.repeat(40) }));
});

test.ours('accepts only the algorithms of jwt_algs', 'O-4.09', async (t) => {
  const scene = t.at(await t.start({ env: { ZVONOK_JWT_ALGS: 'HS256' } }));
  await assertToken(scene, true, mint({ userId: 'a' }));
  for (const alg of ['HS384', 'HS512']) await assertToken(scene, false, mint({ userId: 'a' }, { alg }), alg);
});

test.ours('A08 with aud configured, wants it as a string or in a list', 'O-4.09', async (t) => {
  const scene = t.at(await t.start({ env: { ZVONOK_JWT_AUD: 'calls' } }));
  for (const aud of ['calls', ['calls'], ['x', 'calls']]) await assertToken(scene, true, mint({ userId: 'a', aud }));
  for (const aud of [[], 'x', ['CALLS'], 5, null, { calls: 1 }, undefined, 'calls ']) {
    await assertToken(scene, false, mint({ userId: 'a', aud }), JSON.stringify(aud));
  }
});

test.ours('A08 with iss configured, wants exactly it', 'O-4.09', async (t) => {
  const scene = t.at(await t.start({ env: { ZVONOK_JWT_ISS: 'https://id.example/' } }));
  await assertToken(scene, true, mint({ userId: 'a', iss: 'https://id.example/' }));
  for (const iss of ['https://id.example', ['https://id.example/'], undefined]) {
    await assertToken(scene, false, mint({ userId: 'a', iss }), JSON.stringify(iss));
  }
});

// --- keys from a JWKS file
async function withKeys(t, keys) {
  const outer = await t.start();
  const file = join(outer.folder, 'jwks.json');
  writeFileSync(file, JSON.stringify({ keys }));
  return t.at(await t.start({ env: { ZVONOK_JWKS_FILE: file, ZVONOK_JWT_ALGS: 'HS256,RS256,PS256,ES256' } }));
}

test.ours('A03 finds good keys among those that do not fit', 'O-4.09', async (t) => {
  const [enc, shared1, shared2, good] = ['RS256', 'RS256', 'RS256', 'RS256'].map((alg) => keyPair(alg));
  const scene = await withKeys(t, [
    null,
    { kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'okp' },
    publicJwk(enc, { use: 'enc', kid: 'enc' }),
    { kty: 'EC', crv: 'secp256k1', x: 'AAAA', y: 'AAAA', kid: 'k1curve' },
    publicJwk(shared1, { kid: 'shared', alg: 'RS256' }),
    publicJwk(shared2, { kid: 'shared', alg: 'PS256' }),
    publicJwk(good, { kid: 'k1' }),
  ]);
  const token = (alg, key, kid) => mint({ userId: 'a' }, { alg, key: key.privateKey, header: { kid } });
  await assertToken(scene, true, token('RS256', good, 'k1'));
  await assertToken(scene, true, token('PS256', shared2, 'shared'));
  await assertToken(scene, false, token('RS256', enc, 'enc'), 'a key for encryption');
  await assertToken(scene, false, token('RS256', good, undefined), 'no kid, several keys');
  for (const kid of ['../../etc/passwd', 'k'.repeat(3000), 5]) await assertToken(scene, false, token('RS256', good, kid), String(kid));
});

test.ours('A03 takes a token without kid when exactly one key fits', 'O-4.09', async (t) => {
  const key = keyPair('ES256');
  const scene = await withKeys(t, [publicJwk(key)]);
  await assertToken(scene, true, mint({ userId: 'a' }, { alg: 'ES256', key: key.privateKey }));
});

test.ours('never takes a public key as an HMAC secret', 'O-4.09', async (t) => {
  const key = keyPair('RS256');
  const scene = await withKeys(t, [publicJwk(key, { kid: 'k' })]);
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
  await assertToken(scene, false, mint({ userId: 'a' }, { key: pem, header: { kid: 'k' } }));
  await assertToken(scene, false, mint({ userId: 'a' }, { key: JSON.stringify(publicJwk(key)), header: { kid: 'k' } }));
});

// --- origins
test.ours('P05 with a list of origins, refuses others with 403 before the upgrade', 'O-4.08', async (t) => {
  const env = { ZVONOK_ORIGINS: 'https://app.example,capacitor://localhost,null' };
  const scene = t.at(await t.start({ env }));
  for (const origin of ['https://app.example', 'HTTPS://APP.EXAMPLE', 'https://app.example:443', 'capacitor://localhost', 'null', undefined]) {
    await (await scene.connect('a', { origin })).roundTrip();
  }
  for (const origin of ['https://app.example.evil.example', 'https://app.example@evil.example', 'file://', 'http://app.example']) {
    await assert.rejects(scene.connect('a', { origin }), (error) => error instanceof Refused && error.status === 403, origin);
  }
});

// --- behind a proxy
test.ours('P01 counts refused tokens by the forwarded address, whatever its port', 'O-4.09', async (t) => {
  const env = { ZVONOK_TRUSTED_PROXIES: '127.0.0.1', ZVONOK_LIMITS_ADDRESS_BAD_TOKENS_PER_MIN: 20 };
  const scene = t.at(await t.start({ env }));
  const from = (address) => ({ headers: { 'X-Forwarded-For': address } });
  for (const address of [(port) => `203.0.113.7:${port}`, (port) => `[2001:db8::7]:${port}`]) {
    let refused;
    for (let port = 1001; port < 1041 && !refused; ++port) {
      refused = await scene.connect({ token: 'bad' }, from(address(port))).then(() => undefined, (error) => error);
    }
    assert.equal(refused?.status, 429);
    await (await scene.connect('a', from(address(2000)))).roundTrip();
  }
  assert.deepEqual(await (await scene.connect({ token: 'bad' }, from('203.0.113.8'))).whenClosed(), UNAUTHORIZED);
});
