// Tokens for tests. `mint` is for claims; `mintRaw` signs exact texts, because a JSON library would lose 42.0 or
// 738529527931269425, and the refusals that matter are about such texts.
import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto';

/** 48 bytes: long enough for HS384 by RFC 7518 section 3.2, so that no server warns about it. */
export const TEST_SECRET = 'conformance-secret-0123456789-abcdefghij-ABCDEFG';

const HOUR_S = 3600;
const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

export const nowSeconds = () => Math.floor(Date.now() / 1000);
export const base64url = (data) => Buffer.from(data).toString('base64url');

/**
 * A token with these claims; `exp` is an hour ahead unless the claims name it (undefined = a token without exp).
 * Options: alg (HS256), key (TEST_SECRET), header (further fields; undefined takes one away).
 */
export function mint(claims, { alg = 'HS256', key = TEST_SECRET, header = {} } = {}) {
  const head = JSON.stringify({ alg, typ: 'JWT', ...header });
  return mintRaw(head, JSON.stringify({ exp: nowSeconds() + HOUR_S, ...claims }), key, alg);
}

/** Signs exactly these texts with `alg`, whatever the header says. `alg` none leaves the signature empty. */
export function mintRaw(headerText, payloadText, key = TEST_SECRET, alg = 'HS256') {
  const input = `${base64url(headerText)}.${base64url(payloadText)}`;
  return `${input}.${signature(input, key, alg)}`;
}

/** The base64url signature of RFC 7518 section 3 over `input`. RS, PS and ES take a private KeyObject. */
export function signature(input, key, alg) {
  if (alg === 'none') return '';
  const hash = `sha${alg.slice(2)}`;
  const data = Buffer.from(input);
  switch (alg.slice(0, 2)) {
    case 'HS':
      return createHmac(hash, key).update(data).digest('base64url');
    case 'RS':
      return sign(hash, data, key).toString('base64url');
    case 'PS':
      return sign(hash, data, {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      }).toString('base64url');
    case 'ES':
      return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    default:
      throw new Error(`no such algorithm: ${alg}`);
  }
}

/** A key pair {privateKey, publicKey} fit for `alg`; `modulusLength` makes the weak RSA keys of refusal tests. */
export function keyPair(alg, { modulusLength = 2048 } = {}) {
  if (alg in CURVES) return generateKeyPairSync('ec', { namedCurve: CURVES[alg] });
  return generateKeyPairSync('rsa', { modulusLength });
}

/** The public key as a JWK, with further members such as kid, alg and use. */
export function publicJwk({ publicKey }, members = {}) {
  return { ...publicKey.export({ format: 'jwk' }), ...members };
}
