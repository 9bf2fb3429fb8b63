// Certificates for tests, made by openssl when they are needed and trusted by nobody who is not told to.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';

const kPatienceMs = 20_000;
const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const kSubject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];

/// A pair in a new folder of the case: {cert, key (paths), certText, keyText, print}.
export function makePair(t) {
  const [cert, key] = [t.file('cert.pem', ''), t.file('key.pem', '')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl('req', ...kind, ...kSubject, '-keyout', key, '-out', cert);
  return described(cert, key);
}

/// One that ended years ago. `openssl req` cannot look back, but the CA command can sign for any time.
export function makeExpiredPair(t) {
  const folder = t.folder();
  const [cert, key, request] = ['cert.pem', 'key.pem', 'request.pem'].map((name) => join(folder, name));
  openssl(
    'req',
    '-new',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    key,
    '-out',
    request,
  );
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(
    join(folder, 'ca.cnf'),
    `[ca]
default_ca = own
[own]
database = ${folder}/index.txt
new_certs_dir = ${folder}
default_md = sha256
rand_serial = yes
policy = any
[any]
commonName = supplied
`,
  );
  const times = ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z'];
  openssl(
    'ca',
    '-batch',
    '-notext',
    '-selfsign',
    '-config',
    join(folder, 'ca.cnf'),
    '-keyfile',
    key,
    '-in',
    request,
    '-out',
    cert,
    ...times,
  );
  return described(cert, key);
}

/// The same key behind a pass phrase.
export const encrypted = (key) => openssl('ec', '-in', key, '-aes256', '-passout', 'pass:secret').toString();

function described(cert, key) {
  const [certText, keyText] = [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')];
  return { cert, key, certText, keyText, print: new X509Certificate(certText).fingerprint256 };
}

/// A handshake: resolves with the fingerprint of the certificate that is served.
export function servedPrint({ port }, options = {}) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    socket.setTimeout(kPatienceMs, () => socket.destroy(new Error('no handshake')));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.end();
    });
  });
}

/// Handshakes one after the other until `stop`, which fails unless all of them were served one of `prints`.
export function keepKnocking(server, prints) {
  let over = false;
  const work = (async () => {
    let count = 0;
    for (; !over || count === 0; count++) {
      const print = await servedPrint(server);
      if (!prints.includes(print))
        throw new Error(`handshake ${count} was served a certificate that nobody has put there`);
    }
    return count;
  })();
  work.catch(() => {});
  return {
    stop() {
      over = true;
      return work;
    },
  };
}
