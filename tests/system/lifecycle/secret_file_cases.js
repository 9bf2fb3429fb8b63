// Secrets that stand in files, as editors, echo and Docker write them (row D04 of the list of known troubles), and key
// sets as identity providers publish them (A03).
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

import { keyPair, mint, publicJwk } from '../../lib/tokens.js';
import { binary, verdict } from './harness.js';

const kSecret = 's3cret-0123456789-0123456789-0123456789-0123456789';

const accepts = (name, content, key) => ({
  name: `a secret file with ${name} is taken (D04)`,
  async run(t) {
    const server = await t.start({ env: { JWT_SECRET: null, JWT_SECRET_FILE: t.file('secret', content) } });
    assert.equal(await verdict(server, mint({ userId: 'a' }, { key })), 'connected');
    assert.equal(await verdict(server, mint({ userId: 'a' }, { key: `${key}x` })), 4001);
  },
});

/// `make` gives the path of what stands in the file's place. The answer comes at once: nothing is waited for.
const refuses = (name, make, says, { needs, target } = {}) => ({
  name: `${name} as the secret file is a named error at once (D04)`,
  needs,
  async run(t) {
    const path = make(t);
    const ended = await t.refuses([], { env: { PORT: '1', JWT_SECRET_FILE: path }, target }, [/jwt_secret_file/, says]);
    assert.ok(ended.text.includes(path), ended.text);
    assert.ok(!ended.text.includes(kSecret), 'the secret is not shown');
  },
});

/// Root may read everything, so for these the server is somebody else.
export const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', ...binary];

const files = [
  accepts('a LF at its end', `${kSecret}\n`, kSecret),
  accepts('a CR LF at its end', `${kSecret}\r\n`, kSecret),
  accepts('no line end', kSecret, kSecret),
  accepts('blanks inside and at its ends, which are kept,', ` ${kSecret} and more \n`, ` ${kSecret} and more `),
  accepts('two line ends, of which one is cut,', `${kSecret}\n\n`, `${kSecret}\n`),
  accepts('two lines', `${kSecret}\n${kSecret}\n`, `${kSecret}\n${kSecret}`),
  refuses('a file with only a line end', (t) => t.file('secret', '\n'), /empty/),
  refuses('a file with only a CR LF', (t) => t.file('secret', '\r\n'), /empty/),
  refuses('an empty file', (t) => t.file('secret', ''), /empty/),
  refuses('a file that begins with a byte order mark', (t) => t.file('secret', `\ufeff${kSecret}`), /BOM/),
  refuses('a file of 70 KB', (t) => t.file('secret', 'x'.repeat(70_000)), /larger/),
  refuses('a folder', (t) => t.folder(), /folder/),
  refuses('a file that is not there', (t) => join(t.folder(), 'secret'), /does not exist/),
  refuses('an endless device', () => '/dev/zero', /not a regular file/),
  refuses(
    'a FIFO that nobody writes to',
    (t) => {
      const path = join(t.folder(), 'fifo');
      execFileSync('mkfifo', [path]);
      return path;
    },
    /FIFO/,
  ),
  refuses(
    'a file that this user may not read',
    (t) => {
      const path = t.file('secret', kSecret);
      chmodSync(path, 0);
      return path;
    },
    /may not be read/,
    { needs: ['root'], target: asNobody },
  ),
  {
    name: 'a secret and a file that holds one, at one level, are an error that names both (D04)',
    run: (t) =>
      t.refuses([], { env: { JWT_SECRET: kSecret, JWT_SECRET_FILE: t.file('secret', kSecret) } }, [
        /JWT_SECRET\b/,
        /JWT_SECRET_FILE/,
      ]),
  },
  {
    name: 'the previous secret may stand in a file as well (D04)',
    async run(t) {
      const previous = t.file('secret', `${kSecret}\r\n`);
      const server = await t.start({ env: { ZVONOK_JWT_SECRET_PREVIOUS_FILE: previous } });
      for (const key of [undefined, kSecret])
        assert.equal(await verdict(server, mint({ userId: 'a' }, { key })), 'connected');
    },
  },
];

