// One RTCPeerConnection: what is sent, what is received, and the exchange of descriptions ("perfect negotiation", W3C
// WebRTC section 10.7): when two offers cross, the polite side rolls its own back and answers the other.

const kCandidatesMax = 256; // Far above what browsers gather; a peer that sends more must not fill our memory.

export class Peer {
  /**
   * @param {{polite: boolean, iceServers: RTCIceServer[], onDescription: Function, onCandidate: Function,
   *          onTrack: Function, onState: Function, onRelayRefused: Function}} given
   */
  constructor({ polite, iceServers, onDescription, onCandidate, onTrack, onState, onRelayRefused }) {
    // Given to us.
    this.polite = polite;
    this.onDescription = onDescription;
    // Ours.
    this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    // One local stream id for all tracks: a naive receiver shows `event.streams[0]` and expects both in it.
    this.stream = new MediaStream();
    // State.
    this.closed = false;
    this.offering = false;
    this.work = Promise.resolve();
    this.early = []; // Candidates that came before the remote description.

    const unlessClosed = (handler) => (event) => { if (!this.closed) handler(event); };
    this.pc.onicecandidate = unlessClosed(({ candidate }) => { if (candidate) onCandidate(candidate.toJSON()); });
    // Firefox says nothing of it.
    this.pc.onicecandidateerror = unlessClosed(({ errorCode }) => onRelayRefused(errorCode));
    this.pc.ontrack = unlessClosed(({ track }) => onTrack(track));
    this.pc.onconnectionstatechange = unlessClosed(() => onState(this.pc.connectionState));
    this.pc.onnegotiationneeded = unlessClosed(() => this.#offer());
  }

  /** Sends this track from now on, or stops sending that kind (null). Leads to an offer by itself if one is needed. */
  async send(kind, track) {
    const transceiver = this.#transceiver(kind);
    if (!transceiver) {
      const init = { direction: track ? 'sendrecv' : 'recvonly', streams: [this.stream] };
      this.pc.addTransceiver(track ?? kind, init);
      return;
    }
    try {
      await transceiver.sender.replaceTrack(track);
    } catch (error) {
      if (!this.closed) throw error; // A call that ended while the device opened is no error.
    }
    if (this.closed) return;
    transceiver.sender.setStreams(this.stream);
    transceiver.direction = track ? 'sendrecv' : 'recvonly';
  }

  /** Takes the peer's offer or answer, after everything that came before it. Rejects if it cannot be used. */
  receive(description, beforeAnswer = async () => {}) {
    return this.#after(async () => {
      const collision = description.type === 'offer' && (this.offering || this.pc.signalingState !== 'stable');
      if (collision && !this.polite) return; // Our own offer wins; the peer rolls back and answers it.
      if (description.type === 'answer' && this.pc.signalingState !== 'have-local-offer') return;
      await this.pc.setRemoteDescription(description);
      for (const candidate of this.early.splice(0)) await this.#add(candidate);
      if (description.type !== 'offer' || this.closed) return;
      await beforeAnswer();
      if (this.closed) return;
      await this.pc.setLocalDescription();
      if (!this.closed) this.onDescription(this.pc.localDescription.toJSON());
    });
  }

  addCandidate(candidate) {
    return this.#after(() => {
      if (this.pc.remoteDescription) return this.#add(candidate);
      if (this.early.length < kCandidatesMax) this.early.push(candidate);
    });
  }

  /** From the next look for a path on. */
  use(iceServers) {
    if (!this.closed) this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
  }

  /** Looks for a new network path; the peer takes part by answering. */
  restart() {
    if (!this.closed) this.pc.restartIce();
  }

  /**
   * The kind of path that is in use: straight or through a relay, and how our side reaches it. Null: there is none now.
   * @returns {Promise<{relayed: boolean, protocol: 'udp' | 'tcp' | 'tls'} | null>}
   */
  async path() {
    if (this.closed) return null;
    const stats = [...(await this.pc.getStats()).values()];
    const byId = (id) => stats.find((report) => report.id === id);
    const pairId = stats.find((report) => report.type === 'transport')?.selectedCandidatePairId;
    // Firefox has no transport report, but marks the pair.
    const pair = byId(pairId) ?? stats.find((report) => report.type === 'candidate-pair' && report.selected);
    const [local, remote] = [byId(pair?.localCandidateId), byId(pair?.remoteCandidateId)];
    if (!local) return null;
    const ours = local.candidateType === 'relay';
    return {
      relayed: ours || remote?.candidateType === 'relay',
      protocol: (ours ? local.relayProtocol : local.protocol) ?? 'udp',
    };
  }

  close() {
    this.closed = true;
    this.pc.close();
  }

  async #offer() {
    this.offering = true;
    try {
      await this.pc.setLocalDescription();
      if (!this.closed && this.pc.signalingState === 'have-local-offer') {
        this.onDescription(this.pc.localDescription.toJSON());
      }
    } catch (error) {
      // The peer's offer came first and changed the state under us; negotiationneeded fires again when that is done.
      if (!this.closed) console.debug('offer given up:', error);
    } finally {
      this.offering = false;
    }
  }

  // A candidate of a description that is no longer valid (rolled back, restarted) is no error.
  async #add(candidate) {
    await this.pc.addIceCandidate(candidate).catch((error) => console.debug('candidate dropped:', error));
  }

  #after(step) {
    const done = this.work.then(() => (this.closed ? undefined : step()));
    this.work = done.catch(() => {});
    return done;
  }

  #transceiver(kind) {
    const usable = this.pc.getTransceivers().filter(({ direction }) => direction !== 'stopped');
    return usable.find(({ receiver }) => receiver.track.kind === kind);
  }
}
