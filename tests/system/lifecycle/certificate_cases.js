// TLS from files, and how they are replaced under a running server (row D07 of the list of known troubles): only a pair
// that belongs together is taken, and whatever else lies there, the old pair goes on serving, new handshakes find it,
// and calls over WSS notice nothing. How the server withstands broken handshakes is in the hostile suite.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

import { requestHead } from '../../lib/http_head.js';
import { encrypted, keepKnocking, makeExpiredPair, makePair, servedPrint } from './certificate.js';
import { reaches } from './harness.js';
import { reloads, startWithMetrics } from './metrics_cases.js';
import { refused, taken } from './reload_cases.js';
import { asNobody } from './secret_file_cases.js';

const withTls = ({ cert, key }, env = {}) => ({ env: { ZVONOK_TLS_CERT: cert, ZVONOK_TLS_KEY: key, ...env } });

/// A TLS server with a call over WSS, whose clients check the certificate, and somebody who knocks all the time.
async function busyServer(t, { pair = makePair(t), others = [], env, ...options } = {}) {
  const server = await startWithMetrics(t, { ...withTls(pair, env), ...options });
  const [a, b] = await t.call(server, ['a', 'b'], { ca: pair.certText });
  const knocking = keepKnocking(server, [pair.print, ...others.map(({ print }) => print)]);
  return {
    server,
    pair,
    async isUnhurt() {
      await reaches(a, b);
      await reaches(b, a);
      assert.ok((await knocking.stop()) > 0);
    },
  };
}

/// Changes after which the old pair goes on serving, and the line of log names `culprit`, 'cert' or 'key'.
const kept = (name, culprit, change, { needs, target, env } = {}) => ({
  name: `at SIGHUP ${name} is not taken, the old pair goes on serving (D07)`,
  needs,
  async run(t) {
    const other = makePair(t);
    const { server, pair, isUnhurt } = await busyServer(t, { others: [other], target, env: env?.(t) });
    change(pair, other, t);
    await refused(t, server, pair[culprit]);
    assert.equal(await servedPrint(server), pair.print);
    assert.deepEqual(await reloads(server), [0, 1]);
    await isUnhurt();
    // What was only half done can be finished.
    for (const what of ['cert', 'key']) {
      rmSync(pair[what], { force: true });
      writeFileSync(pair[what], other[`${what}Text`]);
    }
    await taken(t, server);
    assert.equal(await servedPrint(server), other.print);
  },
});

