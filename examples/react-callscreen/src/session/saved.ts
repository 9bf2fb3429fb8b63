// Where the session is kept: an account's in localStorage, so that all tabs share it; a pasted token in sessionStorage,
// so that two tabs can be two people.

import { isRecord } from '../api/http';
import { readUser } from '../api/user';
import type { Account } from './session';

const SESSION_KEY = 'zvonok.session';
const TOKEN_KEY = 'zvonok.token';
const DEVICE_KEY = 'zvonok.device';

export const isSessionKey = (key: string | null) => key === SESSION_KEY || key === null; // null: all was cleared.

export function savedAccount(): Account | null {
  try {
    const json: unknown = JSON.parse(localStorage.getItem(SESSION_KEY) ?? 'null');
    if (!isRecord(json)) return null;
    const { token, refreshToken, renewAt } = json;
    const user = readUser(json['user']);
    if (!user || typeof token !== 'string' || typeof refreshToken !== 'string' || typeof renewAt !== 'number') return null;
    return { kind: 'account', token, refreshToken, renewAt, user };
  } catch {
    return null;
  }
}

export function saveAccount({ token, refreshToken, renewAt, user }: Account): void {
  localStorage.setItem(SESSION_KEY, JSON.stringify({ token, refreshToken, renewAt, user }));
}

export const forgetAccount = (): void => localStorage.removeItem(SESSION_KEY);

export const savedToken = (): string | null => sessionStorage.getItem(TOKEN_KEY);
export const saveToken = (token: string): void => sessionStorage.setItem(TOKEN_KEY, token);
export const forgetToken = (): void => sessionStorage.removeItem(TOKEN_KEY);

/** Names this browser to the server, which answers two tabs of it alike when they renew a token at once. */
export function deviceId(): string {
  const saved = localStorage.getItem(DEVICE_KEY);
  if (saved) return saved;
  const made = crypto.randomUUID();
  localStorage.setItem(DEVICE_KEY, made);
  return made;
}
