// A server that a test makes up: each route is a function of what was sent.

import { vi } from 'vitest';

export interface Asked {
  readonly route: string;
  readonly body: unknown;
  readonly token: string | null;
}

type Answer = { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> } | 'unreachable';
type Routes = Record<string, (asked: Asked) => Answer | Promise<Answer>>;

/** @returns what the page has asked so far. A route that is not there answers 404, as any server would. */
export function fakeServer(routes: Routes): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit = {}) => {
    const what: Asked = {
      route: `${init.method ?? 'GET'} ${url.pathname}${url.search}`,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      token: new Headers(init.headers).get('Authorization')?.replace('Bearer ', '') ?? null,
    };
    asked.push(what);
    const answer = (await routes[what.route]?.(what)) ?? { status: 404, body: { code: 'not_found' } };
    if (answer === 'unreachable') throw new TypeError('made by the test');
    if (init.signal?.aborted) throw new DOMException('made by the test', 'AbortError');
    const { status = 200, body, headers = {} } = answer;
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
  });
  return asked;
}

/** A token that nobody could verify, with these claims. */
export function madeUpToken(claims: Record<string, unknown>): string {
  const part = (value: unknown) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value)))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${part({ alg: 'HS256' })}.${part(claims)}.x`;
}
