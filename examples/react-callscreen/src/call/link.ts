// The connection of one call from browser to browser: the peer connection, what came too early for it, what it brings,
// and the path that it takes.

import type { Kind } from '../media/devices';
import type { Description, Send } from '../signalling/wire';
import type { Path, RemoteMedia } from './call-state';
import { PathWatch } from './path-watch';
import { CANDIDATES_MAX, Peer } from './peer';

// What a relay says (RFC 8656 section 19): the login is no good; we, or all people together, have too many addresses.
const WRONG_LOGIN = 401;
const RELAY_FULL = [486, 508];

interface Given {
  readonly send: Send;
  /** Never rejects: without an answer a call may still connect directly. */
  readonly iceServers: () => Promise<RTCIceServer[]>;
  readonly forgetIceServers: () => void;
  readonly isCaller: () => boolean;
  readonly onDescription: (description: Description) => void;
  readonly onChange: () => void;
  readonly onConnected: () => void;
  readonly onFailed: () => void;
}

export class Link {
  relayIsFull = false;
  readonly #given: Given;
  readonly #watch: PathWatch;
  readonly #remote = new MediaStream();
  #picture = false;
  #peer: Peer | null = null;
  #early: RTCIceCandidateInit[] = []; // Kept while the person decides; see peer.ts.
  #over = false;

  constructor(given: Given) {
    this.#given = given;
    this.#watch = new PathWatch({
      isCaller: given.isCaller,
      restart: () => void this.renewServers().then(() => this.#peer?.restart()),
      look: async () => (await this.#peer?.path()) ?? null,
      onChange: given.onChange,
      onConnected: given.onConnected,
      onFailed: given.onFailed,
    });
  }

  get troubled(): boolean {
    return this.#watch.troubled;
  }

  get path(): Path | null {
    return this.#watch.path;
  }

  remote(): RemoteMedia {
    return { stream: this.#remote, tracks: this.#remote.getTracks().length, picture: this.#picture };
  }

  /** Makes a peer connection. One that there was gives way: its offer lost against theirs. */
  open(iceServers: RTCIceServer[]): void {
    this.#early.push(...(this.#peer?.takeEarly() ?? []));
    this.#peer?.close();
    const peer = new Peer({
      polite: !this.#given.isCaller(),
      iceServers,
      onDescription: this.#given.onDescription,
      onCandidate: (candidate) => this.#given.send('call:ice', { candidate }),
      onTrack: (track) => this.#received(track),
      onState: (state) => this.#watch.is(state),
      onRelayRefused: (code) => {
        if (code === WRONG_LOGIN) this.#given.forgetIceServers();
        this.relayIsFull ||= RELAY_FULL.includes(code);
      },
    });
    this.#peer = peer;
    this.#early.splice(0).forEach((candidate) => peer.addCandidate(candidate));
  }

  get isOpen(): boolean {
    return this.#peer !== null;
  }

  async send(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    await this.#peer?.send(kind, track);
  }

  async receive(description: Description, beforeAnswer?: () => Promise<void>): Promise<void> {
    await this.#peer?.receive(description, beforeAnswer);
  }

  addCandidate(candidate: RTCIceCandidateInit): void {
    if (this.#peer) this.#peer.addCandidate(candidate);
    else if (this.#early.length < CANDIDATES_MAX) this.#early.push(candidate);
  }

  // A credential that has run out while the call ran opens no new way through a relay, for neither side.
  async renewServers(): Promise<void> {
    const servers = await this.#given.iceServers();
    if (!this.#over) this.#peer?.use(servers);
  }

  end(): void {
    this.#over = true;
    this.#watch.end();
    this.#peer?.close();
  }

  #received(track: MediaStreamTrack): void {
    this.#remote.addTrack(track);
    if (track.kind === 'video') {
      const look = () => {
        this.#picture = !track.muted;
        if (!this.#over) this.#given.onChange();
      };
      track.onmute = track.onunmute = look;
      this.#picture = !track.muted;
    }
    this.#given.onChange();
  }
}
