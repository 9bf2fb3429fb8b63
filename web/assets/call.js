// The one call of this page: its phases, and what each event of the server means in each of them.
//
//   preparing → dialling ─┐
//                         ├→ connecting → active → (ended: no call)
//   incoming → answering ─┘
//
// Surprising: `call:hangup` carries no reason and no call id, so what it means follows from the phase and the time.
// Every step that waits (devices, descriptions) asks afterwards whether its call is still the present one: the other
// side may have hung up meanwhile.

import { forgetIceServers, iceServers } from './ice-servers.js';
import { openDevices } from './media.js';
import { Peer } from './peer.js';
import { offersVideo, readCandidate, readDescription } from './wire.js';

const kUnavailableMs = 1_500;  // The server's own "nobody there" comes within a round trip; no person declines that fast.
const kUnansweredMs = 60_000;  // The server ends a ring after 45 s; this is for one that stays silent.
const kConnectMs = 20_000;     // Checks over all candidate pairs are done by then; longer is only hope.
const kRecoverMs = 15_000;     // After a failed path: time for one restart before we call it lost.
const kWobbleMs = 1_500;       // A path is often back by itself by then, and a relay that has ended runs again.
const kPatienceMs = 10_000;    // Who leaves after waiting so long for a path had none; before, they changed their mind.
const kPathLooksMs = [300, 3_000];  // When the path is looked at: at once, and when better pairs have been checked.
// What a relay says (RFC 8656 section 19): the login is no good; we, or all people together, have too many addresses.
const kWrongLogin = 401;
const kRelayFull = [486, 508];
const kCandidatesMax = 256;    // Kept while the person decides; see peer.js.

export class Calls {
  /**
   * @param {{send: (event: string, payload?: object) => boolean, onChange: (call: object | null) => void,
   *          onEnded: (summary: object) => void, onNotice: (key: string) => void}} given
   */
  constructor({ send, onChange, onEnded, onNotice }) {
    // Given to us.
    this.send = send;
    this.onChange = onChange;
    this.onEnded = onEnded;
    this.onNotice = onNotice;
    // State.
    this.call = null;
  }

  // ── What the person does ────────────────────────────────────────────────────────────────────────────────────────

  async dial(peerId, { video }) {
    if (this.call) return;
    const call = this.#begin({ role: 'caller', phase: 'preparing', peerId, video });
    if (!(await this.#openDevices(call, video))) return;
    call.servers = await iceServers();
    if (this.call !== call) return;
    if (call.offer) return this.#answer(call); // They called us while we were about to call them.
    this.#connect(call);
    call.peer.send('audio', call.tracks.audio);
    if (video) call.peer.send('video', call.tracks.video);
  }

  async accept({ video }) {
    const call = this.call;
    if (call?.phase !== 'incoming') return;
    this.#enter(call, 'answering');
    if (await this.#openDevices(call, video)) await this.#answer(call);
  }

  hangup() {
    const call = this.call;
    if (!call) return;
    // Before our offer has left there is nothing to take back.
    if (call.phase !== 'preparing' || call.offer) this.send('call:hangup');
    const reasons = { preparing: 'cancelled', dialling: 'cancelled', incoming: 'declined', answering: 'declined' };
    this.#end(call, reasons[call.phase] ?? 'hungUp');
  }

  async toggleMicrophone() {
    const { audio } = this.call?.tracks ?? {};
    if (!audio) return this.#turnOn('audio');
    audio.enabled = !audio.enabled; // Silence instead of a new description: unmuting is heard at once.
    this.onChange(this.call);
  }

  async toggleCamera() {
    const call = this.call;
    if (!call?.tracks.video) return this.#turnOn('video');
    call.tracks.video.stop(); // So that the camera's light goes off.
    call.tracks.video = null;
    this.onChange(call);
    await call.peer?.send('video', null);
  }

  // ── What the server says ────────────────────────────────────────────────────────────────────────────────────────

  handle(event, payload) {
    switch (event) {
      case 'call:offer': return this.#offered(payload);
      case 'call:answer': return this.#answered(payload);
      case 'call:ice': return this.#candidate(payload);
      case 'call:hangup': return this.#hungUp();
      default: // A newer server may say more; this page speaks the first version only.
    }
  }

  /** A call ends with its socket: the server has told the other side. A ring comes again on the next socket. */
  socketLost() {
    if (!this.call) return;
    if (this.call.phase !== 'preparing') return this.#end(this.call, 'connectionLost');
    this.call.offer = null; // Its caller has been told that we are gone: an answer would reach nobody.
  }

  #offered(payload) {
    const offer = readDescription('offer', payload);
    const from = payload?.fromUserId;
    if (!offer || (typeof from !== 'string' && typeof from !== 'number')) return;
    const call = this.call;
    if (!call) {
      const video = offersVideo(offer);
      this.#begin({ role: 'callee', phase: 'incoming', peerId: String(from), video, offer });
      return;
    }
    if (String(from) !== call.peerId) return;
    switch (call.phase) {
      case 'preparing': case 'incoming': case 'answering':
        call.offer = offer;
        break;
      case 'dialling':
        // The two have called each other. The server lets theirs stand: it hangs ours up and sends theirs again, which
        // we then answer, since both want to talk.
        if (call.crossed !== 'refused') { call.crossed = 'seen'; break; }
        call.offer = offer;
        call.early = call.peer.early.splice(0);
        this.#answer(call);
        break;
      default:
        this.#receive(call, offer, () => this.#renewServers(call));
    }
  }

  #answered(payload) {
    const call = this.call;
    const answer = readDescription('answer', payload);
    if (!answer || !call?.peer) return;
    if (call.phase === 'dialling') this.#enterConnecting(call);
    this.#receive(call, answer);
  }

  #candidate(payload) {
    const call = this.call;
    const candidate = readCandidate(payload);
    if (!call || !candidate) return;
    if (call.peer) call.peer.addCandidate(candidate);
    else if (call.early.length < kCandidatesMax) call.early.push(candidate);
  }

