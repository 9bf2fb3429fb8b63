// The three things that a frame can do, each as a maker of cases: it closes the connection with a code, it changes
// nothing, or it carries a message to the other party of a call. Every case runs in a call, so that the peer is a
// witness: it hears what was delivered and nothing else, and it is told when the sender is cut.
import { strict as assert } from 'node:assert';

import { frame } from '../../lib/frames.js';

const list = (frames) => (typeof frames === 'function' ? frames() : [frames].flat());

/// `frames` end the connection with `code`; the close frame is not lost, and the peer gets its hangup and nothing else.
export function closes(code, name, frames, options = {}) {
  return {
    name,
    ...options,
    async run(t) {
      const { a, b } = await t.call();
      await a.send(...list(frames));
      await a.expectClose(code);
      await b.nextMessage('call:hangup');
    },
  };
}

/// `frames` are taken and have no effect: no answer, nothing for the peer, the call goes on.
export function changesNothing(name, frames, options = {}) {
  return {
    name,
    ...options,
    async run(t) {
      const { a, b } = await t.call();
      await a.send(...list(frames));
      await a.quiet();
      await t.reaches(a, b);
    },
  };
}

/// `frames(text)` carry the message `text`, which holds `inside`, to the peer.
export function delivers(name, frames, { inside = 'plain', pieces = false, ...options } = {}) {
  return {
    name,
    ...options,
    async run(t) {
      const { a, b } = await t.call();
      const candidate = t.secret('candidate') + inside;
      const bytes = frames(iceText(candidate));
      if (pieces) await a.raw.pieces(bytes);
      else await a.send(...[bytes].flat());
      const { payload } = await b.nextMessage('call:ice');
      assert.equal(payload.candidate, candidate);
      await a.quiet();
      await t.reaches(a, b);
    },
  };
}

export function iceText(candidate) {
  return JSON.stringify({ event: 'call:ice', payload: { candidate } });
}

/// A call:ice message of exactly `bytes` bytes, whose candidate begins with `mark`.
export function iceOfLength(bytes, mark) {
  const empty = Buffer.byteLength(iceText(mark));
  if (bytes < empty) throw new Error(`a message with ${mark} has at least ${empty} bytes`);
  return iceText(mark + 'x'.repeat(bytes - empty));
}

/// `text` in frames of at most `size` bytes.
export function inFrames(text, size, opcode = 1) {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) =>
    frame({
      opcode: i === 0 ? opcode : 0,
      fin: i === count - 1,
      payload: bytes.subarray(i * size, (i + 1) * size),
    }),
  );
}

export function inPieces(bytes, size) {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
