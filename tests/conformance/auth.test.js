// Who is let in: the token, its claims, and where it may stand.
import { strict as assert } from 'node:assert';

import { quiet } from '../lib/client.js';
import { RawWebSocket } from '../lib/raw_websocket.js';
import { base64url, keyPair, mint, mintRaw, nowSeconds, signature, TEST_SECRET } from '../lib/tokens.js';
import { subject } from './harness.js';

const test = subject('auth');
const HEADER = '{"alg":"HS256","typ":"JWT"}';
// A close handshake of 3 s and 2 s to linger, and some patience with the machine; the original held it for 30 s.
const LINGER_MAX_MS = 10_000;
const UNAUTHORIZED = { code: 4001, reason: 'Unauthorized' };

/** Opens with this query text instead of `token=…`. */
async function connectWith(t, query, options = {}) {
  const server = { ...t.server, wsUrl: `${t.server.wsUrl}?${query}` };
  return t.at(server).connect({ token: null }, options);
}

async function assertAccepted(t, token, id) {
  const client = await t.connect({ token });
  await client.roundTrip();
  if (id === undefined) return;
  const caller = await t.connect(t.id('caller'));
  caller.offer(id);
  await client.next('call:offer');
}

/** Refused = the upgrade succeeds, then the close frame says 4001; the client has heard nothing else. */
async function assertRefused(t, token) {
  const client = await t.connect({ token });
  assert.deepEqual(await client.whenClosed(), UNAUTHORIZED);
  assert.deepEqual(client.frames, []);
}

const accepts = (promise, rows, token, options) =>
  test(`accepts ${promise}`, rows, async (t) => assertAccepted(t, await token(t)), options);
const refuses = (promise, rows, token, options) =>
  test(`refuses ${promise}`, rows, async (t) => assertRefused(t, await token(t)), options);
const oursRefuses = (promise, rows, token, options) =>
  test.ours(`refuses ${promise}`, rows, async (t) => assertRefused(t, await token(t)), options);

// --- the algorithm and the signature
accepts('HS256', 'O-1.03 O-2.14', (t) => mint({ userId: t.id('a') }));
accepts('HS384', 'O-3.24', (t) => mint({ userId: t.id('a') }, { alg: 'HS384' }));
accepts('HS512', 'O-3.25', (t) => mint({ userId: t.id('a') }, { alg: 'HS512' }));
accepts('a header without typ', 'O-2.14', (t) => mint({ userId: t.id('a') }, { header: { typ: undefined } }));
accepts('a header with a kid that names nothing', 'O-2.14', (t) => mint({ userId: t.id('a') }, { header: { kid: '7' } }));
refuses('another secret', 'O-1.03 O-2.02', (t) => mint({ userId: t.id('a') }, { key: `${TEST_SECRET}x` }));
refuses('alg none', 'O-1.03', (t) => mint({ userId: t.id('a') }, { alg: 'none' }));
refuses('alg None with another spelling', 'O-1.03', (t) =>
  mintRaw('{"alg":"nOnE"}', JSON.stringify({ userId: t.id('a') }), '', 'none'));
refuses('alg none that carries a good signature', 'O-1.03', (t) =>
  mintRaw('{"alg":"none"}', JSON.stringify({ userId: t.id('a') })));
refuses('HS256 said, HS512 signed', 'O-1.03', (t) => mintRaw(HEADER, JSON.stringify({ userId: t.id('a') }), TEST_SECRET, 'HS512'));
refuses('a header without alg', 'O-1.03', (t) => mintRaw('{"typ":"JWT"}', JSON.stringify({ userId: t.id('a') })));
refuses('an RS256 token where only a secret is set', 'O-1.03', (t) =>
  mint({ userId: t.id('a') }, { alg: 'RS256', key: keyPair('RS256').privateKey }));
refuses('a claim changed after signing', 'O-1.03', (t) => {
  const [head, , sign] = mint({ userId: t.id('a') }).split('.');
  return `${head}.${base64url(JSON.stringify({ userId: t.id('b') }))}.${sign}`;
});
refuses('a cut-off signature', 'O-1.03', (t) => mint({ userId: t.id('a') }).slice(0, -4));
refuses('an empty signature', 'O-1.03', (t) => mint({ userId: t.id('a') }).replace(/[^.]+$/, ''));
refuses('an unknown critical header', 'O-1.03', (t) =>
  mint({ userId: t.id('a') }, { header: { crit: ['b64x'], b64x: true } }));
oursRefuses('a header whose alg is written twice', 'O-1.03', (t) =>
  mintRaw('{"alg":"none","alg":"HS256"}', JSON.stringify({ userId: t.id('a') })));
oursRefuses('claims whose userId is written twice', 'O-1.03', (t) =>
  mintRaw(HEADER, `{"userId":"${t.id('a')}","userId":"${t.id('b')}"}`));
