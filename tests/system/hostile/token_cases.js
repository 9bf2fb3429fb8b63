// Tokens as attackers and careless front ends send them. A refusal is always a 101 and then close 4001 `Unauthorized`
// and never says why; neither its token nor a part of it stands in the log (the suite looks after every case).
import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { upgradeHead } from '../../lib/http_head.js';
import { RawWebSocket } from '../../lib/raw_websocket.js';
import { base64url, mintRaw, nowSeconds, publicJwk, signature, TEST_SECRET } from '../../lib/tokens.js';

const kHead = '{"alg":"HS256","typ":"JWT"}';
const soon = () => nowSeconds() + 3600;
const goodClaims = (t) => JSON.stringify({ userId: t.user('a'), exp: soon() });
const good = (t) => mintRaw(kHead, goodClaims(t));

const accepted = async (session) => {
  await session.quiet();
};
const refused = async (session) => {
  assert.deepEqual(await session.expectClose(4001), { code: 4001, reason: 'Unauthorized' });
};
/// Either is fine; it must only be one of the two.
const decided = async (session) => {
  const outcome = await Promise.race([
    session.roundTrip().then(() => 'accepted'),
    session.raw.readEnd().then(() => 'ended'),
  ]).catch((error) => error.message);
  assert.match(outcome, /accepted|ended|4001/);
};

const token = (verdict, name, make, server) => ({
  name: `${verdict === accepted ? 'accepts' : verdict === refused ? 'refuses' : 'decides on'} ${name}`,
  server,
  async run(t) {
    const text = t.keepToken(make(t));
    await verdict(await t.ws({ token: encodeURIComponent(text) }));
  },
});

const userId = (verdict, text) =>
  token(
    verdict,
    `userId ${text.length > 40 ? `${text.slice(0, 20)}… of ${Buffer.byteLength(text) - 2} bytes` : text}`,
    () => mintRaw(kHead, `{"userId":${text},"exp":${soon()}}`),
  );
const utf8 = (character, bytes) => JSON.stringify(character.repeat(bytes / Buffer.byteLength(character)));

const userIds = [
  ...[
    '1',
    '-1',
    '42',
    '9007199254740991',
    '-9007199254740991',
    '"a"',
    '" "',
    '"0"',
    '"-0"',
    '"\\n"',
    '"\\u0001"',
    '"\\"\\\\"',
    '"__proto__"',
    '"../../etc/passwd"',
    '"😀"',
    '"\\ud83d\\ude00"',
    '"null"',
    '"false"',
    utf8('x', 512),
    utf8('é', 512),
    utf8('😀', 512),
  ].map((text) => userId(accepted, text)),
  ...[
    '0',
    '-0',
    '0.0',
    '1.5',
    '1.0',
    '1e3',
    '1E3',
    '42e0',
    '9007199254740992',
    '-9007199254740992',
    '738529527931269425',
    '1e400',
    '""',
    'null',
    'true',
    'false',
    '[]',
    '[1]',
    '["a"]',
    '{}',
    '{"id":"a"}',
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    utf8('x', 513),
    utf8('é', 514),
    utf8('x', 5000),
  ].map((text) => userId(refused, text)),
];

const claims = (verdict, name, make) => token(verdict, name, (t) => mintRaw(kHead, make(t)));
const withClaim = (verdict, name, text) => claims(verdict, name, (t) => `{"userId":"${t.user('a')}",${text()}}`);

