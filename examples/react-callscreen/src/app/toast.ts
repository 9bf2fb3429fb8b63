import { Store } from '../store';

const SHOWN_MS = 8_000; // Long enough to read two lines.

/** What is said in passing, over the call. Several things said at once stand together. */
export class Toast {
  readonly text = new Store('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.text.set([this.text.get(), text].filter(Boolean).join(' '));
    this.#timer = setTimeout(() => this.clear(), SHOWN_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.text.set('');
  }
}
