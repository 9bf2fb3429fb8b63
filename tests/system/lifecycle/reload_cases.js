// SIGHUP and the keys of tokens: a new secret, or key set, is taken as a whole and without a word to those who are
// connected; one that is broken leaves the old in force and one error line that names the file.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';

import { keyPair, mint, publicJwk } from '../../lib/tokens.js';
import { makePair } from './certificate.js';
import { binary, reaches, verdict } from './harness.js';
import { reloads, startWithMetrics } from './metrics_cases.js';
import { asNobody } from './secret_file_cases.js';

const kOld = 'old-secret-0123456789-0123456789-0123456789-0123456789';
const kNew = 'new-secret-0123456789-0123456789-0123456789-0123456789';
const tokenOf = (key) => mint({ userId: 'a' }, { key });

async function reload(t, server, says) {
  const before = (server.log().match(new RegExp(says, 'g')) ?? []).length;
  process.kill(server.pid, 'SIGHUP');
  await t.logged(server, says, before + 1);
}

/// SIGHUP that is taken, or refused with exactly one line of error, which names `file`.
export const taken = (t, server) => reload(t, server, ' info secrets, keys and certificates re-read');
export async function refused(t, server, file) {
  const errors = () => server.log().match(/^.* error .*$/gm) ?? [];
  const before = errors().length;
  await reload(t, server, ' error ');
  await t.logged(server, ' error ', before + 1);
  assert.equal(errors().length, before + 1, errors().join('\n'));
  assert.ok(errors().at(-1).includes(file), errors().at(-1));
}

/// Where a secret may stand and be changed. `write(current, previous)`.
const places = [
  [
    'a secret file',
    (t) => {
      const [file, previousFile] = [
        t.file('secret', `${kOld}\n`),
        t.file('previous', 'unused-0123456789-0123456789-012345'),
      ];
      return {
        options: { env: { JWT_SECRET: null, JWT_SECRET_FILE: file, ZVONOK_JWT_SECRET_PREVIOUS_FILE: previousFile } },
        file,
        write(current, previous) {
          writeFileSync(file, `${current}\n`);
          if (previous) writeFileSync(previousFile, `${previous}\r\n`);
        },
      };
    },
  ],
  [
    'zvonok.toml',
    (t) => {
      const file = t.file('zvonok.toml', `jwt_secret = "${kOld}"\n`);
      return {
        options: { env: { JWT_SECRET: null }, args: ['--config', file] },
        file,
        write(current, previous) {
          const second = previous ? `jwt_secret_previous = "${previous}"\n` : '';
          writeFileSync(file, `jwt_secret = "${current}"\n${second}`);
        },
      };
    },
  ],
];

const rotations = places.flatMap(([place, make]) => [
  {
    name: `after SIGHUP the new secret of ${place} is accepted and the old one refused, and who is connected stays`,
    async run(t) {
      const { options, write } = make(t);
      const server = await startWithMetrics(t, options);
      const old = await t.client(server, { token: tokenOf(kOld) });
      assert.equal(await verdict(server, tokenOf(kNew)), 4001);
      write(kNew);
      await taken(t, server);
      assert.equal(await verdict(server, tokenOf(kNew)), 'connected');
      assert.equal(await verdict(server, tokenOf(kOld)), 4001);
      await old.roundTrip();
      assert.deepEqual(await reloads(server), [1, 0]);
    },
  },
  {
    name: `with the old secret as the previous one in ${place} both are accepted after SIGHUP`,
    async run(t) {
      const { options, write } = make(t);
      const server = await t.start(options);
      write(kNew, kOld);
      await taken(t, server);
      for (const key of [kNew, kOld]) assert.equal(await verdict(server, tokenOf(key)), 'connected');
    },
  },
  {
    name: `a call goes on while the secret in ${place} is changed ten times`,
    async run(t) {
      const { options, write } = make(t);
      const server = await t.start(options);
      const as = (userId) => ({ token: mint({ userId }, { key: kOld }) });
      const [a, b] = [await t.client(server, as('a')), await t.client(server, as('b'))];
      a.offer('b');
      await b.next('call:offer');
      b.answer();
      await a.next('call:answer');
      for (let i = 0; i < 10; i++) {
        write(`${i}${kNew}`);
        await taken(t, server);
        await reaches(a, b);
      }
    },
  },
]);

/// What may become of a secret's file. Each leaves the old secret in force.
const broken = [
  ['is empty', 0, (file) => writeFileSync(file, '')],
  ['is a byte order mark and a secret', 0, (file) => writeFileSync(file, `\ufeff${kNew}`)],
  ['is gone', 0, (file) => rmSync(file)],
  [
    'has become a FIFO',
    0,
    (file) => {
      rmSync(file);
      execFileSync('mkfifo', [file]);
    },
  ],
  ['is no TOML', 1, (file) => writeFileSync(file, 'jwt_secret = \n')],
  ['has an unknown key beside the secret', 1, (file) => writeFileSync(file, `jwt_secret = "${kNew}"\nprot = 1\n`)],
  ['is gone', 1, (file) => rmSync(file)],
  ['holds no secret any more', 1, (file) => writeFileSync(file, 'port = 3001\n')],
  ['holds only a previous secret', 1, (file) => writeFileSync(file, `jwt_secret_previous = "${kNew}"\n`)],
].map(([name, which, damage]) => ({
  name: `when ${places[which][0]} ${name}, SIGHUP keeps the old secret and says so in one line`,
  async run(t) {
    const { options, file } = places[which][1](t);
    const server = await startWithMetrics(t, options);
    const old = await t.client(server, { token: tokenOf(kOld) });
    damage(file);
    // A file that parses names no file; there the setting is what is wrong.
    await refused(t, server, /secret any more|only a previous/.test(name) ? 'jwt_secret' : file);
    assert.equal(await verdict(server, tokenOf(kOld)), 'connected');
    assert.equal(await verdict(server, tokenOf(kNew)), 4001);
    await old.roundTrip();
    assert.deepEqual(await reloads(server), [0, 1]);
  },
}));

