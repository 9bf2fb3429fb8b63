// Well-formed messages with bad intent: entering or cutting the calls of others, writing somebody else's name, ringing
// somebody without end, and ids that are made to break whatever handles them.
import { strict as assert } from 'node:assert';

import { frame } from '../../lib/frames.js';
import { iceText } from '../websocket/proofs.js';

const offerTo = (t, label, more = {}) => ({ sdp: t.secret('sdp'), userId: t.user(label), ...more });

/// A third user does `work` while two others talk: they hear nothing of it, before and after. `work` says what the third
/// one is told.
const outsider = (name, work) => ({
  name,
  async run(t) {
    const { a, b } = await t.call();
    const c = await t.ws('outsider');
    await work(t, c);
    await c.quiet();
    await t.reaches(a, b);
    await t.reaches(b, a);
    await a.quiet();
    await b.quiet();
  },
});

const third = [
  outsider('tells a third user who calls a party of a call that it is busy, and nobody else', async (t, c) => {
    await c.event('call:offer', offerTo(t, 'callee'));
    await c.nextMessage('call:hangup');
  }),
  outsider('tells a third user who calls the caller of a call that it is busy, and nobody else', async (t, c) => {
    await c.event('call:offer', offerTo(t, 'caller'));
    await c.nextMessage('call:hangup');
  }),
  outsider('does not let a third user end a call by an offer and a hangup', async (t, c) => {
    await c.event('call:offer', offerTo(t, 'callee'));
    await c.nextMessage('call:hangup');
    await c.event('call:hangup');
  }),
  outsider('does not let a third user end a call by an offer and a closed socket', async (t, c) => {
    const d = await t.ws('second-outsider');
    await d.event('call:offer', offerTo(t, 'callee'));
    await d.nextMessage('call:hangup');
    d.raw.reset();
    await c.roundTrip();
  }),
  outsider('does not let a third user put ice behind a refused offer', async (t, c) => {
    await c.event('call:offer', offerTo(t, 'callee'));
    for (let i = 0; i < 20; i++) await c.event('call:ice', { candidate: `${i}`, userId: t.user('callee') });
    await c.nextMessage('call:hangup');
  }),
  ...['call:ice', 'call:answer', 'call:hangup'].map((event) =>
    outsider(`does not let a third user send ${event} into a call`, async (t, c) => {
      const target = t.user('callee');
      for (const payload of [
        undefined,
        { userId: target },
        { targetUserId: target },
        { userId: target, fromUserId: t.user('caller') },
        { callId: '1', to: target },
      ])
        await c.event(event, payload);
    }),
  ),
  outsider('does not let a third user answer for the callee with its name', async (t, c) => {
    await c.event('call:answer', { sdp: t.secret('forged'), fromUserId: t.user('callee'), userId: t.user('caller') });
  }),
  {
    name: 'does not let a third user answer a call that rings for another',
    async run(t) {
      const [a, b, c] = [await t.ws('caller'), await t.ws('callee'), await t.ws('outsider')];
      await a.event('call:offer', offerTo(t, 'callee'));
      await b.nextMessage('call:offer');
      await c.event('call:answer', { sdp: t.secret('forged') });
      await c.event('call:hangup');
      await c.quiet();
      await a.quiet();
      await b.event('call:answer', { sdp: 'true' });
      assert.deepEqual(await a.nextMessage('call:answer'), { event: 'call:answer', payload: { sdp: 'true' } });
    },
  },
  {
    name: 'does not give a second caller what a ringing callee says to the first',
    async run(t) {
      const [a, b, c] = [await t.ws('caller'), await t.ws('callee'), await t.ws('outsider')];
      await a.event('call:offer', offerTo(t, 'callee'));
      await b.nextMessage('call:offer');
      await c.event('call:offer', offerTo(t, 'callee'));
      await c.nextMessage('call:hangup');
      await b.event('call:answer', { sdp: 'for the first' });
      assert.equal((await a.nextMessage('call:answer')).payload.sdp, 'for the first');
      await c.quiet();
      await b.quiet();
    },
  },
];