oursRefuses('base64url with padding', 'O-1.03', (t) => {
  // 16 bytes: their base64 needs two signs of padding.
  const head = `${base64url('{ "alg":"HS256"}')}==`;
  const input = `${head}.${base64url(JSON.stringify({ userId: t.id('a') }))}`;
  return `${input}.${signature(input, TEST_SECRET, 'HS256')}`;
});
oursRefuses('a signature in non-canonical base64url', 'O-1.03', (t) => {
  const token = mint({ userId: t.id('a') });
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)) ^ 1];
});

// --- times
accepts('a token without exp', 'O-1.03 O-2.14', (t) => mint({ userId: t.id('a'), exp: undefined }));
refuses('a token that expired two seconds ago', 'O-3.27', (t) => mint({ userId: t.id('a'), exp: nowSeconds() - 2 }));
refuses('a token not yet valid', 'O-1.03', (t) => mint({ userId: t.id('a'), nbf: nowSeconds() + 60 }));
accepts('an iat a minute ahead', 'O-3.26', (t) => mint({ userId: t.id('a'), iat: nowSeconds() + 60 }));
accepts('A07 an nbf and iat of this very second', 'O-1.03', (t) =>
  mint({ userId: t.id('a'), nbf: nowSeconds(), iat: nowSeconds() }));
refuses('A07 an nbf three seconds ahead', 'O-1.03', (t) => mint({ userId: t.id('a'), nbf: nowSeconds() + 3 }));
const times = (t, text) => mintRaw(HEADER, `{"userId":"${t.id('a')}",${text}}`);
accepts('A01 an exp with a fraction', 'O-1.03', (t) => times(t, `"exp":${nowSeconds() + 60}.25`));
accepts('A01 an exp written 4.1e9', 'O-1.03', (t) => times(t, '"exp":4.1e9'));
accepts('A01 an exp written 4100000000.0', 'O-1.03', (t) => times(t, '"exp":4100000000.0'));
accepts('A01 an exp too far ahead for any timer', 'O-1.03', (t) => times(t, '"exp":9007199254740991'));
accepts('A01 an nbf with a fraction, half a second ago', 'O-1.03', (t) => times(t, `"nbf":${Date.now() / 1000 - 0.5}`));
accepts('A01 an iat with a fraction, ahead', 'O-1.03', (t) => times(t, `"iat":${Date.now() / 1000 + 0.7}`));
refuses('A01 an exp a quarter of a second ago', 'O-1.03', (t) => times(t, `"exp":${(Date.now() / 1000 - 0.25).toFixed(3)}`));
refuses('an exp that is a string', 'O-1.03', (t) => mint({ userId: t.id('a'), exp: String(nowSeconds() + 60) }));
refuses('an nbf that is a string', 'O-1.03', (t) => mint({ userId: t.id('a'), nbf: '0' }));

// --- the other claims
accepts('A08 any iss and aud when none is configured', 'O-1.03', (t) => mint({ userId: t.id('a'), iss: 5, aud: { x: 1 } }));
accepts('claims it has never heard of', 'O-2.14', (t) => mint({ userId: t.id('a'), roles: ['x'], nested: { deep: [] } }));

// --- the user id
const claim = (text) => () => mintRaw(HEADER, `{"userId":${text}}`);
refuses('a userId of 0', 'O-3.21', claim('0'));
refuses('an empty userId', 'O-3.21', claim('""'));
refuses('a userId of null', 'O-3.21', claim('null'));
refuses('a userId that is an object', 'O-3.22', claim('{"a":1}'));
refuses('a userId that is true', 'O-3.22', claim('true'));
refuses('a userId that is a list', 'O-3.22', claim('["a"]'));
refuses('a userId with a fraction', 'O-4.13', claim('4.5'));
refuses('a userId written 42.0', 'O-4.13', claim('42.0'));
refuses('a userId written 4.2e1', 'O-4.13', claim('4.2e1'));
refuses('a userId over 2^53-1', 'O-4.13', claim('9007199254740993'));
refuses('a userId of 513 bytes', 'O-4.13', claim(`"${'x'.repeat(513)}"`));
refuses('a userId with U+0000', 'O-4.13', claim('"a\\u0000b"'));
refuses('a sub claim alone', 'O-3.23', (t) => mint({ sub: t.id('a') }));
refuses('claims that are no object', 'O-1.03', () => mintRaw(HEADER, '"alice"'));
test('accepts a userId of 512 bytes', 'O-4.13', async (t) => {
  const id = t.id('x').padEnd(512, 'x');
  await assertAccepted(t, mint({ userId: id }), id);
});
test('accepts a userId of 2^53-1', 'O-4.13', (t) => assertAccepted(t, mintRaw(HEADER, '{"userId":9007199254740991}'), 9007199254740991));
test('accepts a negative userId', 'O-4.13', async (t) => assertAccepted(t, mint({ userId: -t.number() }), -t.number()));
test('accepts a userId of spaces, quotes and line ends', 'O-4.13 O-2.05', async (t) => {
  const id = ` "${t.id('x')}"\\\r\n\t<b> `;
  await assertAccepted(t, mint({ userId: id }), id);
});

