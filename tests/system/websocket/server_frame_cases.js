// What the server itself sends. frames.js refuses a masked frame, a reserved bit, a length that is not minimal and a
// forbidden close code wherever any case meets them; here the server is made to use every length form, and the exact
// bytes of its shortest words are looked at.
import { strict as assert } from 'node:assert';

import { frame, opcodes } from '../../lib/frames.js';
import { iceOfLength, iceText, inFrames } from './proofs.js';

const { binary, text } = opcodes;

/// A message that reaches the peer in one text frame of the length form that its length needs.
const relays = (bytes, send) => ({
  name: `relays a message of ${bytes} bytes in one whole text frame of minimal length, sent ${send.how}`,
  async run(t) {
    const { a, b } = await t.call();
    const message = iceOfLength(bytes, t.secret('m'));
    await a.send(...send.frames(message));
    const got = await b.nextFrame();
    assert.equal(got.opcode, text);
    assert.equal(got.fin, true);
    assert.deepEqual(JSON.parse(got.payload.toString()), JSON.parse(message));
  },
});

const asText = { how: 'as text', frames: (message) => [frame({ payload: message })] };
const asBinary = { how: 'as binary', frames: (message) => [frame({ opcode: binary, payload: message })] };
const asFragments = { how: 'in fragments of 1,000 bytes', frames: (message) => inFrames(message, 1000) };

const forms = [
  ...[125, 126, 127, 65_535, 65_536, 65_537, 200_000].map((bytes) => relays(bytes, asText)),
  ...[125, 126, 65_536].map((bytes) => relays(bytes, asBinary)),
  ...[5000, 65_536, 200_000].map((bytes) => relays(bytes, asFragments)),
];

const exactBytes = [
  {
    name: 'says hangup in exactly the bytes of {"event":"call:hangup"}',
    async run(t) {
      const { a, b } = await t.call();
      await a.event('call:hangup', { reason: 'never seen' });
      const { size } = await b.nextFrame().then((got) => {
        assert.equal(got.payload.toString(), '{"event":"call:hangup"}');
        return got;
      });
      assert.equal(size, 2 + 23);
    },
  },
  {
    name: 'sends no byte behind its close frame',
    async run(t) {
      const { a } = await t.call();
      await a.text(iceText('x'));
      await a.close(1000);
      await a.readClose();
      await a.raw.readEnd();
      assert.equal(a.raw.bytes.length, 0);
    },
  },
  {
    name: 'gives the reason Unauthorized with 4001',
    async run(t) {
      const a = await t.ws({ token: t.keepToken('abcdefghijklmnopq.abcdefghijklmnopq.abcdefghijklmnopq') });
      assert.deepEqual(await a.expectClose(4001), { code: 4001, reason: 'Unauthorized' });
    },
  },
  {
    name: 'says nothing to a client that has just connected',
    async run(t) {
      await (await t.ws('a')).quiet();
    },
  },
  {
    name: 'keeps a thousand messages for a client that reads late, in their order',
    async run(t) {
      const { a, b } = await t.call();
      b.raw.stopReading();
      for (let i = 0; i < 1000; i++) a.raw.pour(frame({ payload: iceText(`${i} ${'x'.repeat(200)}`) }));
      await a.roundTrip();
      b.raw.resumeReading();
      for (let i = 0; i < 1000; i++)
        assert.match((await b.nextMessage('call:ice')).payload.candidate, new RegExp(`^${i} `));
    },
  },
];

export const serverFrameCases = [...forms, ...exactBytes];
