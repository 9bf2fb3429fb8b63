// The same server behind its own TLS: what is no handshake, handshakes that must be refused, and sessions that go through
// it in small records. The certificate is made when the suite starts and trusted by nobody.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { closeFrame, frame, opcodes } from '../../lib/frames.js';
import { requestHead, upgradeHead } from '../../lib/http_head.js';
import { iceText, inPieces } from '../websocket/proofs.js';

const kServer = 'tls';

function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'zvonok-tls-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', [...request, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { ZVONOK_TLS_CERT: cert, ZVONOK_TLS_KEY: key };
}

export const tlsServers = () => ({
  [kServer]: {
    env: { ...makeCertificate(), ZVONOK_LIMITS_REQUEST_HEAD_S: 2 },
    bystander: { options: { rejectUnauthorized: false } },
  },
});

const over = (name, work) => ({ name, server: kServer, run: work });
const secure = { socket: { tls: {} } };

/// A handshake that comes to nothing: the server ends it and goes on.
const refused = (name, options) =>
  over(`refuses ${name}`, async (t) => {
    await assert.rejects(t.raw({ tls: options }), /no connection/);
  });

/// Bytes in place of a ClientHello: the connection ends, within limits.request_head_s at the latest.
const ended = (name, bytes) =>
  over(`ends a connection to the TLS port that sends ${name}`, async (t) => {
    const raw = await t.raw();
    raw.pour(bytes);
    await raw.readEnd();
    assert.doesNotMatch(raw.bytes.toString('latin1'), /HTTP\/1\.1 (101|200)/);
  });

/// A ClientHello whose pieces are records of a byte each: OpenSSL alone would read on and on, and nobody else be served.
const kHandshake = 0x16;
const inRecordsOfAByte = (length) => {
  const hello = Buffer.alloc(length);
  hello.writeUIntBE(0x01_01ff00, 0, 4); // ClientHello of 130,816 bytes
  return Buffer.concat(Array.from(hello, (byte) => Buffer.from([kHandshake, 3, 1, 0, 1, byte])));
};

const handshakes = [
  ...['TLSv1.2', 'TLSv1.3'].map((version) =>
    over(`serves a client of ${version}`, async (t) => {
      const raw = await t.raw({ tls: { minVersion: version, maxVersion: version } });
      await raw.write(requestHead({ target: '/healthz' }));
      assert.equal((await raw.readResponse()).status, 200);
    }),
  ),
  over('ends a ClientHello in records of a byte at once, and does not wait for its end', async (t) => {
    const raw = await t.raw();
    const begun = Date.now();
    raw.pour(inRecordsOfAByte(2_000));
    await raw.readEnd();
    assert.ok(Date.now() - begun < 1_500, 'limits.request_head_s is two seconds');
  }),
  refused('a client of TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  refused('a client that offers only HTTP/2', { ALPNProtocols: ['h2'] }),
  refused('a client that offers only a cipher without encryption', {
    ciphers: 'eNULL@SECLEVEL=0',
    maxVersion: 'TLSv1.2',
  }),
  ...[['h2', 'http/1.1'], ['http/1.1']].map((offered) =>
    over(`chooses http/1.1 where ${offered.join(' and ')} are offered`, async (t) => {
      const raw = await t.raw({ tls: { ALPNProtocols: offered } });
      assert.equal(raw.alpn, 'http/1.1');
    }),
  ),
  ended('an HTTP request', requestHead({ target: '/healthz' })),
  ended('an upgrade request', upgradeHead({ target: '/ws?token=x' })),
  ended('zero bytes', Buffer.alloc(5000)),
  ended('the byte FF', Buffer.alloc(5000, 0xff)),
  ended('half a ClientHello', Buffer.from('1603010200010001fc0303', 'hex')),
  ended('a record that is too long', Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(65_535)])),
  ended('an alert', Buffer.from('15030100020228', 'hex')),
  ended('nothing', Buffer.alloc(0)),
];

const sessions = [
  over('carries a call over TLS', async (t) => {
    const { a, b } = await t.call('caller', 'callee', secure);
    await t.reaches(a, b);
    await t.reaches(b, a);
  }),
  over('carries a session over TLS that comes byte by byte', async (t) => {
    const { a, b } = await t.call('caller', 'callee', secure);
    const session = [
      frame({ payload: iceText('tiny') }),
      frame({ opcode: opcodes.ping, payload: 'p' }),
      closeFrame(4000),
    ];
    a.closeWasSent();
    await a.raw.pieces(inPieces(Buffer.concat(session), 1));
    assert.equal((await b.nextMessage('call:ice')).payload.candidate, 'tiny');
    assert.equal((await a.nextFrame()).payload.toString(), 'p');
    await a.expectClose(4000);
    await b.nextMessage('call:hangup');
  }),
  over('carries a message of 200 KB over TLS', async (t) => {
    const { a, b } = await t.call('caller', 'callee', secure);
    const candidate = 'x'.repeat(200_000);
    await b.text(iceText(candidate));
    assert.equal((await a.nextMessage('call:ice')).payload.candidate, candidate);
  }),
  over('shows 4001 over TLS', async (t) => {
    await (await t.ws({ token: 'bad' }, secure)).expectClose(4001);
  }),
  over('shows 1009 over TLS to a client that sends on', async (t) => {
    const a = await t.ws('a', secure);
    a.raw.pour(frame({ payload: 'x'.repeat(500_000) }));
    await a.expectClose(1009);
  }),
  ...[
    ['without close_notify', (raw) => raw.reset()],
    ['with close_notify', (raw) => raw.fin()],
  ].map(([name, leave]) =>
    over(`ends the call of a client that leaves TLS ${name}`, async (t) => {
      const { a, b } = await t.call('caller', 'callee', secure);
      leave(a.raw);
      await b.nextMessage('call:hangup');
    }),
  ),
  over('sheds fifty TLS handshakes that stop in the middle and serves others meanwhile', async (t) => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => t.raw()));
    await Promise.all(slow.map((raw) => raw.write(Buffer.from('1603010200010001fc0303', 'hex'))));
    const { a, b } = await t.call('caller', 'callee', secure);
    await t.reaches(a, b);
    await Promise.all(slow.map((raw) => raw.readEnd()));
  }),
];

export const tlsCases = [...handshakes, ...sessions];