// --- where the token stands
test('closes 4001 without any token', 'O-1.03 O-2.02', async (t) => {
  assert.deepEqual(await (await t.connect({ token: null })).whenClosed(), UNAUTHORIZED);
});
test('takes the first of two token parameters', 'O-3.28', async (t) => {
  const client = await connectWith(t, `token=${mint({ userId: t.id('a') })}&token=bad`);
  await client.roundTrip();
});
test('does not look at the second of two token parameters', 'O-3.29', async (t) => {
  const client = await connectWith(t, `token=bad&token=${mint({ userId: t.id('a') })}`);
  assert.deepEqual(await client.whenClosed(), UNAUTHORIZED);
});
test('decodes the token parameter as a form does', 'O-1.03', async (t) => {
  const client = await connectWith(t, `token=${mint({ userId: t.id('a') }).replaceAll('.', '%2E')}`);
  await client.roundTrip();
});
test('takes a token from the Authorization header', 'O-3.30', async (t) => {
  const headers = { Authorization: `Bearer ${mint({ userId: t.id('a') })}` };
  await (await t.connect({ token: null }, { headers })).roundTrip();
});
test('A06 takes the scheme of the Authorization header in any case', 'O-3.30', async (t) => {
  const headers = { authorization: `bearer ${mint({ userId: t.id('a') })}` };
  await (await t.connect({ token: null }, { headers })).roundTrip();
});
test('prefers the token parameter to the Authorization header', 'O-3.30', async (t) => {
  const headers = { Authorization: `Bearer ${mint({ userId: t.id('a') })}` };
  assert.deepEqual(await (await t.connect({ token: 'bad' }, { headers })).whenClosed(), UNAUTHORIZED);
});
test('treats an empty token parameter as none', 'O-3.30', async (t) => {
  const headers = { Authorization: `Bearer ${mint({ userId: t.id('a') })}` };
  await (await connectWith(t, 'token=', { headers })).roundTrip();
});

const JUNK = {
  null: () => 'token=null',
  undefined: () => 'token=undefined',
  'an object turned to text': () => 'token=[object%20Object]',
  'a token in JSON quotes': (good) => `token=%22${good}%22`,
  'Bearer before the token': (good) => `token=Bearer%20${good}`,
  'JWT before the token': (good) => `token=JWT+${good}`,
  'a token encoded twice': (good) => `token=${good.replaceAll('.', '%252E')}`,
  'a token and a NUL': (good) => `token=${good}%00`,
  'a token and a line end': (good) => `token=${good}%0A`,
  'a name in capitals': (good) => `TOKEN=${good}`,
  'a name without value': () => 'token',
  'two dots only': () => 'token=..',
  'no dots': () => 'token=abcdef',
  'five parts': (good) => `token=${good}.x.y`,
  '9,000 letters': () => `token=${'a'.repeat(9000)}`,
};
for (const [what, query] of Object.entries(JUNK)) {
  test(`A06 closes 4001 for ${what}`, 'O-1.03 O-2.02', async (t) => {
    const client = await connectWith(t, query(mint({ userId: t.id('a') })));
    assert.deepEqual(await client.whenClosed(), UNAUTHORIZED);
  });
}
test('A06 finds the token behind empty parameters', 'O-1.03', async (t) => {
  await (await connectWith(t, `&&token=${mint({ userId: t.id('a') })}`)).roundTrip();
});

test('ignores the frames of a refused client', 'O-1.03', async (t) => {
  const [callee] = await t.people('callee');
  const refused = await t.connect({ token: mint({ userId: t.id('x') }, { key: 'another secret' }) });
  refused.offer(callee.id);
  await refused.whenClosed();
  await quiet(callee);
});

test('answers 60 refused tokens in a row with 4001', 'O-2.15', async (t) => {
  const closes = Array.from({ length: 60 }, async () => (await t.connect({ token: 'bad' })).whenClosed());
  for (const close of await Promise.all(closes)) assert.deepEqual(close, UNAUTHORIZED);
});

test('lets go of a refused client that never answers the close', 'O-3.53', async (t) => {
  const session = await RawWebSocket.open(await t.raw(), { token: 'bad' });
  assert.equal((await session.readClose()).code, 4001);
  await session.raw.readEnd({ within: LINGER_MAX_MS });
});
