// What can be read from a token without its secret. Only the server can tell whether it is valid.

import { isRecord } from '../api/http';

/** People paste what they find: the token in JSON quotes, or with the word Bearer before it. */
export function cleanToken(text: string): string {
  return text.trim().replace(/^bearer\s+/i, '').replace(/^"(.*)"$/s, '$1').trim();
}

/** The user that a token names, as text, or null if this is no token. */
export function userIdOf(token: string): string | null {
  const userId = claimsOf(token)?.['userId'];
  return typeof userId === 'string' || typeof userId === 'number' ? String(userId) : null;
}

/** How long the token lives from its making, or null where it does not say. Free of anybody's clock but the issuer's. */
export function lifeMsOf(token: string): number | null {
  const claims = claimsOf(token);
  const [iat, exp] = [claims?.['iat'], claims?.['exp']];
  return typeof iat === 'number' && typeof exp === 'number' && exp > iat ? (exp - iat) * 1_000 : null;
}

function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(claims) ? claims : null;
  } catch {
    return null;
  }
}