const signed = (key, alg, header) => mint({ userId: 'a' }, { alg, key: key.privateKey, header });

/// One file with all that is odd in it, in the order of the row.
function oddKeySet() {
  const [good, shared, sharedToo, forEncryption] = Array.from({ length: 4 }, () => keyPair('RS256'));
  const keys = [
    null,
    { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'okp' },
    publicJwk(forEncryption, { use: 'enc', kid: 'enc' }),
    { kty: 'EC', crv: 'secp256k1', x: 'A'.repeat(43), y: 'A'.repeat(43), kid: 'k256' },
    publicJwk(shared, { kid: 'shared', alg: 'RS256' }),
    publicJwk(sharedToo, { kid: 'shared', alg: 'PS256' }),
    publicJwk(good, { kid: 'k1' }),
  ];
  return { text: JSON.stringify({ keys }), good, shared, sharedToo, forEncryption };
}

const keySets = [
  {
    name: 'good keys of a key set work whatever stands beside them (A03)',
    async run(t) {
      const { text, good, shared, sharedToo, forEncryption } = oddKeySet();
      const server = await t.start({ env: { ZVONOK_JWKS_FILE: t.file('jwks.json', text) } });
      const table = [
        ['connected', signed(good, 'RS256', { kid: 'k1' })],
        ['connected', signed(good, 'PS256', { kid: 'k1' })],
        ['connected', signed(shared, 'RS256', { kid: 'shared' })],
        ['connected', signed(sharedToo, 'PS256', { kid: 'shared' })],
        [4001, signed(shared, 'PS256', { kid: 'shared' })],
        [4001, signed(forEncryption, 'RS256', { kid: 'enc' })],
        [4001, signed(forEncryption, 'RS256', {})],
        [4001, signed(good, 'RS256', {})], // two keys fit RS256
        [4001, signed(good, 'RS256', { kid: '../../etc/passwd' })],
        [4001, signed(good, 'RS256', { kid: 'k'.repeat(5000) })],
        [4001, signed(good, 'RS256', { kid: 5 })],
        [4001, signed(good, 'RS256', { kid: 'k1\n' })],
        ['connected', mint({ userId: 'a' })], // the secret works beside the key set
      ];
      for (const [i, [expected, token]] of table.entries())
        assert.equal(await verdict(server, token), expected, `token ${i}`);
      const log = await t.wholeLog(server);
      const skipped = log.split('\n').filter((line) => / warn .*jwks\.file/.test(line));
      assert.equal(skipped.length, 4, log);
      for (const line of log.split('\n')) assert.ok(line.length < 1000, 'a kid of 5,000 letters is cut');
    },
  },
  {
    name: 'a token without kid is accepted where exactly one key fits, which needs no kid either (A03)',
    async run(t) {
      const only = keyPair('ES256');
      const path = t.file('jwks.json', JSON.stringify({ keys: [publicJwk(only)] }));
      const server = await t.start({ env: { JWT_SECRET: null, ZVONOK_JWKS_FILE: path } });
      assert.equal(await verdict(server, signed(only, 'ES256', {})), 'connected');
      assert.equal(await verdict(server, signed(keyPair('ES256'), 'ES256', {})), 4001);
      assert.equal(await verdict(server, mint({ userId: 'a' })), 4001);
    },
  },
  ...[
    ['is not there', (t) => join(t.folder(), 'jwks.json'), /does not exist/],
    ['is a folder', (t) => t.folder(), /folder/],
    ['is no JSON', (t) => t.file('jwks.json', 'keys:'), /jwks\.json/],
    ['is JSON without keys', (t) => t.file('jwks.json', '{"a":1}'), /jwks\.json/],
  ].map(([name, make, says]) => ({
    name: `a key set that ${name} is an error that names the file (A03)`,
    run: (t) => t.refuses([], { env: { PORT: '1', ZVONOK_JWKS_FILE: make(t) } }, [/jwks\.file/, says]),
  })),
];

export const secretFileCases = [...files, ...keySets];
