// Who is logged in at this page, and the token of that person, which is renewed in time.
//
// An account's session is shared by all tabs through localStorage: a tab that renews the token, or signs out, tells the
// others by the `storage` event. A pasted token belongs to somebody else's users; it is this tab's alone and never renewed.

import { logOut, refreshPair } from '../api/auth';
import type { LoggedIn, TokenPair } from '../api/auth';
import type { Ask } from '../api/people';
import { request } from '../api/http';
import type { User } from '../api/user';
import { Store } from '../store';
import { deviceId, forgetAccount, forgetToken, isSessionKey, saveAccount, savedAccount, savedToken, saveToken } from './saved';
import { lifeMsOf, userIdOf } from './token';

const EARLY_MS = 120_000;  // Before the end of the token: time for a server that is away for a minute.
const AGAIN_MS = 30_000;   // After a renewal that reached nobody.
const NEWS_MAX_MS = 1_000; // After that the other tab has failed, and it is our turn.
const DATE_STEP_MS = 15_000; // Timers stand still while a device sleeps, so the date is looked at now and then.

const LOCK = 'zvonok.refresh';

export interface Account {
  readonly kind: 'account';
  readonly token: string;
  readonly refreshToken: string;
  /** When the token is to be renewed, by this machine's own clock, right or wrong. */
  readonly renewAt: number;
  readonly user: User;
}

export type SessionState =
  | { readonly kind: 'none'; readonly why: 'refused' | 'ended' | null }
  | { readonly kind: 'pasted'; readonly token: string; readonly userId: string }
  | Account;

/** dead: the server will never take this session again. unreachable: nobody can tell now. */
export type Renewed = 'renewed' | 'dead' | 'unreachable';

export class Session {
  readonly store = new Store<SessionState>({ kind: 'none', why: null });
  #renewing: Promise<Renewed> | null = null;
  #notBefore = 0;

