// Media tracks, devices and peer connections without a browser behind them.

import { vi } from 'vitest';

export class FakeTrack {
  readonly kind: 'audio' | 'video';
  enabled = true;
  muted = false;
  readyState = 'live';
  onended: (() => void) | null = null;
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;

  constructor(kind: 'audio' | 'video') {
    this.kind = kind;
  }

  stop(): void {
    this.readyState = 'ended';
  }
}

class FakeStream {
  readonly #tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    this.#tracks = [...tracks];
  }

  getTracks(): FakeTrack[] {
    return this.#tracks;
  }

  addTrack(track: FakeTrack): void {
    this.#tracks.push(track);
  }
}

type Kind = FakeTrack['kind'];

/** The devices of this machine: what they do is set by the test, what they opened is in `tracks`. */
export class FakeDevices {
  readonly tracks: FakeTrack[] = [];
  readonly asked: Kind[][] = [];
  /** Names of the errors that a browser throws for a device. */
  broken: Partial<Record<Kind, string>> = {};
  #held: Promise<void> = Promise.resolve();

  /** The permission question is on the screen until the returned function is called. */
  hold(): () => void {
    let open = () => {};
    this.#held = new Promise((resolve) => { open = resolve; });
    return open;
  }

  readonly getUserMedia = async (constraints: MediaStreamConstraints): Promise<FakeStream> => {
    const kinds = (['audio', 'video'] as const).filter((kind) => constraints[kind]);
    this.asked.push(kinds);
    await this.#held;
    for (const kind of kinds) {
      const name = this.broken[kind];
      if (name) throw new DOMException('made by the test', name);
    }
    const tracks = kinds.map((kind) => new FakeTrack(kind));
    this.tracks.push(...tracks);
    return new FakeStream(tracks);
  };
}

/** As much of a peer connection as perfect negotiation needs; the test moves the network. */
export class FakePeer {
  static all: FakePeer[] = [];
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  readonly candidates: unknown[] = [];
  readonly transceivers: { direction: string; sender: { track: unknown; replaceTrack: (track: unknown) => Promise<void>; setStreams: () => void }; receiver: { track: { kind: string } } }[] = [];
  restarts = 0;
  isClosed = false;
  refuses = false; // Descriptions, as a browser does that understands nothing of them.
  configuration: RTCConfiguration;
  onnegotiationneeded: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { track: FakeTrack }) => void) | null = null;
  onicecandidate: ((event: { candidate: { toJSON: () => unknown } | null }) => void) | null = null;
  onicecandidateerror: ((event: { errorCode: number }) => void) | null = null;

  constructor(configuration: RTCConfiguration) {
    this.configuration = configuration;
    FakePeer.all.push(this);
  }

  addTransceiver(what: FakeTrack | string, { direction }: { direction: string }): void {
    const kind = typeof what === 'string' ? what : what.kind;
    const sender = { track: what as unknown, replaceTrack: async (track: unknown) => { sender.track = track; }, setStreams: () => {} };
    this.transceivers.push({ direction, sender, receiver: { track: { kind } } });
    queueMicrotask(() => { if (this.signalingState === 'stable' && !this.isClosed) this.onnegotiationneeded?.(); });
  }

  getTransceivers() {
    return this.transceivers;
  }

  async setLocalDescription(): Promise<void> {
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    this.localDescription = { type, sdp: `v=0 ${type}` };
    this.signalingState = type === 'answer' ? 'stable' : 'have-local-offer';
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    if (this.refuses) throw new DOMException('made by the test', 'InvalidAccessError');
    this.remoteDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
  }

  async addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription) throw new DOMException('made by the test', 'InvalidStateError');
    this.candidates.push(candidate);
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  restartIce(): void {
    ++this.restarts;
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map();
  }

  close(): void {
    this.isClosed = true;
  }

  // ── What the network does ──

  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

export function fakeMedia(): FakeDevices {
  const devices = new FakeDevices();
  FakePeer.all = [];
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  vi.stubGlobal('navigator', { mediaDevices: devices, languages: ['en'] });
  return devices;
}
