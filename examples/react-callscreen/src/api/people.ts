// The routes about people. Each needs a token; `Ask` brings one and renews it where it can (session/session.ts).

import { readUser, readUsers } from './user';
import type { User } from './user';
import type { Request, Result } from './http';

export type Ask = <T>(path: string, what: Request, read: (json: unknown) => T | null) => Promise<Result<T>>;

export class PeopleApi {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  me(): Promise<Result<User>> {
    return this.#ask('api/me', {}, readUser);
  }

  changeMe(changes: { name?: string; avatar?: string }): Promise<Result<User>> {
    return this.#ask('api/me', { method: 'PATCH', body: changes }, readUser);
  }

  find(text: string, signal: AbortSignal): Promise<Result<readonly User[]>> {
    return this.#ask(`api/users?${new URLSearchParams({ q: text })}`, { signal }, readUsers);
  }

  byId(id: string): Promise<Result<User>> {
    return this.#ask(`api/users/${encodeURIComponent(id)}`, {}, readUser);
  }
}