  #hungUp() {
    const call = this.call;
    switch (call?.phase) {
      case undefined: return;
      case 'preparing':
        call.offer = null; // They gave up their call to us; ours to them goes on.
        return;
      case 'dialling':
        if (call.crossed === 'seen') { call.crossed = 'refused'; return; }
        return this.#end(call, performance.now() - call.dialledAt < kUnavailableMs ? 'unavailable' : 'notTaken');
      case 'incoming': return this.#end(call, 'missed');
      default: return this.#end(call, whyTheyLeft(call));
    }
  }

  // ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #begin({ role, phase, peerId, video, offer = null }) {
    this.call = {
      role, peerId, video, offer, phase: null,
      tracks: { audio: null, video: null },
      remote: new MediaStream(), remoteVideo: false,
      peer: null, servers: null, early: [], crossed: 'no', troubled: false, opening: false,
      dialledAt: null, connectingAt: null, activeAt: null, timer: null, restart: null,
      relayIsFull: false,
    };
    this.#enter(this.call, phase);
    return this.call;
  }

  #enter(call, phase) {
    call.phase = phase;
    this.onChange(call);
  }

  /** @returns {Promise<boolean>} whether the call goes on. */
  async #openDevices(call, video) {
    const opened = await openDevices(video ? ['audio', 'video'] : ['audio']);
    const tracks = [opened.audio, opened.video].filter(Boolean);
    if (this.call !== call) {
      tracks.forEach((track) => track.stop());
      return false;
    }
    if (tracks.length === 0) {
      if (call.phase === 'answering') this.send('call:hangup');
      this.#end(call, 'noDevices', opened.problems);
      return false;
    }
    for (const track of tracks) this.#adopt(call, track);
    opened.problems.forEach(({ kind, reason }) => this.onNotice(`${kind}.${reason}`));
    this.onChange(call);
    return true;
  }

  #adopt(call, track) {
    call.tracks[track.kind] = track;
    track.onended = () => { // Only an unplugged or withdrawn device; our own stop() raises no event.
      if (this.call !== call || call.tracks[track.kind] !== track) return;
      call.tracks[track.kind] = null;
      call.peer?.send(track.kind, null);
      this.onNotice(`${track.kind}.unplugged`);
      this.onChange(call);
    };
  }

  async #turnOn(kind) {
    const call = this.call;
    if (!call || call.opening || call.phase === 'preparing' || call.phase === 'answering') return;
    call.opening = true;
    const opened = await openDevices([kind]);
    call.opening = false;
    const track = opened[kind];
    if (this.call !== call) return track?.stop();
    if (!track) return this.onNotice(`${kind}.${opened.problems[0].reason}`);
    this.#adopt(call, track);
    this.onChange(call);
    await call.peer?.send(kind, track);
  }

  #connect(call) {
    call.peer?.close();
    const peer = new Peer({
      polite: call.role === 'callee',
      iceServers: call.servers,
      onDescription: (description) => this.#describe(call, description),
      onCandidate: (candidate) => this.send('call:ice', { candidate }),
      onTrack: (track) => this.#receivedTrack(call, track),
      onRelayRefused: (code) => this.#relayRefused(call, code),
      onState: (state) => { if (call.peer === peer) this.#pathIs(call, state); },
    });
    call.peer = peer;
    call.early.splice(0).forEach((candidate) => peer.addCandidate(candidate));
  }

  async #answer(call) {
    call.role = 'callee';
    call.servers ??= await iceServers();
    if (this.call !== call) return;
    this.#connect(call);
    const { audio, video } = call.tracks;
    this.#enterConnecting(call);
    await this.#receive(call, call.offer, async () => {
      await call.peer.send('audio', audio);
      if (video) await call.peer.send('video', video);
    });
  }

  async #receive(call, description, beforeAnswer) {
    try {
      await call.peer.receive(description, beforeAnswer);
    } catch (error) {
      if (this.call !== call) return;
      console.warn('description refused:', error);
      if (call.phase === 'active') return; // A change that failed leaves the call as it was.
      this.send('call:hangup');
      this.#end(call, 'failed');
    }
  }

  #describe(call, description) {
    if (this.call !== call) return;
    if (description.type === 'answer') {
      this.send('call:answer', { sdp: description });
      return;
    }
    if (call.phase === 'preparing' && call.offer) return this.#answer(call);
    if (!this.send('call:offer', { userId: call.peerId, sdp: description })) return this.#end(call, 'connectionLost');
    if (call.phase !== 'preparing') return;
    call.dialledAt = performance.now();
    this.#deadline(call, kUnansweredMs, 'noAnswer');
    this.#enter(call, 'dialling');
  }

  #enterConnecting(call) {
    this.#deadline(call, kConnectMs, 'noPath');
    call.connectingAt = performance.now();
    this.#enter(call, 'connecting');
  }

  #receivedTrack(call, track) {
    call.remote.addTrack(track);
    if (track.kind === 'video') {
      // A camera switched off arrives as a muted track: show the face in letters instead of a frozen picture.
      track.onmute = track.onunmute = () => { call.remoteVideo = !track.muted; this.#ifPresent(call); };
      call.remoteVideo = !track.muted;
    }
    this.#ifPresent(call);
  }

  #pathIs(call, state) {
    const away = state === 'disconnected' || state === 'failed';
    call.troubled = away || (call.activeAt !== null && state !== 'connected');
    if (state === 'connected') {
      clearTimeout(call.timer);
      clearTimeout(call.restart);
      call.activeAt ??= Date.now();
      this.#showPath(call);
      return this.#enter(call, 'active');
    }
    if (state === 'failed') this.#deadline(call, kRecoverMs, call.activeAt ? 'pathLost' : 'noPath');
    // At the first doubt: browsers say "failed" only ten seconds later. One side only: two restarts would cross.
    if (away && call.role === 'caller') {
      clearTimeout(call.restart);
      call.restart = setTimeout(() => this.#restart(call), state === 'failed' ? 0 : kWobbleMs);
    }
    this.onChange(call);
  }

  async #restart(call) {
    await this.#renewServers(call);
    if (this.call === call) call.peer.restart();
  }

  // A credential that has run out while the call ran opens no new way through a relay, for neither side.
  async #renewServers(call) {
    const servers = await iceServers();
    if (this.call === call) call.peer.use(servers);
  }

  #relayRefused(call, code) {
    if (code === kWrongLogin) forgetIceServers();
    call.relayIsFull ||= kRelayFull.includes(code);
  }

  // ICE may find a better path within moments of the first one.
  async #showPath(call) {
    for (const ms of kPathLooksMs) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      const path = await call.peer?.path().catch(() => null);
      if (this.call !== call) return;
      if (!path || (path.relayed === call.path?.relayed && path.protocol === call.path.protocol)) continue;
      call.path = path;
      this.onChange(call);
    }
  }

  #deadline(call, ms, reason) {
    clearTimeout(call.timer);
    call.timer = setTimeout(() => {
      if (this.call !== call) return;
      this.send('call:hangup');
      this.#end(call, reason === 'noPath' ? whyNoPath(call) : reason);
    }, ms);
  }

  #end(call, reason, problems = []) {
    clearTimeout(call.timer);
    clearTimeout(call.restart);
    this.call = null;
    call.phase = 'ended';
    call.peer?.close();
    Object.values(call.tracks).forEach((track) => track?.stop());
    this.onChange(null);
    const { peerId, role, video, activeAt } = call;
    this.onEnded({ peerId, role, video, reason, problems, talkMs: activeAt ? Date.now() - activeAt : null });
  }

  #ifPresent(call) {
    if (this.call === call) this.onChange(call);
  }
}

/**
 * Both pages wait equally long for a path, and the first to give up hangs up: to the other one that is a path that was
 * not found, or lost, and not a person who did not want to talk.
 */
function whyTheyLeft(call) {
  const { role, activeAt, connectingAt, troubled } = call;
  if (activeAt) return troubled ? 'pathLost' : 'peerHungUp';
  if (connectingAt && performance.now() - connectingAt > kPatienceMs) return whyNoPath(call);
  return role === 'callee' ? 'tooLate' : 'peerHungUp';
}

const whyNoPath = ({ relayIsFull }) => (relayIsFull ? 'relayFull' : 'noPath');
