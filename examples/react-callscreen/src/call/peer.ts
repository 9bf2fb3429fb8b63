// One RTCPeerConnection: what is sent, what is received, and the exchange of descriptions ("perfect negotiation", W3C
// WebRTC section 10.7): when two offers cross, the polite side rolls its own back and answers the other.

import type { Kind } from '../media/devices';
import type { Description } from '../signalling/wire';
import { readPath } from './path';
import type { Path } from './call-state';

export const CANDIDATES_MAX = 256; // Far above what browsers gather; a peer that sends more must not fill our memory.

interface Given {
  readonly polite: boolean;
  readonly iceServers: RTCIceServer[];
  readonly onDescription: (description: Description) => void;
  readonly onCandidate: (candidate: RTCIceCandidateInit) => void;
  readonly onTrack: (track: MediaStreamTrack) => void;
  readonly onState: (state: RTCPeerConnectionState) => void;
  readonly onRelayRefused: (code: number) => void;
}

export class Peer {
  readonly #given: Given;
  readonly #pc: RTCPeerConnection;
  // One local stream id for all tracks: a naive receiver shows `event.streams[0]` and expects both in it.
  readonly #stream = new MediaStream();
  #closed = false;
  #offering = false;
  #work: Promise<void> = Promise.resolve();
  #early: RTCIceCandidateInit[] = []; // Candidates that came before the remote description.

  constructor(given: Given) {
    this.#given = given;
    const pc = new RTCPeerConnection({ iceServers: given.iceServers, bundlePolicy: 'max-bundle' });
    this.#pc = pc;
    pc.onicecandidate = ({ candidate }) => { if (candidate && !this.#closed) given.onCandidate(candidate.toJSON()); };
    // Firefox says nothing of it.
    pc.onicecandidateerror = ({ errorCode }) => { if (!this.#closed) given.onRelayRefused(errorCode); };
    pc.ontrack = ({ track }) => { if (!this.#closed) given.onTrack(track); };
    pc.onconnectionstatechange = () => { if (!this.#closed) given.onState(pc.connectionState); };
    pc.onnegotiationneeded = () => { if (!this.#closed) void this.#offer(); };
  }

  /** Sends this track from now on, or stops sending that kind (null). Leads to an offer by itself if one is needed. */
  async send(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    const transceiver = this.#transceiver(kind);
    if (!transceiver) {
      this.#pc.addTransceiver(track ?? kind, { direction: track ? 'sendrecv' : 'recvonly', streams: [this.#stream] });
      return;
    }
    try {
      await transceiver.sender.replaceTrack(track);
    } catch (error) {
      if (!this.#closed) throw error; // A call that ended while the device opened is no error.
    }
    if (this.#closed) return;
    transceiver.sender.setStreams(this.#stream);
    transceiver.direction = track ? 'sendrecv' : 'recvonly';
  }

  /** Takes the peer's offer or answer, after everything that came before it. Rejects if it cannot be used. */
  receive(description: Description, beforeAnswer: () => Promise<void> = async () => {}): Promise<void> {
    return this.#after(async () => {
      const collision = description.type === 'offer' && (this.#offering || this.#pc.signalingState !== 'stable');
      if (collision && !this.#given.polite) return; // Our own offer wins; the peer rolls back and answers it.
      if (description.type === 'answer' && this.#pc.signalingState !== 'have-local-offer') return;
      await this.#pc.setRemoteDescription(description);
      for (const candidate of this.#early.splice(0)) await this.#add(candidate);
      if (description.type !== 'offer' || this.#closed) return;
      await beforeAnswer();
      if (this.#closed) return;
      await this.#pc.setLocalDescription();
      this.#describe();
    });
  }

  addCandidate(candidate: RTCIceCandidateInit): void {
    void this.#after(async () => {
      if (this.#pc.remoteDescription) await this.#add(candidate);
      else if (this.#early.length < CANDIDATES_MAX) this.#early.push(candidate);
    });
  }

  /** Candidates that wait for a description which this connection will not get. */
  takeEarly(): RTCIceCandidateInit[] {
    return this.#early.splice(0);
  }

  /** From the next look for a path on. */
  use(iceServers: RTCIceServer[]): void {
    if (!this.#closed) this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
  }

  /** Looks for a new network path; the peer takes part by answering. */
  restart(): void {
    if (!this.#closed) this.#pc.restartIce();
  }

  /** The path that is in use, or null if there is none now. */
  async path(): Promise<Path | null> {
    return this.#closed ? null : readPath(await this.#pc.getStats());
  }

  close(): void {
    this.#closed = true;
    this.#pc.close();
  }

  async #offer(): Promise<void> {
    this.#offering = true;
    try {
      await this.#pc.setLocalDescription();
      if (this.#pc.signalingState === 'have-local-offer') this.#describe();
    } catch (error) {
      // The peer's offer came first and changed the state under us; negotiationneeded fires again when that is done.
      if (!this.#closed) console.debug('offer given up:', error);
    } finally {
      this.#offering = false;
    }
  }

  #describe(): void {
    const description = this.#closed ? null : this.#pc.localDescription;
    if (description?.type === 'offer' || description?.type === 'answer') {
      this.#given.onDescription({ type: description.type, sdp: description.sdp });
    }
  }

  // A candidate of a description that is no longer valid (rolled back, restarted) is no error.
  async #add(candidate: RTCIceCandidateInit): Promise<void> {
    await this.#pc.addIceCandidate(candidate).catch((error: unknown) => console.debug('candidate dropped:', error));
  }

  #after(step: () => Promise<void>): Promise<void> {
    const done = this.#work.then(() => (this.#closed ? undefined : step()));
    this.#work = done.catch(() => {});
    return done;
  }

  #transceiver(kind: Kind): RTCRtpTransceiver | undefined {
    const usable = this.#pc.getTransceivers().filter(({ direction }) => direction !== 'stopped');
    return usable.find(({ receiver }) => receiver.track.kind === kind);
  }
}
