// The routes of logging in. None of them needs a token but the last.

import type { Address } from '../session/address';
import { isRecord, request } from './http';
import type { Result } from './http';
import { readUser } from './user';
import type { User } from './user';

export interface CodeSent {
  readonly retryAfterS: number;
  /** Only from a server in development mode, to pages on its own machine. */
  readonly devCode: string | null;
}

export interface TokenPair {
  readonly token: string;
  readonly expiresAt: number;
  readonly refreshToken: string;
}

export interface LoggedIn extends TokenPair {
  readonly user: User;
}

const AGAIN_S = 30; // For a server that does not say when a code may be asked for again.

export function askForCode(address: Address, invite: string | null, key: string | null): Promise<Result<CodeSent>> {
  return request('api/auth/code', { method: 'POST', body: { ...address, ...given({ invite, key }) } }, readCodeSent);
}

/** Whether this server has accounts of its own. An empty question is refused as such, and sends nothing to anybody. */
export async function offersCodes(): Promise<boolean | 'unreachable'> {
  const answer = await request('api/auth/code', { method: 'POST', body: {} }, readCodeSent);
  if (answer.ok) return true;
  return answer.reason === 'unreachable' ? 'unreachable' : answer.reason !== 'not_found';
}

export function verifyCode(address: Address, code: string, invite: string | null, device: string): Promise<Result<LoggedIn>> {
  const body = { ...address, code, device, ...given({ invite }) };
  return request('api/auth/verify', { method: 'POST', body }, (json) => {
    const [pair, user] = [readPair(json), isRecord(json) ? readUser(json['user']) : null];
    return pair && user ? { ...pair, user } : null;
  });
}

/** Changes nothing: link scanners of mail servers come here too. */
export function checkInvite(invite: string): Promise<Result<true>> {
  return request('api/auth/invite', { method: 'POST', body: { invite } }, () => true);
}

export function refreshPair(refreshToken: string, device: string): Promise<Result<TokenPair>> {
  return request('api/auth/refresh', { method: 'POST', body: { refreshToken, device } }, readPair);
}

export function logOut(token: string): Promise<Result<true>> {
  return request('api/auth/logout', { method: 'POST', token, keepalive: true }, () => true);
}

function readCodeSent(json: unknown): CodeSent | null {
  if (!isRecord(json)) return null;
  const { retryAfterS, devCode } = json;
  return { retryAfterS: typeof retryAfterS === 'number' ? retryAfterS : AGAIN_S, devCode: typeof devCode === 'string' ? devCode : null };
}

function readPair(json: unknown): TokenPair | null {
  if (!isRecord(json)) return null;
  const { token, expiresAt, refreshToken } = json;
  if (typeof token !== 'string' || typeof refreshToken !== 'string' || typeof expiresAt !== 'number') return null;
  return { token, expiresAt, refreshToken };
}

function given(fields: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== null));
}
