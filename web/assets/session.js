// Who is logged in. The token lives in sessionStorage, so that two tabs can be two people and a reload stays logged in.

const kTokenKey = 'zvonok.token';

export function savedToken() {
  return sessionStorage.getItem(kTokenKey);
}

export function saveToken(token) {
  sessionStorage.setItem(kTokenKey, token);
}

export function forgetToken() {
  sessionStorage.removeItem(kTokenKey);
}

/** People paste what they find: the token in JSON quotes, or with the word Bearer before it. */
export function cleanToken(text) {
  return text.trim().replace(/^bearer\s+/i, '').replace(/^"(.*)"$/s, '$1').trim();
}

/** The user that a token names, as text, or null if this is no token. Only the server can tell whether it is valid. */
export function userIdOf(token) {
  try {
    const part = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0));
    const { userId } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof userId === 'string' || typeof userId === 'number' ? String(userId) : null;
  } catch {
    return null;
  }
}

/**
 * Asks a server in dev mode for a token. With an empty name, which it refuses as such, it only tells whether picking a
 * name is possible here.
 * @returns {Promise<{token: string} | {problem: 'not_offered' | 'not_here' | 'bad_name' | 'unreachable'}>}
 */
export async function devLogin(name) {
  const key = new URLSearchParams(location.hash.slice(1)).get('key') ?? undefined;
  try {
    const response = await fetch('api/dev/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name, key }),
    });
    if (response.ok) return { token: (await response.json()).token };
    if (response.status === 403) return { problem: 'not_here' };
    if (response.status === 404 || response.status === 405) return { problem: 'not_offered' };
    return { problem: response.status < 500 ? 'bad_name' : 'unreachable' };
  } catch {
    return { problem: 'unreachable' };
  }
}
