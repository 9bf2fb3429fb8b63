// The connection to the server, kept for as long as somebody is logged in.
// Surprising: a refused token shows as a socket that opens and is closed with 4001 at once (a browser cannot read an
// HTTP status here), so "open" alone proves nothing and must never reset the growing delay between attempts.

import { Store } from '../store';
import { delayMs } from './backoff';
import { Line } from './line';
import { Replacement } from './replacement';
import type { Message, Send } from './wire';

export const SETTLE_MS = 250; // A refusal arrives right behind the open; longer would only delay the word "online".
const WELL_MS = 10_000;       // A session that lived this long was well: the next loss starts with a short delay again.

const UNAUTHORIZED = 4001;
const TOO_MANY = 4029;
// Closes after which trying again by ourselves would only do harm: the same device took over, the session was ended.
const FINAL = new Map<number, 'replaced' | 'ended'>([[4009, 'replaced'], [4010, 'ended']]);

export type Status =
  | { readonly kind: 'off' | 'connecting' | 'online' }
  | { readonly kind: 'waiting'; readonly why: 'lost' | 'unreachable' | 'noPath' | 'tooMany' }
  | { readonly kind: 'refused'; readonly why: 'unauthorized' | 'replaced' | 'ended' };

/** What to do about a refused token: try again after so long, keep trying as after any loss, or give up. */
export type Verdict = { readonly againMs: number } | 'lost' | 'giveUp';

interface Given {
  /** The address with the present token in it, or null if nobody is logged in. */
  readonly url: () => URL | null;
  /** `refusals`: how many there were before this one since a session was last well. */
  readonly afterRefusal: (refusals: number) => Promise<Verdict>;
  /** Is there a call that a change of the socket would end? */
  readonly isBusy: () => boolean;
  /** Does plain HTTP reach the server? */
  readonly answersHttp: () => Promise<boolean>;
  readonly onMessage: (message: Message) => void;
  readonly onLost: () => void;
}

export class Signalling {
  readonly status = new Store<Status>({ kind: 'off' });
  readonly #given: Given;
  readonly #replacement: Replacement;
  #line: Line | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #refusals = 0;

  constructor(given: Given) {
    this.#given = given;
    this.#replacement = new Replacement({
      url: given.url,
      isBusy: given.isBusy,
      take: (line, messages) => {
        this.#line?.drop();
        this.#line = line;
        messages.forEach(given.onMessage);
      },
      onMessage: given.onMessage,
      onClose: (...how) => this.#closed(...how),
    });
  }

  start(): void {
    this.#attempts = 0;
    this.#refusals = 0;
    this.#open();
  }

  /** Closes the socket; start() or resume() opens a new one. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#replacement.cancel();
    this.#line?.drop();
    this.#line = null;
    this.status.set({ kind: 'off' });
  }

  /** A page that was frozen comes back. */
  resume(): void {
    if (this.status.get().kind === 'off') this.#open();
  }

  /** The token is another one: a new socket is opened, and the old one closed after that. */
  renewed(): void {
    const { kind } = this.status.get();
    if (kind === 'online') this.#replacement.begin(0);
    else if (kind === 'connecting') this.#open(); // The present attempt carries the old token. One that waits will not.
  }

  /**
   * The network came back: worth a try soon, whatever the delay has grown to. An open socket is replaced too, since it
   * may have died unnoticed: a browser does not find out before it sends.
   */
  networkIsBack(): void {
    const { kind } = this.status.get();
    if (kind === 'online') this.#replacement.begin(delayMs(0));
    else if (kind === 'waiting') this.#openAfter(delayMs(0));
  }

  /** The call is over: what had to wait for that is done now. */
  callIsOver(): void {
    this.#replacement.callIsOver();
  }

  readonly send: Send = (event, payload) => {
    return this.#line?.send(JSON.stringify(payload === undefined ? { event } : { event, payload })) ?? false;
  };

  #open(): void {
    clearTimeout(this.#timer);
    this.#replacement.cancel();
    this.#line?.drop();
    this.#line = null;
    const url = this.#given.url();
    if (!url) return this.status.set({ kind: 'off' });
    if (this.status.get().kind !== 'waiting') this.status.set({ kind: 'connecting' });
    this.#line = new Line(url, {
      onOpen: () => { this.#timer = setTimeout(() => this.status.set({ kind: 'online' }), SETTLE_MS); },
      onMessage: this.#given.onMessage,
      onClose: (...how) => this.#closed(...how),
    });
  }

  #closed(code: number, { wasOpen, openMs }: { wasOpen: boolean; openMs: number }): void {
    clearTimeout(this.#timer);
    this.#replacement.cancel();
    this.#line = null;
    // One page too many that comes back puts out another, which comes back: pages that take turns do so ever more slowly.
    if (openMs >= WELL_MS && code !== TOO_MANY) this.#attempts = this.#refusals = 0;
    this.#given.onLost();
    const final = FINAL.get(code);
    if (final) return this.status.set({ kind: 'refused', why: final });
    if (code === UNAUTHORIZED) return void this.#refused();
    this.#lost(wasOpen, code === TOO_MANY ? 'tooMany' : 'lost');
  }

  #lost(wasOpen: boolean, why: 'lost' | 'tooMany' = 'lost'): void {
    this.status.set({ kind: 'waiting', why });
    if (!wasOpen) void this.#findOutWhy();
    this.#openAfter(delayMs(this.#attempts++));
  }

  async #refused(): Promise<void> {
    const waits: Status = { kind: 'connecting' };
    this.status.set(waits);
    const verdict = await this.#given.afterRefusal(this.#refusals++);
    if (this.status.get() !== waits) return; // Stopped or started anew meanwhile.
    if (verdict === 'giveUp') return this.status.set({ kind: 'refused', why: 'unauthorized' });
    if (verdict !== 'lost') return this.#openAfter(verdict.againMs);
    --this.#refusals; // Nobody could tell, so it does not count.
    this.#lost(false);
  }

  #openAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), ms);
  }

  // A socket that cannot be opened says nothing about the cause. If plain HTTP reaches the server, what fails is the
  // WebSocket path: a proxy that knows the page but not /ws.
  async #findOutWhy(): Promise<void> {
    const answers = await this.#given.answersHttp();
    if (this.status.get().kind === 'waiting') this.status.set({ kind: 'waiting', why: answers ? 'noPath' : 'unreachable' });
  }
}
