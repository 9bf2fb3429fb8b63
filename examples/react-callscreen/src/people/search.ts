// Finding people while one types: asked when the typing pauses, and what comes too late is dropped.

import type { PeopleApi } from '../api/people';
import type { User } from '../api/user';
import { Store } from '../store';

const PAUSE_MS = 300; // Shorter asks for words half typed, and the server answers 30 questions a minute.
const SHORTEST = 3;   // Of a name; phone numbers and addresses are found whole only.

export type SearchState =
  | { readonly kind: 'idle' | 'short' | 'searching' | 'limited' | 'failed' }
  | { readonly kind: 'found'; readonly people: readonly User[] };

export class Search {
  readonly state = new Store<SearchState>({ kind: 'idle' });
  readonly #api: PeopleApi;
  readonly #onFound: (person: User) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | null = null;

  constructor(api: PeopleApi, onFound: (person: User) => void) {
    this.#api = api;
    this.#onFound = onFound;
  }

  typed(text: string): void {
    this.#stop();
    const wanted = text.trim();
    if (wanted === '') return this.state.set({ kind: 'idle' });
    if (wanted.length < SHORTEST) return this.state.set({ kind: 'short' });
    this.#timer = setTimeout(() => void this.#ask(wanted), PAUSE_MS);
  }

  /** Enter: no need to wait for a pause. */
  now(text: string): void {
    this.typed(text);
    if (text.trim().length < SHORTEST) return;
    clearTimeout(this.#timer);
    void this.#ask(text.trim());
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#asked = null;
  }

  async #ask(text: string): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    if (this.state.get().kind !== 'found') this.state.set({ kind: 'searching' });
    const answer = await this.#api.find(text, asked.signal);
    if (this.#asked !== asked) return;
    if (answer.ok) {
      answer.value.forEach(this.#onFound);
      this.state.set({ kind: 'found', people: answer.value });
    } else {
      this.state.set({ kind: answer.status === 429 ? 'limited' : 'failed' });
    }
  }
}
