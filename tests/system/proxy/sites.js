// What is in deploy/ and docs/deploy.md as a test needs it: the same text, with only ports, paths and names replaced. A
// replacement that finds nothing to replace is an error, or the test would quietly run something else.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export const deployFile = (name) => readFileSync(join(kRoot, 'deploy', name), 'utf8');

export function replace(text, pairs) {
  for (const [from, to] of pairs) {
    if (!text.includes(from)) throw new Error(`there is no ${JSON.stringify(from)} to replace`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/// A site of deploy/nginx/ as a function of where it is put. `upstreams`: the port in the file → the one in the test.
export function nginxSite(name, { upstreams, change = [] }) {
  return ({ folder, port, plainPort }) => {
    const text = replace(deployFile(`nginx/${name}`), [
      ['listen 80;', `listen 127.0.0.1:${plainPort};`],
      ['listen [::]:80;', `listen 127.0.0.2:${plainPort};`],
      ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
      ['listen [::]:443 ssl;', `listen 127.0.0.2:${port} ssl;`],
      ['/var/log/nginx/', `${folder}/`],
      ...Object.entries(upstreams).map(([from, to]) => [`http://127.0.0.1:${from};`, `http://127.0.0.1:${to};`]),
      ...change,
    ]);
    return text.replaceAll(/\/etc\/letsencrypt\/live\/[^/]+\//g, `${folder}/`);
  };
}

/// `locations` in a plain server, as somebody has it who adds them to a site of their own.
export function plainSite(locations) {
  return ({ port }) => `server {\n  listen 127.0.0.1:${port};\n${locations}\n}\n`;
}

/// The n-th nginx block of docs/deploy.md below `heading`.
export function documented(heading, n = 0) {
  const page = readFileSync(join(kRoot, 'docs', 'deploy.md'), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  const blocks = [...(section ?? '').matchAll(/^```nginx\n(.*?)^```$/gms)].map(([, block]) => block);
  if (blocks[n] === undefined) throw new Error(`docs/deploy.md has no nginx block ${n} below "${heading}"`);
  return blocks[n];
}

/// A certificate for 127.0.0.1 in `folder`, under the names that certbot gives; resolves with its text.
export function makeCertificate(folder) {
  const [key, certificate] = [join(folder, 'privkey.pem'), join(folder, 'fullchain.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  return readFileSync(certificate, 'utf8');
}