const payloads = [
  withClaim(accepted, 'an exp with a fraction', () => `"exp":${soon()}.25`),
  withClaim(accepted, 'an exp of 4.1e9', () => '"exp":4.1e9'),
  withClaim(accepted, 'an exp of 4100000000.0', () => '"exp":4100000000.0'),
  ...['9007199254740991', '99999999999999999', '1e18', '1e300'].map((text) =>
    withClaim(accepted, `an exp of ${text}, which no timer can hold`, () => `"exp":${text}`),
  ),
  withClaim(accepted, 'no exp at all', () => '"x":1'),
  withClaim(accepted, 'an iat in the future', () => `"exp":${soon()},"iat":${nowSeconds() + 60}`),
  withClaim(accepted, 'an iat that is a word', () => `"exp":${soon()},"iat":"yesterday"`),
  withClaim(accepted, 'an nbf in the past', () => `"exp":${soon()},"nbf":${nowSeconds() - 60}.5`),
  withClaim(
    accepted,
    'iss, aud, sub and jti of odd shapes',
    () => `"exp":${soon()},"iss":5,"aud":{"a":1},"sub":[],"jti":null`,
  ),
  withClaim(accepted, 'blanks around the claims', () => `  "exp" : ${soon()}  `),
  withClaim(refused, 'an exp of a minute ago', () => `"exp":${nowSeconds() - 60}`),
  withClaim(refused, 'an exp of two seconds ago with a fraction', () => `"exp":${nowSeconds() - 2}.5`),
  ...['0', '-1', '-1e300', '"4100000000"', 'null', 'true', '[]', '{}', '1e400'].map((text) =>
    withClaim(refused, `an exp of ${text}`, () => `"exp":${text}`),
  ),
  withClaim(refused, 'an nbf in a minute', () => `"exp":${soon()},"nbf":${nowSeconds() + 60}`),
  ...['"0"', 'null', 'true', '[]'].map((text) =>
    withClaim(refused, `an nbf of ${text}`, () => `"exp":${soon()},"nbf":${text}`),
  ),
  withClaim(refused, 'two exp claims', () => `"exp":${soon()},"exp":${nowSeconds() - 5}`),
  claims(refused, 'two userId claims', () => `{"userId":"a","userId":"b","exp":${soon()}}`),
  claims(refused, 'two userId claims, one in escapes', () => `{"userId":"a","user\\u0049d":"b","exp":${soon()}}`),
  claims(refused, 'no userId but a sub', () => `{"sub":"a","exp":${soon()}}`),
  claims(refused, 'a user_id', () => `{"user_id":"a","exp":${soon()}}`),
  ...[
    ['an array', '[]'],
    ['a string', '"a"'],
    ['a number', '5'],
    ['null', 'null'],
    ['no JSON', 'userId=a'],
    ['nothing', ''],
    ['an empty object', '{}'],
    ['half an object', '{"userId":"a"'],
    ['an object and more', '{"userId":"a"}x'],
    ['two objects', '{"userId":"a"}{}'],
    ['a byte order mark before an object', '\ufeff{"userId":"a"}'],
    ['100,000 brackets', '['.repeat(5000)],
    ['bytes that are no UTF-8', Buffer.from('7b22757365724964223a22ff227d', 'hex')],
  ].map(([name, text]) => claims(refused, `a payload that is ${name}`, () => text)),
];

const header = (verdict, name, text, alg = 'HS256', key = TEST_SECRET) =>
  token(verdict, name, (t) => mintRaw(text, goodClaims(t), key, alg));

