// Puts the page together: who is logged in, the connection, the call, and what they tell each other. No markup here;
// components read the stores and call the functions.

import { IceServers } from '../api/ice-servers';
import { PeopleApi } from '../api/people';
import { nameOf } from '../api/user';
import { Calls } from '../call/calls';
import type { Ended } from '../call/call-state';
import { translate } from '../i18n/language';
import { Directory } from '../people/directory';
import { recentPeople, rememberPerson } from '../people/recent';
import { Search } from '../people/search';
import { Session } from '../session/session';
import { apiUrl, socketUrl } from '../settings';
import { Signalling } from '../signalling/signalling';
import type { Verdict } from '../signalling/signalling';
import { ringEnded } from '../sound/ring';
import { Store } from '../store';
import { endedText } from './ended-text';
import { Login } from './login';
import { Toast } from './toast';

const TOKEN_AGAIN_MS = 1_500; // The clock of the token's issuer may be a second ahead: one more try before the login.

export class App {
  readonly session = new Session();
  readonly login = new Login(this.session);
  readonly people = new PeopleApi(this.session.ask);
  readonly directory = new Directory(this.people);
  readonly search = new Search(this.people, (person) => this.directory.know(person));
  readonly ended = new Store<Ended | null>(null);
  readonly recent = new Store<readonly string[]>([]);
  readonly toast = new Toast();
  /** For those who hear the page instead of seeing it. */
  readonly spoken = new Store('');
  readonly #iceServers = new IceServers(this.session.ask, () => this.session.userId());

  readonly signalling: Signalling = new Signalling({
    url: () => {
      const [url, token] = [socketUrl(), this.session.token()];
      if (token === null) return null;
      url.searchParams.set('token', token);
      return url;
    },
    afterRefusal: (refusals) => this.#afterRefusal(refusals),
    isBusy: () => this.calls.state.get().phase !== 'none',
    answersHttp: () => fetch(apiUrl('healthz'), { cache: 'no-store' }).then(({ ok }) => ok, () => false),
    onMessage: (message) => this.calls.handle(message),
    onLost: () => {
      this.#iceServers.forget();
      this.calls.socketLost();
    },
  });

  readonly calls: Calls = new Calls({
    send: this.signalling.send,
    iceServers: () => this.#iceServers.get(),
    forgetIceServers: () => this.#iceServers.forget(),
    onEnded: (ended) => this.#callEnded(ended),
    onNotice: (notice) => this.toast.say(translate(notice)),
  });

  start(): void {
    this.session.store.subscribe(() => this.#sessionChanged());
    this.session.start();
    if (this.session.token() === null) void this.login.begin();
    // An invitation that is opened in a tab where the page is open already.
    addEventListener('hashchange', () => { if (this.session.token() === null) void this.login.begin(); });
    this.signalling.status.subscribe(() => {
      const status = this.signalling.status.get();
      if (status.kind !== 'refused') return;
      if (status.why === 'unauthorized') this.session.drop('refused');
      if (status.why === 'ended') this.session.drop('ended');
    });
  }

  /** Rings somebody, unless that cannot work now. */
  dial(peerId: string, { video }: { video: boolean }): void {
    if (peerId === '' || peerId === this.session.userId()) return;
    if (this.signalling.status.get().kind === 'online') this.calls.dial(peerId, { video });
  }

  signOut(): void {
    this.calls.hangup();
    void this.session.signOut();
  }

  #me: string | null = null;
  #token: string | null = null;

  #sessionChanged(): void {
    const [me, token] = [this.session.userId(), this.session.token()];
    if (token === this.#token) return;
    const samePerson = me === this.#me && me !== null;
    [this.#me, this.#token] = [me, token];
    if (samePerson) return this.signalling.renewed();
    this.calls.hangup();
    this.signalling.stop();
    this.directory.forget();
    this.search.typed('');
    this.#iceServers.forget();
    this.ended.set(null);
    this.recent.set(me === null ? [] : recentPeople(me));
    if (me === null) return void this.login.begin();
    this.signalling.start();
    void this.#askWhoIAm();
  }

  /** A name may have been changed on another device; and of a pasted token only the id is known. */
  async #askWhoIAm(): Promise<void> {
    const me = this.session.userId();
    const answer = await this.people.me();
    if (this.session.userId() !== me) return;
    if (!answer.ok) return answer.reason === 'not_found' ? this.directory.closes() : undefined;
    this.directory.know(answer.value);
    this.session.know(answer.value);
  }

  async #afterRefusal(refusals: number): Promise<Verdict> {
    if (refusals > 0) return 'giveUp';
    if (this.session.store.get().kind !== 'account') return { againMs: TOKEN_AGAIN_MS };
    const renewed = await this.session.renew();
    if (renewed === 'unreachable') return 'lost';
    return renewed === 'renewed' ? { againMs: 0 } : 'giveUp';
  }

  #callEnded(ended: Ended): void {
    const me = this.session.userId();
    if (me !== null) this.recent.set(rememberPerson(me, ended.peerId));
    this.ended.set(ended);
    this.toast.clear();
    ringEnded();
    this.spoken.set(endedText(translate, ended, nameOf(this.directory.get(ended.peerId))));
    this.signalling.callIsOver();
  }
}
