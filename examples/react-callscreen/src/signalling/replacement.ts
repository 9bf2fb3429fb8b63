// Puts a new socket in the place of one that works, without a moment in which nobody can call: the new one is opened
// first, the old one closed after that, and never during a call, which would end with its socket.
// Surprising: while both are open the server rings on both, and either may hear of it first. What the new one hears is
// kept until it is clear which of the two goes on.

import { delayMs } from './backoff';
import { Line } from './line';
import type { LineEars } from './line';
import type { Message } from './wire';

const SETTLE_MS = 250; // As in signalling.ts: a refusal comes right behind the open.

interface Given {
  readonly url: () => URL | null;
  readonly isBusy: () => boolean;
  /** From here on the new line is the one that counts; these messages have come on it already. */
  readonly take: (line: Line, messages: readonly Message[]) => void;
  readonly onMessage: LineEars['onMessage'];
  readonly onClose: LineEars['onClose'];
}

export class Replacement {
  readonly #given: Given;
  #line: Line | null = null;
  #due = false; // Wanted, but a call is in the way.
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;

  constructor(given: Given) {
    this.#given = given;
  }

  begin(afterMs: number): void {
    this.cancel();
    this.#timer = setTimeout(() => this.#open(), afterMs);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#due = false;
    this.#line?.drop();
    this.#line = null;
  }

  callIsOver(): void {
    if (this.#due) this.begin(0);
  }

  #open(): void {
    const url = this.#given.url();
    if (!url) return;
    if (this.#given.isBusy()) return this.#wait();
    const kept: Message[] = [];
    let taken = false;
    const line = new Line(url, {
      onOpen: () => {
        this.#timer = setTimeout(() => {
          if (this.#given.isBusy()) return this.#wait();
          taken = true;
          this.#line = null;
          this.#attempts = 0;
          this.#given.take(line, kept);
        }, SETTLE_MS);
      },
      onMessage: (message) => {
        if (taken) this.#given.onMessage(message);
        else kept.push(message);
      },
      onClose: (...how) => {
        if (taken) this.#given.onClose(...how);
        else this.begin(delayMs(this.#attempts++)); // The old one works still.
      },
    });
    this.#line = line;
  }

  #wait(): void {
    this.cancel();
    this.#due = true;
  }
}