const reload = [
  {
    name: 'at SIGHUP a new pair is taken (D07 a)',
    async run(t) {
      const other = makePair(t);
      const { server, pair, isUnhurt } = await busyServer(t, { others: [other] });
      assert.equal(await servedPrint(server), pair.print);
      writeFileSync(pair.cert, other.certText);
      writeFileSync(pair.key, other.keyText);
      await taken(t, server);
      assert.equal(await servedPrint(server), other.print);
      assert.deepEqual(await reloads(server), [1, 0]);
      await isUnhurt();
    },
  },
  kept('a new certificate with the old key (b)', 'key', (pair, other) => writeFileSync(pair.cert, other.certText)),
  kept('a new key with the old certificate (b)', 'key', (pair, other) => writeFileSync(pair.key, other.keyText)),
  kept('a certificate that ends in the middle (c)', 'cert', (pair) =>
    writeFileSync(pair.cert, pair.certText.slice(0, 300)),
  ),
  kept('a key that ends in the middle (c)', 'key', (pair) => writeFileSync(pair.key, pair.keyText.slice(0, 100))),
  kept('an empty certificate (c)', 'cert', (pair) => writeFileSync(pair.cert, '')),
  kept(
    'a key that this user may not read any more (d)',
    'key',
    (pair, other) => {
      writeFileSync(pair.cert, other.certText);
      writeFileSync(pair.key, other.keyText);
      chownSync(pair.key, 0, 0);
      chmodSync(pair.key, 0);
    },
    // It runs elsewhere than in the folder of startServer, which belongs to root.
    {
      needs: ['root'],
      target: ['env', '--chdir=/', ...asNobody],
      env: (t) => ({ ZVONOK_DATA_DIR: t.nobodysFolder() }),
    },
  ),
  kept('a dangling symbolic link as the certificate (e)', 'cert', (pair) => {
    rmSync(pair.cert);
    symlinkSync('/nowhere/fullchain.pem', pair.cert);
  }),
  kept('a dangling symbolic link as the key (e)', 'key', (pair) => {
    rmSync(pair.key);
    symlinkSync('/nowhere/privkey.pem', pair.key);
  }),
  kept('a key with a pass phrase (g)', 'key', (pair) => writeFileSync(pair.key, encrypted(pair.key))),
  kept('a certificate that was removed (i)', 'cert', (pair) => rmSync(pair.cert)),
  kept('a key that has become a FIFO', 'key', (pair) => {
    rmSync(pair.key);
    execFileSync('mkfifo', [pair.key]);
  }),
  kept('a certificate that has become a FIFO', 'cert', (pair) => {
    rmSync(pair.cert);
    execFileSync('mkfifo', [pair.cert]);
  }),
  {
    name: 'at SIGHUP an expired pair is taken with a warning (D07 f)',
    async run(t) {
      const expired = makeExpiredPair(t);
      const { server, pair, isUnhurt } = await busyServer(t, { others: [expired] });
      writeFileSync(pair.cert, expired.certText);
      writeFileSync(pair.key, expired.keyText);
      await taken(t, server);
      await t.logged(server, 'warn .*expired.*cert\\.pem');
      assert.equal(await servedPrint(server), expired.print);
      await isUnhurt();
    },
  },
  {
    name: 'forty SIGHUPs while two hundred handshakes run cost none of them (D07 h)',
    async run(t) {
      const other = makePair(t);
      const { server, pair, isUnhurt } = await busyServer(t, { others: [other] });
      const handshakes = Array.from({ length: 8 }, async () => {
        for (let i = 0; i < 25; i++) assert.ok([pair.print, other.print].includes(await servedPrint(server)));
      });
      for (let i = 0; i < 20; i++) {
        const { certText, keyText } = i % 2 === 0 ? other : pair;
        writeFileSync(pair.cert, certText);
        process.kill(server.pid, 'SIGHUP'); // Now and then it finds the new certificate and the old key.
        writeFileSync(pair.key, keyText);
        process.kill(server.pid, 'SIGHUP');
        await servedPrint(server);
      }
      await Promise.all(handshakes);
      await taken(t, server);
      assert.equal(await servedPrint(server), pair.print);
      await isUnhurt();
    },
  },
  {
    name: 'rm and mv between two SIGHUPs end with the new pair (D07 i)',
    async run(t) {
      const other = makePair(t);
      const { server, pair, isUnhurt } = await busyServer(t, { others: [other] });
      rmSync(pair.cert);
      rmSync(pair.key);
      await refused(t, server, pair.cert);
      renameSync(other.cert, pair.cert);
      renameSync(other.key, pair.key);
      await taken(t, server);
      assert.equal(await servedPrint(server), other.print);
      await isUnhurt();
    },
  },
  {
    name: 'a broken secret file does not keep a new certificate from being taken (D07)',
    async run(t) {
      const other = makePair(t);
      const secret = t.file('secret', 'conformance-secret-0123456789-abcdefghij-ABCDEFG');
      const pair = makePair(t);
      const options = withTls(pair, { JWT_SECRET: null, JWT_SECRET_FILE: secret });
      const { server, isUnhurt } = await busyServer(t, { pair, others: [other], ...options });
      writeFileSync(secret, '');
      writeFileSync(pair.cert, other.certText);
      writeFileSync(pair.key, other.keyText);
      await refused(t, server, secret);
      assert.equal(await servedPrint(server), other.print);
      await isUnhurt();
    },
  },
];

