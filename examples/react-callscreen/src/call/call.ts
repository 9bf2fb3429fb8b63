// One call from its beginning to its end: what the person does and what the server says, in each phase.
// Surprising: every step that waits (devices, descriptions) asks afterwards whether the call is over; the other side may
// have hung up meanwhile.

import type { DeviceProblem, Kind } from '../media/devices';
import type { Description, Send } from '../signalling/wire';
import type { CallState, Ended, EndReason, Notice, Phase, Role } from './call-state';
import { Link } from './link';
import { OwnMedia } from './own-media';
import { OUR_HANGUP_MEANS, whyNoPath, whyTheyLeft } from './why';
import type { Story } from './why';

const UNANSWERED_MS = 60_000; // The server ends a ring after 45 s; this is for one that stays silent.
const CONNECT_MS = 20_000;    // Checks over all candidate pairs are done by then; longer is only hope.
const RECOVER_MS = 15_000;    // After a failed path: time for one restart before we call it lost.

export interface CallGiven {
  readonly send: Send;
  /** Never rejects: without an answer a call may still connect directly. */
  readonly iceServers: () => Promise<RTCIceServer[]>;
  readonly forgetIceServers: () => void;
  readonly onChange: () => void;
  readonly onEnded: (ended: Ended) => void;
  readonly onNotice: (notice: Notice) => void;
}

export interface CallStart {
  readonly role: Role;
  readonly peerId: string;
  readonly video: boolean;
  readonly offer: Description | null; // Theirs, if they call.
}