const signed = (key, kid) => mint({ userId: 'a' }, { alg: 'ES256', key: key.privateKey, header: { kid } });
const keySet = (...keys) => JSON.stringify({ keys: keys.map(([key, kid]) => publicJwk(key, { kid })) });

const keySets = [
  {
    name: 'a first secret beside a key set is taken with its algorithms at SIGHUP, and one that is short is warned of',
    async run(t) {
      const key = keyPair('ES256');
      const [jwks, config] = [t.file('jwks.json', keySet([key, 'key'])), t.file('zvonok.toml', '')];
      const server = await startWithMetrics(t, { args: ['--config', config], env: { JWT_SECRET: null, ZVONOK_JWKS_FILE: jwks } });
      assert.equal(await verdict(server, tokenOf(kNew)), 4001);
      writeFileSync(config, `jwt_secret = "${kNew}"\n`);
      await taken(t, server);
      assert.equal(await verdict(server, tokenOf(kNew)), 'connected');
      assert.equal(await verdict(server, signed(key, 'key')), 'connected');
      writeFileSync(config, 'jwt_secret = "short"\n');
      await reload(t, server, ' warn jwt_secret has only 5 bytes');
    },
  },
  {
    name: 'after SIGHUP the keys of a new key set are accepted and those of the old refused',
    async run(t) {
      const [old, next] = [keyPair('ES256'), keyPair('ES256')];
      const file = t.file('jwks.json', keySet([old, 'old']));
      const server = await startWithMetrics(t, { env: { JWT_SECRET: null, ZVONOK_JWKS_FILE: file } });
      const connected = await t.client(server, { token: signed(old, 'old') });
      writeFileSync(file, keySet([old, 'old'], [next, 'next']));
      await taken(t, server);
      for (const token of [signed(old, 'old'), signed(next, 'next')])
        assert.equal(await verdict(server, token), 'connected');
      writeFileSync(file, keySet([next, 'next']));
      await taken(t, server);
      assert.equal(await verdict(server, signed(old, 'old')), 4001);
      assert.equal(await verdict(server, signed(next, 'next')), 'connected');
      await connected.roundTrip();
      assert.deepEqual(await reloads(server), [2, 0]);
    },
  },
  ...[
    ['half written', (file, text) => writeFileSync(file, text.slice(0, -10))],
    ['empty', (file) => writeFileSync(file, '')],
    ['gone', (file) => rmSync(file)],
    ['a list', (file) => writeFileSync(file, '[]')],
  ].map(([name, damage]) => ({
    name: `a key set that is ${name} at SIGHUP leaves the old one in force and one line that names the file`,
    async run(t) {
      const old = keyPair('ES256');
      const text = keySet([old, 'old']);
      const file = t.file('jwks.json', text);
      const server = await startWithMetrics(t, { env: { JWT_SECRET: null, ZVONOK_JWKS_FILE: file } });
      damage(file, text);
      await refused(t, server, file);
      assert.equal(await verdict(server, signed(old, 'old')), 'connected');
      assert.deepEqual(await reloads(server), [0, 1]);
    },
  })),
  {
    name: 'a secret file that this user may not read at SIGHUP leaves the old secret in force (D04)',
    needs: ['root'],
    async run(t) {
      const file = t.file('secret', kOld);
      // The folder in which startServer runs it belongs to root.
      const target = ['env', '--chdir=/', ...asNobody];
      const server = await t.start({ env: { JWT_SECRET: null, JWT_SECRET_FILE: file, ZVONOK_DATA_DIR: t.nobodysFolder() }, target });
      writeFileSync(file, kNew);
      chmodSync(file, 0);
      await refused(t, server, file);
      assert.equal(await verdict(server, tokenOf(kOld)), 'connected');
    },
  },
];

/// The server sees a moment later than we that the crowd has gone.
async function verdictWhenThereIsRoom(server, token, options) {
  for (const deadline = Date.now() + 20_000; ;) {
    try {
      return await verdict(server, token, options);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

const crowded = [
  {
    name: 'secrets, keys and certificates can be read again although clients have taken all descriptors they may (D03)',
    async run(t) {
      const [secret, next, pair] = [t.file('secret', kOld), keyPair('ES256'), makePair(t)];
      const jwks = t.file('jwks.json', keySet([keyPair('ES256'), 'first']));
      const server = await t.start({
        target: ['prlimit', '--nofile=400', ...binary],
        env: {
          JWT_SECRET: null,
          JWT_SECRET_FILE: secret,
          ZVONOK_JWKS_FILE: jwks,
          ZVONOK_TLS_CERT: pair.cert,
          ZVONOK_TLS_KEY: pair.key,
        },
      });
      const connected = await t.client(server, { token: tokenOf(kOld) }, { ca: pair.certText });
      // More than it may have: the last of them are ended.
      const crowd = await Promise.all(Array.from({ length: 500 }, () => t.raw(server)));
      await crowd.at(-1).readEnd();
      writeFileSync(secret, kNew);
      writeFileSync(jwks, keySet([next, 'next']));
      await taken(t, server);
      await connected.roundTrip();
      for (const raw of crowd) raw.destroy();
      for (const token of [tokenOf(kNew), signed(next, 'next')])
        assert.equal(await verdictWhenThereIsRoom(server, token, { ca: pair.certText }), 'connected');
    },
  },
];

export const reloadCases = [...rotations, ...broken, ...keySets, ...crowded];