const headers = [
  header(accepted, 'HS384', '{"alg":"HS384"}', 'HS384'),
  header(accepted, 'HS512', '{"alg":"HS512"}', 'HS512'),
  header(accepted, 'a header without typ', '{"alg":"HS256"}'),
  ...['none', 'None', 'NONE', 'nOnE', ''].flatMap((alg) => [
    header(refused, `alg "${alg}" without a signature`, JSON.stringify({ alg }), 'none'),
    header(refused, `alg "${alg}" with a good signature`, JSON.stringify({ alg })),
  ]),
  ...['hs256', 'HS256 ', 'HS1', 'HS2560', 'RS256', 'PS256', 'ES256', 'EdDSA', 'HS256\\u0000'].map((alg) =>
    header(refused, `alg "${alg}" signed as HS256`, `{"alg":"${alg}"}`),
  ),
  ...['null', '["HS256"]', '{"HS256":1}', '256', 'true'].map((alg) => header(refused, `alg ${alg}`, `{"alg":${alg}}`)),
  header(refused, 'no alg', '{"typ":"JWT"}'),
  header(refused, 'two algs, the good one first', '{"alg":"HS256","alg":"none"}'),
  header(refused, 'two algs, the good one last', '{"alg":"none","alg":"HS256"}'),
  header(refused, 'two algs, one in escapes', '{"alg":"HS256","\\u0061lg":"none"}'),
  header(refused, 'alg HS256 with a signature of HS512', kHead, 'HS512'),
  header(refused, 'alg HS512 with a signature of HS256', '{"alg":"HS512"}', 'HS256'),
  ...['["exp"]', '["b64"]', '[]', 'null', '"exp"', '["http://example.org/x"]'].map((crit) =>
    header(refused, `crit ${crit}`, `{"alg":"HS256","crit":${crit},"exp":1}`),
  ),
  header(refused, 'b64 false', '{"alg":"HS256","b64":false}'),
  header(refused, 'b64 false with crit', '{"alg":"HS256","b64":false,"crit":["b64"]}'),
  header(
    refused,
    'a jwk of its own',
    JSON.stringify({ alg: 'HS256', jwk: { kty: 'oct', k: base64url('attacker') } }),
    'HS256',
    'attacker',
  ),
  header(refused, 'a jku of its own', '{"alg":"HS256","jku":"http://127.0.0.1:9/jwks"}', 'HS256', 'attacker'),
  header(refused, 'an x5u of its own', '{"alg":"HS256","x5u":"http://127.0.0.1:9/x"}', 'HS256', 'attacker'),
  header(
    accepted,
    'a jku beside a good signature, which nobody reads',
    '{"alg":"HS256","jku":"http://127.0.0.1:9/jwks"}',
  ),
  ...['"../../etc/passwd"', '"a\\nb"', '5', 'null', `"${'k'.repeat(4000)}"`, '"\' OR 1=1 --"'].map((kid) =>
    header(decided, `kid ${kid.slice(0, 24)} with a good signature`, `{"alg":"HS256","kid":${kid}}`),
  ),
  header(refused, 'a kid that names a file whose bytes sign', '{"alg":"HS256","kid":"/dev/null"}', 'HS256', ''),
  header(refused, 'a signature by another secret', kHead, 'HS256', 'another secret of thirty-two bytes'),
  header(refused, 'a signature by the empty secret', kHead, 'HS256', ''),
  header(refused, 'a signature by the secret and a line end', kHead, 'HS256', `${TEST_SECRET}\n`),
  ...[
    ['an array', '["alg","HS256"]'],
    ['no JSON', 'HS256'],
    ['nothing', ''],
    ['an object and more', `${kHead}x`],
    ['10,000 brackets', '{"alg":"HS256","a":'.concat('['.repeat(3000))],
  ].map(([name, text]) => header(refused, `a header that is ${name}`, text)),
];

/// The last letter of a part whose length is not a multiple of three carries unused bits; setting one keeps the bytes.
function notCanonical(part) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return part.slice(0, -1) + letters[letters.indexOf(part.at(-1)) + 1];
}

const padding = (text) => text + ' '.repeat((4 - (Buffer.byteLength(text) % 3)) % 3);
const parts = (t) => good(t).split('.');
const shape = (name, make) => token(refused, name, make);