export class Call {
  readonly peerId: string;
  phase: Exclude<Phase, 'none'>;
  readonly #given: CallGiven;
  readonly #video: boolean;
  readonly #media: OwnMedia;
  readonly #link: Link;
  #role: Role;
  #over = false;
  #offer: Description | null; // Theirs, as long as it is not answered.
  #crossed: 'no' | 'seen' | 'refused' = 'no';
  #servers: RTCIceServer[] | null = null;
  #connectingAt: number | null = null; // By the monotonic clock.
  #activeAt: number | null = null;     // By the date, for the timer.
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(given: CallGiven, { role, peerId, video, offer }: CallStart) {
    this.#given = given;
    this.#role = role;
    this.peerId = peerId;
    this.#video = video;
    this.#offer = offer;
    this.phase = role === 'callee' ? 'incoming' : 'preparing';
    this.#media = new OwnMedia({
      onTrack: (kind, track) => void this.#link.send(kind, track),
      onNotice: given.onNotice,
      onChange: given.onChange,
    });
    this.#link = new Link({
      send: given.send,
      iceServers: given.iceServers,
      forgetIceServers: given.forgetIceServers,
      isCaller: () => this.#role === 'caller',
      onDescription: (description) => this.#describe(description),
      onChange: given.onChange,
      onConnected: () => this.#connected(),
      onFailed: () => this.#endAfter(RECOVER_MS, this.#activeAt === null ? 'noPath' : 'pathLost'),
    });
  }

  state(): CallState {
    const [peerId, phase, video] = [this.peerId, this.phase, this.#video];
    if (phase === 'incoming') return { phase, peerId, video };
    const { troubled, path } = this.#link;
    const present = { peerId, video, local: this.#media.state(), remote: this.#link.remote() };
    if (phase === 'connecting') return { phase, ...present, troubled };
    if (phase !== 'active') return { phase, ...present };
    return { phase, ...present, troubled, path, since: this.#activeAt ?? Date.now() };
  }

  // ── What the person does ────────────────────────────────────────────────────────────────────────────────────────

  async dial(): Promise<void> {
    if (!(await this.#openDevices(this.#video))) return;
    this.#servers = await this.#given.iceServers();
    if (this.#over) return;
    if (this.#offer) return this.#answer(this.#offer); // They called us while we were about to call them.
    this.#link.open(this.#servers);
    await this.#link.send('audio', this.#media.track('audio'));
    if (this.#video) await this.#link.send('video', this.#media.track('video'));
  }

  async accept({ video }: { video: boolean }): Promise<void> {
    if (this.phase !== 'incoming') return;
    this.#enter('answering');
    if ((await this.#openDevices(video)) && this.#offer) await this.#answer(this.#offer);
  }

  hangup(): void {
    // Before our offer has left there is nothing to take back.
    if (this.phase !== 'preparing' || this.#offer) this.#given.send('call:hangup');
    this.#end(OUR_HANGUP_MEANS[this.phase]);
  }

  /** Switches the microphone or the camera on or off, once there is a call to have them in. */
  async toggle(kind: Kind): Promise<void> {
    if (!this.#over && !['incoming', 'preparing', 'answering'].includes(this.phase)) await this.#media.toggle(kind);
  }

  // ── What the server says ────────────────────────────────────────────────────────────────────────────────────────

  offered(offer: Description): void {
    switch (this.phase) {
      case 'preparing': case 'incoming': case 'answering':
        this.#offer = offer;
        break;
      case 'dialling':
        // The two have called each other. The server lets theirs stand: it hangs ours up and sends theirs again, which
        // we then answer, since both want to talk.
        if (this.#crossed !== 'refused') { this.#crossed = 'seen'; break; }
        void this.#answer(offer);
        break;
      default:
        void this.#receive(offer, () => this.#link.renewServers());
    }
  }

  answered(answer: Description): void {
    if (!this.#link.isOpen) return;
    if (this.phase === 'dialling') this.#enterConnecting();
    void this.#receive(answer);
  }

  readonly candidate = (candidate: RTCIceCandidateInit): void => this.#link.addCandidate(candidate);

  hungUp(): void {
    switch (this.phase) {
      case 'preparing':
        this.#offer = null; // They gave up their call to us; ours to them goes on.
        return;
      case 'dialling':
        if (this.#crossed === 'seen') { this.#crossed = 'refused'; return; }
        return this.#end('unavailable');
      case 'incoming': return this.#end('missed');
      default: return this.#end(whyTheyLeft(this.#story()));
    }
  }

  /** A call ends with its socket: the server has told the other side. A ring comes again on the next socket. */
  socketLost(): void {
    if (this.phase !== 'preparing') return this.#end('connectionLost');
    this.#offer = null; // Its caller has been told that we are gone: an answer would reach nobody.
  }

  // ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #enter(phase: Exclude<Phase, 'none'>): void {
    this.phase = phase;
    this.#given.onChange();
  }

  /** @returns whether the call goes on. */
  async #openDevices(video: boolean): Promise<boolean> {
    const { is, problems } = await this.#media.open(video ? ['audio', 'video'] : ['audio']);
    if (is === 'over') return false;
    if (is === 'none') {
      if (this.phase === 'answering') this.#given.send('call:hangup');
      this.#end('noDevices', problems);
      return false;
    }
    problems.forEach(({ kind, reason }) => this.#given.onNotice(`${kind}.${reason}`));
    this.#given.onChange();
    return true;
  }

  async #answer(offer: Description): Promise<void> {
    this.#role = 'callee';
    const servers = (this.#servers ??= await this.#given.iceServers());
    if (this.#over) return;
    this.#link.open(servers);
    const [audio, video] = [this.#media.track('audio'), this.#media.track('video')];
    this.#enterConnecting();
    await this.#receive(offer, async () => {
      await this.#link.send('audio', audio);
      if (video) await this.#link.send('video', video);
    });
  }

  async #receive(description: Description, beforeAnswer?: () => Promise<void>): Promise<void> {
    try {
      await this.#link.receive(description, beforeAnswer);
    } catch (error) {
      if (this.#over) return;
      console.warn('description refused:', error);
      if (this.phase === 'active') return; // A change that failed leaves the call as it was.
      this.#given.send('call:hangup');
      this.#end('failed');
    }
  }

  #describe(description: Description): void {
    if (description.type === 'answer') return void this.#given.send('call:answer', { sdp: description });
    if (this.phase === 'preparing' && this.#offer) return void this.#answer(this.#offer);
    if (!this.#given.send('call:offer', { userId: this.peerId, sdp: description })) return this.#end('connectionLost');
    if (this.phase !== 'preparing') return;
    this.#endAfter(UNANSWERED_MS, 'noAnswer');
    this.#enter('dialling');
  }

  #enterConnecting(): void {
    this.#endAfter(CONNECT_MS, 'noPath');
    this.#connectingAt = performance.now();
    this.#enter('connecting');
  }

  #connected(): void {
    clearTimeout(this.#deadline);
    this.#activeAt ??= Date.now();
    this.#enter('active');
  }

  #endAfter(ms: number, reason: 'noAnswer' | 'noPath' | 'pathLost'): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      this.#given.send('call:hangup');
      this.#end(reason === 'noPath' ? whyNoPath(this.#story()) : reason);
    }, ms);
  }

  #story(): Story {
    const connectingMs = this.#connectingAt === null ? null : performance.now() - this.#connectingAt;
    const { troubled, relayIsFull } = this.#link;
    return { role: this.#role, activeAt: this.#activeAt, connectingMs, troubled, relayIsFull };
  }

  #end(reason: EndReason, problems: readonly DeviceProblem[] = []): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#deadline);
    this.#link.end();
    this.#media.end();
    const talkMs = this.#activeAt === null ? null : Date.now() - this.#activeAt;
    this.#given.onEnded({ peerId: this.peerId, role: this.#role, video: this.#video, reason, problems, talkMs });
  }
}