  /** Takes up what is saved, and goes on watching for it. */
  start(): void {
    const token = savedToken();
    const userId = token === null ? null : userIdOf(token);
    if (token !== null && userId !== null) this.store.set({ kind: 'pasted', token, userId });
    else this.#sync();
    addEventListener('storage', ({ key }) => { if (isSessionKey(key)) this.#sync(); });
    addEventListener('pageshow', () => this.#sync()); // No events came while the page was frozen.
    addEventListener('visibilitychange', () => this.#renewIfDue());
    setInterval(() => this.#renewIfDue(), DATE_STEP_MS);
    this.#renewIfDue();
  }

  token(): string | null {
    const state = this.store.get();
    return state.kind === 'none' ? null : state.token;
  }

  userId(): string | null {
    const state = this.store.get();
    if (state.kind === 'none') return null;
    return state.kind === 'account' ? state.user.id : state.userId;
  }

  logIn({ user, ...pair }: LoggedIn): void {
    const account = accountOf(pair, user);
    saveAccount(account);
    this.store.set(account);
  }

  /** @returns whether it is a token at all. */
  paste(token: string): boolean {
    const userId = userIdOf(token);
    if (userId === null) return false;
    saveToken(token);
    this.store.set({ kind: 'pasted', token, userId });
    return true;
  }

  /** Oneself has changed. */
  know(user: User): void {
    const state = this.store.get();
    if (state.kind !== 'account' || JSON.stringify(user) === JSON.stringify(state.user)) return;
    const account = { ...state, user };
    saveAccount(account);
    this.store.set(account);
  }

  async signOut(): Promise<void> {
    const state = this.store.get();
    this.#leave(null);
    if (state.kind !== 'account') return;
    const answer = await logOut(state.token);
    if (answer.ok || answer.status !== 401) return;
    // A token that has just run out signs nobody out, and the session would live on for weeks.
    const renewed = await refreshPair(state.refreshToken, deviceId());
    if (renewed.ok) await logOut(renewed.value.token);
  }

  /** The server has said that it is over. Another tab may have logged in anew since. */
  drop(why: 'refused' | 'ended'): void {
    const [state, saved] = [this.store.get(), savedAccount()];
    if (state.kind === 'account' && saved && saved.token !== state.token) this.store.set(saved);
    else if (state.kind !== 'none') this.#leave(why);
  }

  /** A new token for the present account; whoever asks meanwhile gets the same answer. */
  renew(): Promise<Renewed> {
    const old = this.token(); // While we wait for other tabs, theirs may become ours.
    this.#renewing ??= oneTabAtATime(async (waited) => {
      if (waited) await this.#newsFromOthers(old);
      return this.#renewNow(old);
    }).finally(() => { this.#renewing = null; });
    return this.#renewing;
  }

  /** A request with this session's token; one that is refused is tried again with a new token. */
  readonly ask: Ask = async (path, what, read) => {
    const answer = await request(path, { ...what, token: this.token() }, read);
    if (answer.ok || answer.status !== 401 || this.store.get().kind !== 'account') return answer;
    return (await this.renew()) === 'renewed' ? request(path, { ...what, token: this.token() }, read) : answer;
  };

  async #renewNow(old: string | null): Promise<Renewed> {
    const state = this.store.get();
    if (state.kind !== 'account') return 'dead';
    if (state.token !== old || this.#adopted(state)) return 'renewed';
    const answer = await refreshPair(state.refreshToken, deviceId());
    const present = this.store.get();
    if (present.kind !== 'account') return 'dead'; // Signed out meanwhile.
    if (answer.ok) {
      const account = accountOf(answer.value, present.user);
      saveAccount(account);
      this.store.set(account);
      return 'renewed';
    }
    if (answer.status !== 401) return 'unreachable';
    // Where tabs cannot wait for each other, another one may have been faster.
    if (this.#adopted(state)) return 'renewed';
    this.#leave('refused');
    return 'dead';
  }

  // Another tab has just been at it. What it saved may not be here yet: it reaches the other processes of a browser a moment
  // after the lock does.
  async #newsFromOthers(old: string | null): Promise<void> {
    if (this.token() !== old || savedAccount()?.token !== old) return;
    await new Promise<void>((done) => {
      const stop = this.store.subscribe(done);
      setTimeout(() => { stop(); done(); }, NEWS_MAX_MS);
    });
  }

  /** Takes over what another tab has saved since, if it has. */
  #adopted({ token }: Account): boolean {
    const saved = savedAccount();
    if (!saved || saved.token === token) return false;
    this.store.set(saved);
    return true;
  }

  #sync(): void {
    const [state, saved] = [this.store.get(), savedAccount()];
    if (state.kind === 'pasted') return;
    if (saved && JSON.stringify(saved) !== JSON.stringify(state)) this.store.set(saved);
    if (!saved && state.kind === 'account') this.store.set({ kind: 'none', why: 'ended' });
    this.#renewIfDue();
  }

  async #renewIfDue(): Promise<void> {
    const state = this.store.get();
    if (state.kind !== 'account' || Date.now() < Math.max(state.renewAt, this.#notBefore)) return;
    if ((await this.renew()) === 'unreachable') this.#notBefore = Date.now() + AGAIN_MS;
  }

  #leave(why: 'refused' | 'ended' | null): void {
    if (this.store.get().kind === 'account') forgetAccount();
    forgetToken();
    this.store.set({ kind: 'none', why });
  }
}

function accountOf({ token, refreshToken, expiresAt }: TokenPair, user: User): Account {
  const lifeMs = lifeMsOf(token) ?? expiresAt - Date.now();
  return { kind: 'account', token, refreshToken, renewAt: Date.now() + Math.max(lifeMs - EARLY_MS, lifeMs / 2), user };
}

// Two tabs that renew with one token at once look like a thief and an owner. The server is patient with that for half a
// minute, which has to do where a browser has no locks.
async function oneTabAtATime<T>(work: (waited: boolean) => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return work(false);
  const done = await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => (lock ? { value: await work(false) } : null));
  return done ? done.value : navigator.locks.request(LOCK, () => work(true));
}