const shapes = [
  ...[
    '',
    '.',
    '..',
    '...',
    'a',
    'a.b',
    'a.b.c',
    'null',
    'undefined',
    '[object Object]',
    'true',
    'NaN',
    '{}',
    '%',
    '%00',
    '\0',
    ' ',
    '💥',
  ].map((junk) => ({
    ...shape(`the token ${JSON.stringify(junk)}`, () => junk),
  })),
  shape('a token without its signature', (t) => parts(t).slice(0, 2).join('.')),
  shape('a token with an empty signature', (t) => `${parts(t).slice(0, 2).join('.')}.`),
  shape('a token with a fourth part', (t) => `${good(t)}.x`),
  shape('a token with an empty fourth part', (t) => `${good(t)}.`),
  shape('a token of five parts, as encrypted ones have', (t) => `${good(t)}.x.y`),
  shape('a token with an empty first part', (t) => `.${parts(t).slice(1).join('.')}`),
  shape('a token that begins with a dot', (t) => `.${good(t)}`),
  shape('a token whose signature lacks its last letter', (t) => good(t).slice(0, -1)),
  shape('a token whose signature has a letter more', (t) => `${good(t)}A`),
  shape('a token whose signature is not canonical', (t) => notCanonical(good(t))),
  shape('a token whose signature is padded', (t) => `${good(t)}=`),
  shape('a token whose signature is of other claims', (t) =>
    [...parts(t).slice(0, 2), mintRaw(kHead, '{"userId":"other"}').split('.')[2]].join('.'),
  ),
  shape('a token whose claims are not canonical', (t) => {
    const input = `${base64url(kHead)}.${notCanonical(base64url(padding(goodClaims(t))))}`;
    return `${input}.${signature(input, TEST_SECRET, 'HS256')}`;
  }),
  shape('a token whose claims are padded', (t) => {
    const input = `${base64url(kHead)}.${Buffer.from(padding(goodClaims(t))).toString('base64')}`;
    return `${input}.${signature(input, TEST_SECRET, 'HS256')}`;
  }),
  shape('a token whose header is padded', (t) => {
    const input = `${Buffer.from('{"alg":"HS256" }').toString('base64')}.${base64url(goodClaims(t))}`;
    return `${input}.${signature(input, TEST_SECRET, 'HS256')}`;
  }),
  shape('a token in base64 with + and /', (t) => {
    const claimsText = JSON.stringify({ userId: t.user('a'), exp: soon(), x: '???>>>~~~' });
    const input = `${base64url(kHead)}.${base64url(claimsText).replaceAll('-', '+').replaceAll('_', '/')}`;
    return `${input}.${signature(input, TEST_SECRET, 'HS256')}`;
  }),
  ...[
    ['a blank before it', (text) => ` ${text}`],
    ['a blank behind it', (text) => `${text} `],
    ['a line end behind it', (text) => `${text}\n`],
    ['a NUL behind it', (text) => `${text}\0`],
    ['a blank inside', (text) => text.replace('.', '. ')],
    ['quotes around it', (text) => `"${text}"`],
    ['Bearer before it', (text) => `Bearer ${text}`],
    ['JWT before it', (text) => `JWT ${text}`],
    ['its dots encoded twice', (text) => text.replaceAll('.', '%2E')],
    ['itself behind it', (text) => text + text],
    ['header lines behind it', (text) => `${text}\r\nSet-Cookie: a=b\r\n\r\n`],
  ].map(([name, make]) => shape(`a good token with ${name}`, (t) => make(good(t)))),
  token(accepted, 'a token of exactly 8,192 bytes', (t) => sized(t, 8192)),
  shape('a token of 8,193 bytes or one more', (t) => sized(t, 8193)),
  shape('a token of 12,000 bytes', (t) => sized(t, 12_000)),
];

/// A good token of `bytes` bytes, or one more where base64url has no text of that length.
function sized(t, bytes) {
  for (let pad = bytes / 2; ; pad++) {
    const made = mintRaw(kHead, JSON.stringify({ userId: t.user('a'), exp: soon(), pad: 'x'.repeat(pad) }));
    if (made.length >= bytes) return made;
  }
}

/// Requests in which the token stands at an odd place; `request` is given the good token.
const place = (verdict, name, request) => ({
  name: `${verdict === accepted ? 'accepts' : verdict === refused ? 'refuses' : 'decides on'} ${name}`,
  async run(t) {
    const raw = await t.raw();
    const session = await RawWebSocket.open(raw, { head: upgradeHead(request(t.keepToken(good(t)))) });
    await verdict(session);
  },
});
const bearer = (value) => ({ headers: { Authorization: value } });

