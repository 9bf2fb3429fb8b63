// Limits per address, total limits, and who is believed about an address. The bystander comes from 127.0.0.1, which in
// these cases is a trusted proxy (and so has no limit itself); everybody else says who it is in X-Forwarded-For.
import { strict as assert } from 'node:assert';

import { upgradeHead } from '../../lib/http_head.js';
import { RawWebSocket } from '../../lib/raw_websocket.js';

const kProxy = { ZVONOK_TRUSTED_PROXIES: '127.0.0.1', ZVONOK_LIMITS_ADDRESS_EXEMPT: '' };
const own = (name, work) => ({ name, server: null, run: work });

/// One upgrade that says it comes from `address`; resolves with the status and, after a 101, the session.
async function knock(t, address, token) {
  const raw = await t.raw();
  await raw.write(upgradeHead({ target: `/ws?token=${token}`, headers: { 'X-Forwarded-For': address } }));
  const head = await raw.readHead();
  return { status: head.status, raw, session: head.status === 101 ? new RawWebSocket(raw) : undefined };
}

async function refusedToken(t, address) {
  const { status, session, raw } = await knock(t, address, 'a.bad.token');
  if (status === 101) assert.equal((await session.readClose()).code, 4001);
  raw.destroy();
  return status;
}

/// `count` bad tokens, `address(i)` each, four at a time; how often which status came.
async function badTokens(t, count, address) {
  const seen = {};
  let next = 0;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (next < count) {
        const status = await refusedToken(t, address(next++));
        seen[status] = (seen[status] ?? 0) + 1;
      }
    }),
  );
  return seen;
}

/// 300 at once, and five more for each second that the trying took.
function isAbout300(count, begun) {
  const refilled = ((Date.now() - begun) / 1000) * 5;
  assert.ok(count >= 300 && count <= 302 + refilled, `${count} were answered 101`);
}

const badTokenCases = [
  ...[
    ['an IPv4 address, whatever its port', (i) => `203.0.113.7:${1024 + i}`],
    ['a /64 of IPv6, whatever the rest and the port', (i) => `[2001:db8::${i.toString(16)}]:${1024 + i}`],
    ['the last address that a list names', (i) => `198.51.100.${i % 200}, 203.0.113.7`],
  ].map(([name, address]) =>
    own(`answers 429 to more than 300 bad tokens a minute from ${name}`, async (t) => {
      await t.start({ env: kProxy });
      const begun = Date.now();
      const seen = await badTokens(t, 450, address);
      isAbout300(seen[101], begun);
      assert.equal(seen[101] + seen[429], 450);
      assert.equal(await refusedToken(t, '203.0.113.200'), 101, 'another address is still answered 4001');
    }),
  ),
  own('lets a valid token in from an address that is answered 429', async (t) => {
    await t.start({ env: { ...kProxy, ZVONOK_LIMITS_ADDRESS_BAD_TOKENS_PER_MIN: 1 } });
    await badTokens(t, 20, () => '203.0.113.7');
    const { status, session } = await knock(t, '203.0.113.7', t.token(t.user('a')));
    assert.equal(status, 101);
    await session.quiet();
  }),
  own('takes garbage in X-Forwarded-For for one address', async (t) => {
    await t.start({ env: { ...kProxy, ZVONOK_LIMITS_ADDRESS_BAD_TOKENS_PER_MIN: 30 } });
    const garbage = [
      'unknown',
      '_hidden',
      '"<script>"',
      ','.repeat(10_000),
      '',
      '999.1.1.1',
      '1.2.3',
      '::g',
      '[::1',
      'fe80::1%eth0',
      '203.0.113.7.example.org',
      '-1',
      '0x7f.1',
    ];
    // Were every spelling a bucket of its own, or without limit, all would be answered 101. The proxy's own address,
    // which is the other permitted reading, has no limit; then they all are, and memory is bounded all the same.
    const seen = await badTokens(t, 200, (i) => garbage[i % garbage.length] + (i % garbage.length === 1 ? i : ''));
    assert.equal((seen[101] ?? 0) + (seen[429] ?? 0), 200);
    assert.equal(await refusedToken(t, '203.0.113.9'), 101);
  }),
  own('believes X-Forwarded-For from nobody unless it is told to', async (t) => {
    await t.start({ env: { ZVONOK_LIMITS_ADDRESS_BAD_TOKENS_PER_MIN: 10 } });
    // 127.0.0.1 is exempt by default, so what the header says would be the only thing to limit.
    assert.deepEqual(await badTokens(t, 60, () => '203.0.113.7'), { 101: 60 });
  }),
  own('counts a client by its own address where there is no proxy, whatever it writes', async (t) => {
    await t.start({ env: { ZVONOK_LIMITS_ADDRESS_EXEMPT: '', ZVONOK_LIMITS_ADDRESS_BAD_TOKENS_PER_MIN: 10 } });
    const seen = await badTokens(t, 100, (i) => `203.0.113.${i}`);
    assert.ok(seen[429] > 50, JSON.stringify(seen));
  }),
];

