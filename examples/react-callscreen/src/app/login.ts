// The steps of logging in: an address, the code that was sent to it, or a token that somebody pasted. What the form
// shows is `state`; every step says what went wrong as a value.

import { askForCode, checkInvite, offersCodes, verifyCode } from '../api/auth';
import type { Problem } from '../api/http';
import { addressText, readAddress, readCode } from '../session/address';
import type { Address, AddressProblem } from '../session/address';
import { forgetInvite, lanKey, takeInvite } from '../session/fragment';
import { deviceId } from '../session/saved';
import type { Session } from '../session/session';
import { cleanToken } from '../session/token';
import { Store } from '../store';

export type LoginNote =
  | { readonly key: `address.${AddressProblem | 'no_delivery'}` | 'code.bad_code' | 'code.invalid_code' | 'badToken' | 'serverUnreachable' | 'serverBusy' }
  | { readonly key: `invite.${InviteProblem}` }
  | { readonly key: 'code.too_many_tries'; readonly minutes: number };
export type InviteProblem = 'invite_used' | 'invite_expired' | 'invite_unknown';

export type LoginStep =
  | { readonly form: 'asking' } // Whether this server has accounts of its own.
  | { readonly form: 'address' }
  | { readonly form: 'code'; readonly address: Address; readonly devCode: string | null; readonly againAt: number }
  | { readonly form: 'token' };

export interface LoginState {
  readonly step: LoginStep;
  readonly note: LoginNote | null;
  readonly busy: boolean;
  /** A server with somebody else's login offers no codes. */
  readonly codesOffered: boolean;
  readonly invited: boolean;
}

const INVITE_PROBLEMS: readonly string[] = ['invite_used', 'invite_expired', 'invite_unknown'] satisfies InviteProblem[];
const isInviteProblem = (reason: string): reason is InviteProblem => INVITE_PROBLEMS.includes(reason);

export class Login {
  readonly state = new Store<LoginState>({ step: { form: 'asking' }, note: null, busy: false, codesOffered: true, invited: false });
  readonly #session: Session;
  #invite: string | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Somebody is to log in. */
  async begin(): Promise<void> {
    this.#invite = takeInvite();
    this.#become({ step: { form: 'asking' }, note: null, busy: false, invited: this.#invite !== null });
    if (this.#invite !== null) void this.#checkInvite(this.#invite);
    const offered = await offersCodes();
    if (this.state.get().step.form !== 'asking') return;
    this.#become({ step: { form: offered === false ? 'token' : 'address' }, codesOffered: offered !== false });
    if (offered === 'unreachable') this.#become({ note: { key: 'serverUnreachable' } });
  }

  show(form: 'address' | 'token'): void {
    this.#become({ step: { form }, note: null });
  }

  async askForCode(typed: string): Promise<void> {
    const read = readAddress(typed);
    if (!read.ok) return this.#become({ note: { key: `address.${read.reason}` } });
    await this.#send(read.address);
  }

  async askAgain(): Promise<void> {
    const { step } = this.state.get();
    if (step.form === 'code' && Date.now() >= step.againAt) await this.#send(step.address);
  }

  async verify(typed: string): Promise<void> {
    const { step } = this.state.get();
    if (step.form !== 'code') return;
    const code = readCode(typed);
    if (code === null) return this.#become({ note: { key: 'code.bad_code' } });
    this.#become({ busy: true, note: null });
    const answer = await verifyCode(step.address, code, this.#invite, deviceId());
    this.#become({ busy: false });
    if (!answer.ok) return this.#become({ note: noteOf(answer) });
    forgetInvite();
    this.#session.logIn(answer.value);
  }

  paste(typed: string): void {
    if (!this.#session.paste(cleanToken(typed))) this.#become({ note: { key: 'badToken' } });
  }

  async #send(address: Address): Promise<void> {
    this.#become({ busy: true, note: null });
    const answer = await askForCode(address, this.#invite, lanKey());
    this.#become({ busy: false });
    if (answer.ok) {
      const { retryAfterS } = answer.value;
      const { step } = this.state.get();
      // Asked too soon, the server sends nothing, and the code that it sent before is still good.
      const before = step.form === 'code' && addressText(step.address) === addressText(address) ? step.devCode : null;
      const devCode = answer.value.devCode ?? before;
      return this.#become({ step: { form: 'code', address, devCode, againAt: Date.now() + retryAfterS * 1_000 } });
    }
    if (answer.reason === 'not_found') return this.#become({ step: { form: 'token' }, codesOffered: false });
    this.#become({ note: noteOf(answer) });
  }

  // Said at once, before anybody types an address in vain.
  async #checkInvite(invite: string): Promise<void> {
    const answer = await checkInvite(invite);
    if (answer.ok || !isInviteProblem(answer.reason)) return;
    this.#become({ note: { key: `invite.${answer.reason}` }, invited: false });
  }

  #become(changes: Partial<LoginState>): void {
    this.state.set({ ...this.state.get(), ...changes });
  }
}

function noteOf({ reason, retryAfterS }: Problem): LoginNote {
  if (reason === 'too_many_tries' || reason === 'rate_limited') {
    return { key: 'code.too_many_tries', minutes: Math.max(1, Math.ceil((retryAfterS ?? 60) / 60)) };
  }
  if (isInviteProblem(reason)) return { key: `invite.${reason}` };
  switch (reason) {
    case 'bad_phone': case 'bad_email': case 'no_delivery': return { key: `address.${reason}` };
    case 'bad_code': case 'invalid_code': return { key: `code.${reason}` };
    case 'unreachable': return { key: 'serverUnreachable' };
    default: return { key: 'serverBusy' };
  }
}
