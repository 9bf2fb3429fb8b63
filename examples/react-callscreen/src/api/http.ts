// One REST request. What can go wrong is a value: a stable `code` of the server (RFC 9457 problem details), or one of
// our own where no such answer came.

import { apiUrl } from '../settings';

const ANSWER_MAX_MS = 15_000; // A page that waits longer looks dead; the server answers in milliseconds.

export interface Problem {
  readonly ok: false;
  /** The server's `code`; `unreachable` without any answer; `not_found` and the like where it has no body of ours. */
  readonly reason: string;
  readonly status: number;
  readonly retryAfterS: number | null;
}

export type Result<T> = { readonly ok: true; readonly value: T } | Problem;

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly body?: unknown;
  readonly token?: string | null;
  readonly signal?: AbortSignal;
  /** The answer may come after the page is gone. */
  readonly keepalive?: boolean;
  readonly waitMs?: number;
}

/** `read` makes the answer's body a value; null: it is none. */
export async function request<T>(path: string, what: Request, read: (json: unknown) => T | null): Promise<Result<T>> {
  const { method = 'GET', body, token, signal, keepalive = false, waitMs = ANSWER_MAX_MS } = what;
  const headers = new Headers({ Accept: 'application/json' });
  if (token) headers.set('Authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  // Codes by SMS and e-mail come in the language of the page.
  if (document.documentElement.lang) headers.set('Accept-Language', document.documentElement.lang);
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), waitMs);
  signal?.addEventListener('abort', () => aborter.abort());
  try {
    const response = await fetch(apiUrl(path), {
      method, headers, keepalive, signal: aborter.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json: unknown = await response.json().catch(() => null);
    if (!response.ok) return problem(response, json);
    const value = read(json);
    // A page where JSON was asked for: something else than this server stands there.
    return value === null ? { ok: false, reason: 'not_found', status: response.status, retryAfterS: null } : { ok: true, value };
  } catch {
    return { ok: false, reason: 'unreachable', status: 0, retryAfterS: null };
  } finally {
    clearTimeout(timer);
  }
}

function problem(response: Response, json: unknown): Problem {
  const code = isRecord(json) && typeof json['code'] === 'string' ? json['code'] : reasonOf(response.status);
  const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return { ok: false, reason: code, status: response.status, retryAfterS: Number.isNaN(seconds) ? null : seconds };
}

function reasonOf(status: number): string {
  if (status === 401) return 'unauthorized';
  if (status === 404 || status === 405) return 'not_found';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'unavailable' : 'refused';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