/// The text of an offer's payload with a forged fromUserId; the callee must see the true one, once.
const forged = (name, fields) => ({
  name: `writes the true fromUserId over ${name}`,
  async run(t) {
    const [a, b] = [await t.ws('caller'), await t.ws('callee')];
    const others = `"sdp":"${t.secret('sdp')}","userId":"${t.user('callee')}"`;
    await a.text(`{"event":"call:offer","payload":{${fields(others)}}}`);
    const text = (await b.nextFrame()).payload.toString();
    assert.equal(JSON.parse(text).payload.fromUserId, t.user('caller'));
    // A parser that takes the first of two keys must read the same, so the key may stand there once, however spelled.
    let count = 0;
    JSON.parse(
      text.replaceAll(/"((?:[^"\\]|\\.)*)"\s*:/g, (key, inside) => {
        if (JSON.parse(`"${inside}"`) === 'fromUserId') count++;
        return key;
      }),
    );
    assert.equal(count, name.includes('nested') ? 2 : 1, text.slice(0, 300));
  },
});
const escaped = [...'fromUserId'].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

const forgeries = [
  forged('one at the beginning', (others) => `"fromUserId":"victim",${others}`),
  forged('one at the end', (others) => `${others},"fromUserId":"victim"`),
  forged('one in the middle', (others) => `"a":1,"fromUserId":"victim",${others}`),
  forged('one with an escaped first letter', (others) => `${others},"\\u0066romUserId":"victim"`),
  forged('one with an escaped capital', (others) => `"from\\u0055serId":"victim",${others}`),
  forged('one wholly in escapes', (others) => `"${escaped}":"victim",${others}`),
  forged(
    'one wholly in escapes with capital digits',
    (others) => `${others},"${escaped.replaceAll('6d', '6D').replaceAll('6f', '6F')}":"victim"`,
  ),
  ...['null', '0', 'true', '{"a":[1,"}"]}', '["fromUser",{}]', '"a\\"},{"', '1e5'].map((value) =>
    forged(`one that is ${value}`, (others) => `${others},"fromUserId":${value}`),
  ),
  forged('one with blanks around it', (others) => `${others} , \t"fromUserId" \r\n : "victim" `),
  forged('the only further field, before a nested one', (others) => `${others},"x":{"fromUserId":"victim"}`),
  {
    name: 'writes the true fromUserId where one stands beside the payload',
    async run(t) {
      const [a, b] = [await t.ws('caller'), await t.ws('callee')];
      await a.text(
        `{"fromUserId":"victim","event":"call:offer","payload":${JSON.stringify(offerTo(t, 'callee'))},"from":"victim"}`,
      );
      const message = await b.nextMessage('call:offer');
      assert.deepEqual(Object.keys(message).sort(), ['event', 'payload']);
      assert.equal(message.payload.fromUserId, t.user('caller'));
    },
  },
  ...[
    ['userId', 'userId'],
    ['userId', 'user\\u0049d'],
    ['targetUserId', 'targetUserId'],
    ['fromUserId', 'fromUserId'],
    ['fromUserId', `${escaped}`],
  ].map(([first, second]) => ({
    name: `ignores an offer with the keys "${first}" and "${second}"`,
    async run(t) {
      const [a, b, c] = [await t.ws('caller'), await t.ws('callee'), await t.ws('other')];
      await a.text(
        `{"event":"call:offer","payload":{"sdp":"x","userId":"${t.user('callee')}","targetUserId":"${t.user('callee')}","${first}":"${t.user('other')}","${second}":"${t.user('callee')}"}}`,
      );
      await a.quiet();
      await b.quiet();
      await c.quiet();
    },
  })),
];

/// Sent by a user who is in no call: nobody hears anything.
const pointless = (name, work) => ({
  name: `ignores ${name}`,
  async run(t) {
    const [a, b] = [await t.ws('a'), await t.ws('b')];
    await work(t, a, b);
    await a.quiet();
    await b.quiet();
  },
});

const withoutCall = [
  ...['call:answer', 'call:ice', 'call:hangup'].map((event) =>
    pointless(`${event} from a user in no call`, (t, a) =>
      a.event(event, { userId: t.user('b'), candidate: 'x', sdp: 'x' }),
    ),
  ),
  pointless('a thousand hangups from a user in no call', (t, a) =>
    a.send(...Array.from({ length: 1000 }, () => frame({ payload: '{"event":"call:hangup"}' }))),
  ),
  pointless('everything that follows a hangup', async (t, a, b) => {
    await a.event('call:offer', offerTo(t, 'b'));
    await b.nextMessage('call:offer');
    await a.event('call:hangup');
    await b.nextMessage('call:hangup');
    for (const session of [a, b])
      for (const event of ['call:ice', 'call:answer', 'call:hangup'])
        await session.event(event, { sdp: 'late', candidate: 'late' });
  }),
  ...['', 0, false, null, undefined].map((userId) =>
    pointless(`an offer to ${JSON.stringify(userId) ?? 'nobody'}`, (t, a) =>
      a.event('call:offer', { sdp: 'x', userId }),
    ),
  ),
  {
    name: 'does not let the caller answer its own ringing call',
    async run(t) {
      const [a, b] = [await t.ws('a'), await t.ws('b')];
      await a.event('call:offer', offerTo(t, 'b'));
      await b.nextMessage('call:offer');
      await a.event('call:answer', { sdp: 'mine' });
      await a.quiet();
      await b.quiet();
    },
  },
  {
    name: 'makes no call of a user with itself',
    async run(t) {
      const [a, second] = [await t.ws('a'), await t.ws('a')];
      await a.event('call:offer', offerTo(t, 'a'));
      await a.roundTrip();
      await second.quiet();
      assert.ok(
        a.inbox.length <= 1 && a.inbox.every(({ payload }) => payload.toString() === '{"event":"call:hangup"}'),
      );
    },
  },
];

