// Who is behind an id: asked of the server once and kept. Until it answers, and where it does not know, the id has to do.

import type { PeopleApi } from '../api/people';
import { stranger } from '../api/user';
import type { User } from '../api/user';
import { Store } from '../store';

const PEOPLE_MAX = 500;      // Nobody talks with more in one sitting; a page that is open for months must not grow.
const FRESH_MS = 10 * 60_000; // Names change rarely, and then somebody wonders.

interface Entry {
  readonly user: User;
  readonly askedAt: number;
}

export class Directory {
  readonly people = new Store<ReadonlyMap<string, Entry>>(new Map());
  readonly #api: PeopleApi;
  #isThere = true;

  constructor(api: PeopleApi) {
    this.#api = api;
  }

  get(id: string): User {
    return this.people.get().get(id)?.user ?? stranger(id);
  }

  /** Somebody whom the server has just told us of. */
  know(user: User): void {
    const people = new Map(this.people.get());
    people.delete(user.id);
    people.set(user.id, { user, askedAt: performance.now() });
    for (const oldest of people.keys()) {
      if (people.size <= PEOPLE_MAX) break;
      people.delete(oldest);
    }
    this.people.set(people);
  }

  async look(id: string): Promise<void> {
    const entry = this.people.get().get(id);
    if (!this.#isThere) return;
    if (entry && performance.now() - entry.askedAt < FRESH_MS) return;
    this.know(entry?.user ?? stranger(id)); // So that nobody else asks meanwhile.
    const answer = await this.#api.byId(id);
    if (answer.ok) this.know(answer.value);
  }

  /** This server has no route that tells of people. */
  closes(): void {
    this.#isThere = false;
  }

  /** Somebody else has logged in: what one may know of people is theirs to ask. */
  forget(): void {
    this.#isThere = true;
    this.people.set(new Map());
  }
}