/// Fails unless the connection is refused: by a status, or by ending it without a word.
async function isRefused(t, address) {
  const raw = await t.raw().catch(() => undefined);
  if (!raw) return;
  await raw.write(
    upgradeHead({ target: `/ws?token=${t.token(t.user('late'))}`, headers: { 'X-Forwarded-For': address } }),
  );
  const head = await raw.readHead().catch(() => undefined);
  if (head) assert.ok([429, 503].includes(head.status), head.statusLine);
}

const connectionCases = [
  own('refuses a sixth connection of an address that may have five', async (t) => {
    await t.start({ env: { ...kProxy, ZVONOK_LIMITS_ADDRESS_CONNECTIONS: 5 } });
    const held = [];
    for (let i = 0; i < 5; i++) held.push(await knock(t, '203.0.113.7', t.token(t.user(`h${i}`))));
    for (const { session } of held) await session.roundTrip();
    await isRefused(t, '203.0.113.7');
    const other = await knock(t, '203.0.113.8', t.token(t.user('other')));
    await other.session.roundTrip();
    held[0].raw.destroy();
    for (let tries = 0; ; tries++) {
      const again = await knock(t, '203.0.113.7', t.token(t.user('again')));
      if (again.status === 101) break;
      assert.ok(tries < 100, 'a place that became free is given again');
    }
  }),
  own('counts all addresses of an IPv6 /64 as one', async (t) => {
    await t.start({ env: { ...kProxy, ZVONOK_LIMITS_ADDRESS_CONNECTIONS: 5 } });
    for (let i = 0; i < 5; i++)
      assert.equal((await knock(t, `2001:db8:1:2::${i}`, t.token(t.user(`h${i}`)))).status, 101);
    await isRefused(t, '2001:db8:1:2:ffff::1');
    assert.equal((await knock(t, '2001:db8:1:3::1', t.token(t.user('other')))).status, 101);
  }),
  own('refuses new connections of an address that come too fast', async (t) => {
    await t.start({ env: { ...kProxy, ZVONOK_LIMITS_ADDRESS_NEW_BURST: 5, ZVONOK_LIMITS_ADDRESS_NEW_PER_S: 1 } });
    const statuses = [];
    for (let i = 0; i < 60; i++) {
      const { status, raw } = await knock(t, '203.0.113.7', t.token(t.user(`n${i}`)));
      statuses.push(status);
      raw.destroy();
    }
    const taken = statuses.filter((status) => status === 101).length;
    assert.ok(taken >= 5 && taken <= 30, `${taken} of 60 were taken`);
    assert.equal((await knock(t, '203.0.113.8', t.token(t.user('other')))).status, 101);
  }),
  own('refuses an address that has ten connections without a token', async (t) => {
    await t.start({ env: { ZVONOK_LIMITS_ADDRESS_EXEMPT: '', ZVONOK_LIMITS_ADDRESS_UNAUTHENTICATED: 10 } });
    const silent = [];
    for (let i = 0; i < 30; i++) silent.push(await t.raw());
    // Those above ten are ended or answered before they say a word, or when they do.
    const later = await Promise.all(
      silent.slice(10).map(async (raw) => {
        await raw.write('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n');
        return raw.readHead().then(
          ({ status }) => status,
          () => 0,
        );
      }),
    );
    assert.ok(
      later.every((status) => [0, 429, 503].includes(status)),
      `${later}`,
    );
  }),
  own('answers 503 at nine tenths of limits.connections and serves again when there is room', async (t) => {
    await t.start({ env: { ZVONOK_LIMITS_CONNECTIONS: 20 } });
    const held = [];
    let full;
    for (let i = 0; i < 40 && !full; i++) {
      const one = await knock(t, '', t.token(t.user(`h${i}`)));
      if (one.status === 101) held.push(one);
      else full = one;
    }
    assert.equal(full?.status, 503);
    assert.ok(held.length >= 14 && held.length <= 18, `${held.length} were taken beside the bystander's two`);
    for (const { session } of held) await session.roundTrip();
    for (const { raw } of held.splice(0, 5)) raw.destroy();
    for (let tries = 0; ; tries++) {
      const { status, session } = await knock(t, '', t.token(t.user('again')));
      if (status === 101) {
        await session.quiet();
        break;
      }
      assert.ok(tries < 100, 'a place that became free is given again');
    }
  }),
];

export const addressCases = [...badTokenCases, ...connectionCases];