const start = [
  ...[
    [
      'a certificate and a key that do not belong together',
      (pair, other) => ({ cert: pair.cert, key: other.key }),
      'key',
    ],
    ['a certificate that is not there', (pair) => ({ cert: '/nowhere/cert.pem', key: pair.key }), 'cert'],
    ['a key that is no PEM', (pair, other, t) => ({ cert: pair.cert, key: t.file('key.pem', 'no PEM') }), 'key'],
    [
      'a key with a pass phrase',
      (pair, other, t) => ({ cert: pair.cert, key: t.file('key.pem', encrypted(pair.key)) }),
      'key',
    ],
  ].map(([name, choose, culprit]) => ({
    name: `${name} is a start-up error that names the file, and nothing is asked (D07)`,
    async run(t) {
      const files = choose(makePair(t), makePair(t), t);
      const env = { PORT: '1', JWT_SECRET: 'x'.repeat(32), ...withTls(files).env };
      const ended = await t.refuses([], { env }, new RegExp(`tls\\.${culprit} ${files[culprit]}`));
      assert.doesNotMatch(ended.text, /pass phrase:/);
    },
  })),
  {
    name: 'an expired pair starts with a warning (D07)',
    async run(t) {
      const pair = makeExpiredPair(t);
      const server = await t.start(withTls(pair));
      await t.logged(server, 'warn .*expired');
      assert.equal(await servedPrint(server), pair.print);
    },
  },
];

const wire = [
  ...['TLSv1.2', 'TLSv1.3'].map((version) => ({
    name: `a call runs over WSS of ${version} between clients that check the certificate`,
    async run(t) {
      const pair = makePair(t);
      const server = await t.start(withTls(pair));
      const options = { ca: pair.certText, minVersion: version, maxVersion: version };
      const [a, b] = await t.call(server, ['a', 'b'], options);
      await reaches(a, b);
      assert.equal(a.ws._socket.getProtocol(), version);
      a.hangup();
      await b.next('call:hangup');
    },
  })),
  {
    name: 'over TLS the page may be asked for as before',
    async run(t) {
      const raw = await t.raw(await t.start(withTls(makePair(t), { ZVONOK_WEB_DEMO: 'true' })), { tls: { ALPNProtocols: ['h2', 'http/1.1'] } });
      assert.equal(raw.alpn, 'http/1.1');
      await raw.write(requestHead({ target: '/' }));
      assert.match((await raw.readResponse()).get('content-type'), /html/);
    },
  },
  {
    name: 'a client that speaks only HTTP/2 is told so in the handshake',
    async run(t) {
      const server = await t.start(withTls(makePair(t)));
      const knock = servedPrint(server, { ALPNProtocols: ['h2'] });
      await assert.rejects(knock, ({ code }) => code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
    },
  },
  {
    name: 'plain HTTP on the TLS port is ended, and others are served',
    async run(t) {
      const server = await t.start(withTls(makePair(t)));
      const raw = await t.raw(server);
      await raw.write(requestHead({ target: '/healthz' }));
      await raw.readEnd();
      assert.doesNotMatch(raw.bytes.toString('latin1'), /^HTTP/);
      await servedPrint(server);
    },
  },
  {
    name: 'a client that is silent in the handshake is cut off at limits.request_head_s, and not before',
    async run(t) {
      const server = await t.start(withTls(makePair(t), { ZVONOK_LIMITS_REQUEST_HEAD_S: 2 }));
      const begun = Date.now();
      const raws = await Promise.all([t.raw(server), t.raw(server)]);
      await raws[1].write(Buffer.from('1603010200010001fc0303', 'hex'));
      await Promise.all(raws.map((raw) => raw.readEnd()));
      const took = Date.now() - begun;
      assert.ok(took > 1500 && took < 9000, `${took} ms`);
    },
  },
];

export const certificateCases = [...start, ...wire, ...reload];