/// Ids nobody has: the caller is told at once, whatever they look like.
const unknownTargets = [
  '"nobody"',
  '"\\""',
  '"\\\\"',
  '"\\n\\r"',
  '"\\u0000"',
  '"😀"',
  '"</script>"',
  '"\'; DROP TABLE users; --"',
  '"__proto__"',
  '"../../etc/passwd"',
  '"%0d%0a"',
  '"\\u202e"',
  JSON.stringify('x'.repeat(512)),
  JSON.stringify('x'.repeat(513)),
  JSON.stringify('y'.repeat(100_000)),
  '1',
  '-1',
  '1.5',
  '1e3',
  '9007199254740993',
  'true',
  '{}',
  '{"id":1}',
  '[]',
  '["a"]',
].map((id) => ({
  name: `answers an offer to ${id.length > 40 ? `an id of ${id.length - 2} bytes` : id}, whom nobody is, with a hangup`,
  async run(t) {
    const a = await t.ws('a');
    await a.text(`{"event":"call:offer","payload":{"sdp":"${t.secret('sdp')}","userId":${id}}}`);
    assert.deepEqual(await a.nextMessage(), { event: 'call:hangup' });
    await a.quiet();
  },
}));

/// Ids that people do have: they call and are called, and the id arrives as it is.
const oddUsers = [
  ['a quote', '"'],
  ['a backslash', '\\'],
  ['quotes that end a JSON object', '"},"x":{"'],
  ['a line end', 'a\r\nSet-Cookie: x'],
  ['a tab', 'a\tb'],
  ['a control character', 'a\u0001b'],
  ['U+2028', 'a\u2028b'],
  ['an emoji', '👩‍👩‍👧'],
  ['right-to-left marks', '\u202eabc'],
  ['a script', '</script><b>'],
  ['a path', '../../etc/passwd'],
  ['a percent escape', '%0d%0a'],
  ['the word __proto__', '__proto__'],
  ['a blank', ' '],
  ['a format directive', '{}%s'],
  ['terminal escapes', '\u001b[2J'],
  ['512 bytes', 'x'.repeat(500)],
  ['500 bytes of Cyrillic', 'ж'.repeat(245)],
].map(([name, id]) => ({
  name: `lets a user call and be called whose id holds ${name}`,
  async run(t) {
    const odd = `${id}${t.user('')}`;
    const [a, b] = [await t.ws({ token: t.token({ userId: odd }) }), await t.ws('b')];
    await a.event('call:offer', { sdp: t.secret('sdp'), userId: t.user('b') });
    assert.equal((await b.nextMessage('call:offer')).payload.fromUserId, odd);
    await b.event('call:hangup');
    await a.nextMessage('call:hangup');
    await b.event('call:offer', { sdp: t.secret('sdp'), userId: odd });
    assert.equal((await a.nextMessage('call:offer')).payload.fromUserId, t.user('b'));
    // One line of log stays one line: no id may begin one.
    assert.doesNotMatch(t.server.log(), /^Set-Cookie/m);
    assert.ok(!t.server.log().includes('\u001b[2J'), 'a terminal escape is escaped in the log');
  },
}));