const places = [
  place(refused, 'a request without a token', () => ({})),
  place(refused, 'an empty query', () => ({ target: '/ws?' })),
  place(refused, 'a token parameter without a value', () => ({ target: '/ws?token' })),
  place(refused, 'an empty token parameter', () => ({ target: '/ws?token=' })),
  place(refused, 'a parameter named TOKEN', (good_) => ({ target: `/ws?TOKEN=${good_}` })),
  place(refused, 'a parameter named xtoken', (good_) => ({ target: `/ws?xtoken=${good_}` })),
  place(refused, 'a parameter named token[]', (good_) => ({ target: `/ws?token[]=${good_}` })),
  place(refused, 'a semicolon between parameters', (good_) => ({ target: `/ws?a=b;token=${good_}` })),
  place(refused, 'a bad token before a good one', (good_) => ({ target: `/ws?token=bad&token=${good_}` })),
  place(accepted, 'a good token before a bad one', (good_) => ({ target: `/ws?token=${good_}&token=bad` })),
  place(accepted, 'a good token before an empty one', (good_) => ({ target: `/ws?token=${good_}&token=` })),
  place(accepted, 'a name in percent escapes', (good_) => ({ target: `/ws?%74oken=${good_}` })),
  place(refused, 'a broken percent escape in the token', (good_) => ({ target: `/ws?token=%zz${good_}` })),
  place(refused, 'a NUL escape behind the token', (good_) => ({ target: `/ws?token=${good_}%00` })),
  place(refused, 'a line end escape behind the token', (good_) => ({ target: `/ws?token=${good_}%0A` })),
  place(refused, 'a plus inside the token, which is a blank', (good_) => ({
    target: `/ws?token=${good_.slice(0, 5)}+${good_.slice(5)}`,
  })),
  place(accepted, 'Bearer in any case', (good_) => bearer(`bEaReR ${good_}`)),
  place(refused, 'Basic', (good_) => bearer(`Basic ${good_}`)),
  place(refused, 'Authorization without a scheme', (good_) => bearer(good_)),
  place(refused, 'two tokens in one Authorization', (good_) => bearer(`Bearer ${good_}, Bearer ${good_}`)),
  place(refused, 'a bad token in the query beside a good one in Authorization', (good_) => ({
    target: '/ws?token=bad',
    ...bearer(`Bearer ${good_}`),
  })),
  place(refused, 'a cookie named token', (good_) => ({ headers: { Cookie: `token=${good_}` } })),
];

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwksFolder = mkdtempSync(join(tmpdir(), 'zvonok-jwks-'));
process.on('exit', () => rmSync(jwksFolder, { recursive: true }));
const jwksFile = join(jwksFolder, 'jwks.json');
writeFileSync(jwksFile, JSON.stringify({ keys: [publicJwk(rsa, { kid: 'k1', alg: 'RS256', use: 'sig' })] }));
export const tokenServers = { jwks: { env: { ZVONOK_JWKS_FILE: jwksFile } } };

const rs = (verdict, name, head, { alg = 'RS256', key = rsa.privateKey } = {}) =>
  token(verdict, name, (t) => mintRaw(head, goodClaims(t), key, alg), 'jwks');
const pem = (type) => rsa.publicKey.export({ format: 'pem', type });

const confusion = [
  rs(accepted, 'RS256 with the kid of a configured key', '{"alg":"RS256","kid":"k1"}'),
  rs(accepted, 'RS256 without a kid where one key fits', '{"alg":"RS256"}'),
  rs(refused, 'RS256 with an unknown kid', '{"alg":"RS256","kid":"k2"}'),
  ...['"../../etc/passwd"', '5', 'null', '["k1"]', '"k1\\u0000"', `"${'k'.repeat(3000)}"`].map((kid) =>
    rs(refused, `RS256 with kid ${kid.slice(0, 24)}`, `{"alg":"RS256","kid":${kid}}`),
  ),
  rs(refused, 'PS256 for a key that is for RS256', '{"alg":"PS256","kid":"k1"}', { alg: 'PS256' }),
  rs(refused, 'RS512 for a key that is for RS256', '{"alg":"RS512","kid":"k1"}', { alg: 'RS512' }),
  rs(refused, 'RS256 by another key', '{"alg":"RS256","kid":"k1"}', {
    key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  }),
  ...['spki', 'pkcs1'].map((type) =>
    rs(refused, `HS256 keyed with the public key as ${type} PEM`, '{"alg":"HS256","kid":"k1"}', {
      alg: 'HS256',
      key: pem(type),
    }),
  ),
  rs(refused, 'HS256 keyed with the public key as a JWK', '{"alg":"HS256","kid":"k1"}', {
    alg: 'HS256',
    key: JSON.stringify(publicJwk(rsa)),
  }),
  rs(refused, 'HS256 keyed with the modulus', '{"alg":"HS256","kid":"k1"}', {
    alg: 'HS256',
    key: Buffer.from(publicJwk(rsa).n, 'base64url'),
  }),
];

export const tokenCases = [...userIds, ...payloads, ...headers, ...shapes, ...places, ...confusion];
