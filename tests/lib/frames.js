// RFC 6455 frames as bytes, well-formed or broken in exactly one chosen way. The builder makes what a client sends;
// the parser takes what a server sends and refuses whatever a server must never send, so that every case which reads a
// frame also checks the server's own framing.
import { randomBytes } from 'node:crypto';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

function lengthBytes(length, form) {
  const shortest = length < 126 ? 7 : length < 65536 ? 16 : 64;
  switch (form ?? shortest) {
    case 7:
      return { code: Number(length), extended: Buffer.alloc(0) };
    case 16: {
      const extended = Buffer.alloc(2);
      extended.writeUInt16BE(Number(length));
      return { code: 126, extended };
    }
    case 64: {
      const extended = Buffer.alloc(8);
      extended.writeBigUInt64BE(BigInt(length));
      return { code: 127, extended };
    }
    default:
      throw new Error(`no length form ${form}`);
  }
}

/// A client frame. `mask`: four bytes, or null for none (a fault); `form`: 7, 16 or 64 forces a length form; `length`
/// declares a length that differs from the payload's, for frames whose end is never sent.
export function frame({
  fin = true,
  rsv = 0,
  opcode = opcodes.text,
  mask = randomBytes(4),
  form,
  length,
  payload = '',
} = {}) {
  const body = Buffer.from(payload);
  const { code, extended } = lengthBytes(length ?? body.length, form);
  const head = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode, (mask ? 0x80 : 0) | code]);
  if (mask) for (let i = 0; i < body.length; i++) body[i] ^= mask[i & 3];
  return Buffer.concat([head, extended, mask ?? Buffer.alloc(0), body]);
}

/// The frames of one message, cut where the parts are cut.
export function fragments(parts, { opcode = opcodes.text } = {}) {
  return parts.map((payload, i) =>
    frame({ opcode: i === 0 ? opcode : opcodes.continuation, fin: i === parts.length - 1, payload }),
  );
}

export function closeBody(code, reason = '') {
  const body = Buffer.alloc(2);
  body.writeUInt16BE(code);
  return Buffer.concat([body, Buffer.from(reason)]);
}

export function closeFrame(code, reason) {
  return frame({ opcode: opcodes.close, payload: code === undefined ? '' : closeBody(code, reason) });
}

function refuse(why) {
  throw new Error(`the server broke RFC 6455: ${why}`);
}

function checkControlFrame({ fin, opcode, payload }) {
  if (!fin) refuse('a fragmented control frame');
  if (payload.length > 125) refuse(`a control frame of ${payload.length} bytes`);
  if (opcode !== opcodes.close || payload.length === 0) return;
  if (payload.length === 1) refuse('a close frame with a body of one byte');
  const code = payload.readUInt16BE(0);
  if (code < 1000 || code >= 5000 || [1004, 1005, 1006, 1015].includes(code))
    refuse(`a close frame that carries ${code}`);
  new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(2));
}

/// The first frame in `bytes` as `{fin, opcode, payload, size}`, undefined while it is incomplete.
export function parseServerFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const fin = (bytes[0] & 0x80) !== 0;
  const opcode = bytes[0] & 0x0f;
  if (bytes[0] & 0x70) refuse('a reserved bit is set');
  if (bytes[1] & 0x80) refuse('a masked frame');
  if (!Object.values(opcodes).includes(opcode)) refuse(`opcode ${opcode}`);
  let length = bytes[1] & 0x7f;
  let head = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    head = 4;
    if (length < 126) refuse('a length that is not minimal');
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    head = 10;
    if (length < 65536) refuse('a length that is not minimal');
  }
  if (bytes.length < head + length) return undefined;
  const parsed = { fin, opcode, payload: Buffer.from(bytes.subarray(head, head + length)), size: head + length };
  if (opcode >= 8) checkControlFrame(parsed);
  if (opcode === opcodes.text) new TextDecoder('utf-8', { fatal: true }).decode(parsed.payload);
  return parsed;
}