/// The buckets of limits.offers_* and pair_*: the bounds leave room for what is refilled while a slow machine tests.
const floods = [
  {
    name: 'lets one user ring only about ten of thirty others at once',
    async run(t) {
      const a = await t.ws('a');
      const others = [];
      for (let i = 0; i < 30; i++) others.push(await t.ws(`victim-${i}`));
      for (let i = 0; i < 30; i++) await a.event('call:offer', offerTo(t, `victim-${i}`));
      await a.roundTrip();
      let rung = 0;
      for (const other of others) {
        await other.roundTrip();
        rung += other.inbox.some(({ payload }) => payload.toString().includes('call:offer')) ? 1 : 0;
      }
      assert.ok(rung >= 10 && rung <= 16, `${rung} were rung`);
    },
  },
  {
    name: 'lets one user ring another only about six times however often it hangs up',
    async run(t) {
      const [a, b] = [await t.ws('a'), await t.ws('b')];
      for (let i = 0; i < 40; i++) {
        await a.event('call:offer', offerTo(t, 'b'));
        await a.event('call:hangup');
      }
      await a.roundTrip();
      await b.roundTrip();
      const rings = b.inbox.filter(({ payload }) => payload.toString().includes('call:offer')).length;
      assert.ok(rings >= 6 && rings <= 9, `it rang ${rings} times`);
    },
  },
  {
    name: 'forwards a repeated offer to a ringing callee only about six times',
    async run(t) {
      const [a, b] = [await t.ws('a'), await t.ws('b')];
      for (let i = 0; i < 60; i++) await a.event('call:offer', offerTo(t, 'b'));
      await a.roundTrip();
      await b.roundTrip();
      const rings = b.inbox.filter(({ payload }) => payload.toString().includes('call:offer')).length;
      assert.ok(rings >= 1 && rings <= 9, `it rang ${rings} times`);
    },
  },
  {
    name: 'does not make the victim of a flood unreachable for others',
    async run(t) {
      const [a, b, c] = [await t.ws('a'), await t.ws('b'), await t.ws('c')];
      for (let i = 0; i < 40; i++) {
        await a.event('call:offer', offerTo(t, 'b'));
        await a.event('call:hangup');
      }
      await a.roundTrip();
      await b.roundTrip();
      b.inbox = [];
      await c.event('call:offer', offerTo(t, 'b'));
      assert.equal((await b.nextMessage('call:offer')).payload.fromUserId, t.user('c'));
    },
  },
  {
    name: 'forwards 200 renegotiations inside a call',
    async run(t) {
      const { a, b } = await t.call();
      for (let i = 0; i < 200; i++)
        await (i % 2 ? a : b).event('call:offer', { sdp: `${i}`, userId: t.user(i % 2 ? 'callee' : 'caller') });
      for (let i = 0; i < 200; i++) assert.equal((await (i % 2 ? b : a).nextMessage('call:offer')).payload.sdp, `${i}`);
    },
  },
  {
    name: 'forwards a thousand candidates in a burst each way',
    async run(t) {
      const { a, b } = await t.call();
      const burst = Buffer.concat(Array.from({ length: 1000 }, (_, i) => frame({ payload: iceText(`${i}`) })));
      await Promise.all([a.raw.write(burst), b.raw.write(burst)]);
      for (let i = 0; i < 1000; i++) {
        assert.equal((await a.nextMessage('call:ice')).payload.candidate, `${i}`);
        assert.equal((await b.nextMessage('call:ice')).payload.candidate, `${i}`);
      }
    },
  },
  {
    name: 'makes one call of two offers that cross, twenty times',
    async run(t) {
      for (let round = 0; round < 20; round++) {
        const [a, b] = [await t.ws(`a${round}`), await t.ws(`b${round}`)];
        await Promise.all([
          a.event('call:offer', offerTo(t, `b${round}`)),
          b.event('call:offer', offerTo(t, `a${round}`)),
        ]);
        await a.roundTrip();
        await b.roundTrip();
        await a.roundTrip();
        const rung = [a, b].filter(({ inbox }) =>
          inbox.some(({ payload }) => payload.toString().includes('call:offer')),
        );
        assert.equal(rung.length, 1, 'exactly one of them is rung');
      }
    },
  },
  {
    name: 'closes the longest idle of seventeen devices with 4029 and none that talks',
    async run(t) {
      const peer = await t.ws('peer');
      const devices = [];
      for (let i = 0; i < 16; i++) devices.push(await t.ws('many'));
      await devices[0].event('call:offer', offerTo(t, 'peer'));
      await peer.nextMessage('call:offer');
      for (let i = 2; i < 16; i++) await devices[i].text('{}');
      for (const device of devices) await device.roundTrip();
      await t.ws('many');
      await devices[1].expectClose(4029);
      await t.reaches(devices[0], peer);
      for (const device of devices.slice(2)) await device.quiet();
    },
  },
];

export const callCases = [...third, ...forgeries, ...withoutCall, ...unknownTargets, ...oddUsers, ...floods];
