// What the log shows of people: a whole call at debug level leaves neither token, SDP, candidate nor address in it, in
// either format, and each line of JSON is JSON.
import { strict as assert } from 'node:assert';

import { upgradeHead } from '../../lib/http_head.js';
import { TEST_SECRET, mint } from '../../lib/tokens.js';
import { verdict } from './harness.js';

const kProxied = '203.0.113.77';
const kSdp = 'v=0 o=- 46117 IN IP4 198.51.100.23 a=fingerprint:sha-256 SDP-MARK';
const kCandidate = 'candidate:1 1 udp 2113937151 198.51.100.24 50000 typ host CANDIDATE-MARK';
const kUsers = ['alice-mark', 'bob-mark'];

/// A call with everything in it, refused tokens, junk, a lost connection; the whole log, and what must not be in it.
async function wholeCall(t, env) {
  const server = await t.start({
    env: { ZVONOK_LOG_LEVEL: 'debug', ZVONOK_TRUSTED_PROXIES: '127.0.0.1', ...env },
  });
  const tokens = kUsers.map((userId) => mint({ userId }));
  const headers = { 'X-Forwarded-For': kProxied };
  const [a, b] = await Promise.all(tokens.map((token) => t.client(server, { token }, { headers })));
  a.offer(kUsers[1], { sdp: kSdp, video: true });
  await b.next('call:offer');
  a.ice(kCandidate);
  await b.next('call:ice');
  b.answer({ sdp: kSdp });
  await a.next('call:answer');
  a.sendRaw(`{"event":"call:ice","payload":{"candidate":"${kCandidate}"},"JUNK-MARK":`);
  a.send('call:unknown-JUNK-MARK', { sdp: kSdp });
  a.sendRaw(Buffer.from('JUNK-MARK'));
  a.hangup();
  await b.next('call:hangup');
  const foreign = mint({ userId: 'mallory' }, { key: 'another-secret-0123456789-0123456789' });
  const expired = mint({ userId: 'mallory', exp: 1 });
  for (const token of [foreign, expired, 'JUNK-MARK']) assert.equal(await verdict(server, token, { headers }), 4001);
  b.sendRaw(Buffer.alloc(300_000), { binary: false });
  assert.equal((await b.whenClosed()).code, 1009);
  await a.drop();
  const parts = [...tokens, foreign, expired].flatMap((token) => token.split('.').slice(1));
  const hidden = ['SDP-MARK', 'CANDIDATE-MARK', 'JUNK-MARK', TEST_SECRET, '198.51.100', ...parts];
  return { log: await t.wholeLog(server), hidden };
}

const kFormats = {
  text: (line) =>
    assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warn|error) \S|^Backend running/),
  json(line) {
    const entry = JSON.parse(line);
    assert.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(['debug', 'info', 'warn', 'error'].includes(entry.level), line);
    assert.equal(typeof entry.text, 'string');
  },
};

const calls = Object.keys(kFormats).flatMap((format) => [
  {
    name: `a whole call at debug level in ${format} shows no token, SDP, candidate or address`,
    async run(t) {
      const { log, hidden } = await wholeCall(t, { ZVONOK_LOG_FORMAT: format });
      const lines = log.trimEnd().split('\n');
      assert.ok(lines.length >= 10, log);
      lines.forEach(kFormats[format]);
      for (const word of ['call rings', 'call answered', 'call ended', 'token refused'])
        assert.ok(log.includes(word), word);
      for (const secret of [...hidden, kProxied, '127.0.0.1'])
        assert.ok(!log.includes(secret), `${secret} in:\n${log}`);
    },
  },
  {
    name: `with log.addresses a whole call in ${format} shows the client's address, and still nothing else`,
    async run(t) {
      const { log, hidden } = await wholeCall(t, { ZVONOK_LOG_FORMAT: format, ZVONOK_LOG_ADDRESSES: 'true' });
      log.trimEnd().split('\n').forEach(kFormats[format]);
      assert.ok(log.includes(kProxied), log);
      for (const secret of hidden) assert.ok(!log.includes(secret), `${secret} in:\n${log}`);
    },
  },
]);

/// The name in the log of a client at `address`, seen in the line of its refused token.
async function nameOf(t, server, address) {
  const count = () => server.log().match(/token refused/g)?.length ?? 0;
  const before = count();
  const raw = await t.raw(server);
  await raw.write(upgradeHead({ target: '/ws?token=x', headers: { 'X-Forwarded-For': address } }));
  await raw.readHead();
  raw.destroy();
  await t.logged(server, 'token refused.*peer=', before + 1);
  return server
    .log()
    .match(/token refused.* peer=(\S+)/g)
    .at(-1)
    .split('peer=')[1];
}

const names = [
  {
    name: 'lines of one client have one name, those of another a different one, and a restart gives new names',
    async run(t) {
      const options = { env: { ZVONOK_TRUSTED_PROXIES: '127.0.0.1' } };
      const [server, later] = [await t.start(options), await t.start(options)];
      const first = await nameOf(t, server, '203.0.113.7');
      assert.match(first, /^[0-9a-f]{8,}$/);
      assert.equal(await nameOf(t, server, '203.0.113.7'), first);
      assert.notEqual(await nameOf(t, server, '203.0.113.8'), first);
      assert.notEqual(await nameOf(t, later, '203.0.113.7'), first, 'the key is a new one at each start');
    },
  },
  ...['debug', 'info', 'warn', 'error'].map((level, least, levels) => ({
    name: `at level ${level} nothing less is written, and the line that it listens is`,
    async run(t) {
      const server = await t.start({ env: { ZVONOK_LOG_LEVEL: level, ZVONOK_PROT: '1' } });
      await verdict(server, 'x');
      const log = await t.wholeLog(server);
      const seen = new Set([...log.matchAll(/^\S+Z (debug|info|warn|error) /gm)].map(([, found]) => found));
      for (const lower of levels.slice(0, least)) assert.ok(!seen.has(lower), log);
      for (const higher of levels.slice(Math.max(least, 1), 3)) assert.ok(seen.has(higher), log);
      assert.match(log, /^Backend running on port/m);
    },
  })),
  {
    name: 'in json format the line that it listens is JSON as well, and has the words of the original',
    async run(t) {
      const server = await t.start({ env: { ZVONOK_LOG_FORMAT: 'json' } });
      const lines = (await t.wholeLog(server))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const texts = lines.map(({ text }) => text);
      assert.ok(texts.includes(`Backend running on port ${server.port} (HTTP + WebSocket /ws)`), JSON.stringify(texts));
    },
  },
];

export const logCases = [...calls, ...names];
