// Goal: every way a call can go, and above all every way it can go wrong, ends in one state with the devices off and the
// right word on the wire. Method: the engine with devices, peer connections and a server that the test plays.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { fakeMedia, FakePeer, FakeTrack } from '../testing/fake-media';
import type { FakeDevices } from '../testing/fake-media';
import { Calls } from './calls';
import type { Ended, Notice } from './call-state';

const AUDIO_OFFER = { sdp: 'v=0\r\nm=audio 9 X 0\r\na=sendrecv\r\n' };
const VIDEO_OFFER = { sdp: `${AUDIO_OFFER.sdp}m=video 9 X 96\r\na=sendrecv\r\n` };
const ANSWER = { sdp: 'v=0 answer' };
const CANDIDATE = { candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 } };

let devices: FakeDevices;
let calls: Calls;
let sent: { event: string; payload: unknown }[];
let ends: Ended[];
let notices: Notice[];
let isConnected: boolean;
let iceServers: () => Promise<RTCIceServer[]>;
let forgotten: number;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  devices = fakeMedia();
  [sent, ends, notices, isConnected, forgotten] = [[], [], [], true, 0];
  iceServers = async () => [];
  calls = new Calls({
    send: (event, payload) => {
      if (isConnected) sent.push({ event, payload });
      return isConnected;
    },
    iceServers: () => iceServers(),
    forgetIceServers: () => { ++forgotten; },
    onEnded: (ended) => ends.push(ended),
    onNotice: (notice) => notices.push(notice),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settled = () => vi.advanceTimersByTimeAsync(0);
const phase = () => calls.state.get().phase;
const events = () => sent.map(({ event }) => event);
const says = (event: string, payload?: unknown) => calls.handle({ event, payload });
const reasons = () => ends.map(({ reason }) => reason);
const devicesAreOff = () => devices.tracks.every(({ readyState }) => readyState === 'ended');

function peer(n = FakePeer.all.length - 1): FakePeer {
  const found = FakePeer.all[n];
  if (!found) throw new Error(`there is no peer connection ${n}`);
  return found;
}

async function dialling(video = false): Promise<void> {
  calls.dial('bob', { video });
  await settled();
  expect(phase()).toBe('dialling');
}

async function talking(video = false): Promise<void> {
  await dialling(video);
  says('call:answer', ANSWER);
  await settled();
  peer().becomes('connected');
  expect(phase()).toBe('active');
}

async function answering(kind: 'audio' | 'video' = 'audio'): Promise<void> {
  says('call:offer', { ...VIDEO_OFFER, fromUserId: 'bob' });
  calls.accept({ video: kind === 'video' });
  await settled();
}

// ── Calling ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test('a call: dialled, answered, connected, hung up by the other side', async () => {
  await talking(true);
  expect(sent[0]).toMatchObject({ event: 'call:offer', payload: { userId: 'bob' } });
  says('call:hangup');
  expect([phase(), reasons(), devicesAreOff(), peer().isClosed]).toEqual(['none', ['peerHungUp'], true, true]);
  expect(events()).toEqual(['call:offer']);
});

test('a hangup before the answer says no more than that nobody can be reached', async () => {
  await dialling();
  says('call:hangup');
  expect([phase(), reasons(), devicesAreOff()]).toEqual(['none', ['unavailable'], true]);
});

test('nobody answers and the server says nothing: the ring has an end', async () => {
  await dialling();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([reasons(), events()]).toEqual([['noAnswer'], ['call:offer', 'call:hangup']]);
});

test('a call that is cancelled while the browser asks for permission rings nobody and leaves no device open', async () => {
  const open = devices.hold();
  calls.dial('bob', { video: true });
  await settled();
  calls.hangup();
  open();
  await settled();
  expect([events(), reasons(), devices.tracks.length, devicesAreOff()]).toEqual([[], ['cancelled'], 2, true]);
  expect(phase()).toBe('none');
});

test('a second call is not begun while there is one', async () => {
  await dialling();
  calls.dial('carol', { video: false });
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'carol' });
  await settled();
  expect([phase(), events()]).toEqual(['dialling', ['call:offer']]);
});

test('without a connection the call is over before it rings', async () => {
  isConnected = false;
  calls.dial('bob', { video: false });
  await settled();
  expect([reasons(), devicesAreOff()]).toEqual([['connectionLost'], true]);
});

test('two people call each other: the offer that the server lets stand is answered, once', async () => {
  await dialling();
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  says('call:ice', CANDIDATE);
  await settled(); // Messages are tasks of their own.
  says('call:hangup');
  expect(phase()).toBe('dialling');
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  await settled();
  expect([phase(), events(), reasons()]).toEqual(['connecting', ['call:offer', 'call:answer'], []]);
  expect([peer(0).isClosed, peer(1).candidates.length]).toEqual([true, 1]);
});

test('a call from the person one is about to call is answered, and no offer leaves', async () => {
  const open = devices.hold();
  calls.dial('bob', { video: false });
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  open();
  await settled();
  expect([phase(), events()]).toEqual(['connecting', ['call:answer']]);
});

test('they gave up while our devices opened: ours to them goes on', async () => {
  const open = devices.hold();
  calls.dial('bob', { video: false });
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  says('call:hangup');
  open();
  await settled();
  expect([phase(), events()]).toEqual(['dialling', ['call:offer']]);
});

// ── Being called ────────────────────────────────────────────────────────────────────────────────────────────────────

test.each([undefined, null, {}, { sdp: '' }, { ...AUDIO_OFFER }, { ...AUDIO_OFFER, fromUserId: {} }, { fromUserId: 'bob' }])('an offer that is none does not ring: %j', (payload) => {
  says('call:offer', payload);
  expect(phase()).toBe('none');
});

test('events without a call are nothing', () => {
  for (const event of ['call:answer', 'call:ice', 'call:hangup', 'presence', '']) says(event, ANSWER);
  expect([phase(), ends.length, sent.length]).toEqual(['none', 0, 0]);
});

test('a camera is asked for only if one answers with video; an offer without one rings as an audio call', async () => {
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 42 });
  expect(calls.state.get()).toEqual({ phase: 'incoming', peerId: '42', video: false });
  calls.accept({ video: false });
  await settled();
  expect(devices.asked).toEqual([['audio']]);
});

test('candidates that come before the description are kept for it', async () => {
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  for (let i = 0; i < 300; ++i) says('call:ice', CANDIDATE);
  calls.accept({ video: false });
  await settled();
  expect(peer().candidates.length).toBe(256);
  expect(events()).toEqual(['call:answer']);
});

test('answering twice and hanging up twice: one of each leaves', async () => {
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  calls.accept({ video: false });
  calls.accept({ video: true });
  await settled();
  calls.hangup();
  calls.hangup();
  expect([events(), reasons()]).toEqual([['call:answer', 'call:hangup'], ['hungUp']]);
});

test.each(['the caller hangs up', 'the socket is lost'])('while the devices open, %s: nothing is said in a call that is over', async (how) => {
  const open = devices.hold();
  await answering('video');
  expect(phase()).toBe('answering');
  if (how === 'the caller hangs up') says('call:hangup');
  else calls.socketLost();
  open();
  await settled();
  expect([phase(), events(), devices.tracks.length, devicesAreOff()]).toEqual(['none', [], 2, true]);
  expect(reasons()).toEqual([how === 'the caller hangs up' ? 'tooLate' : 'connectionLost']);
});

test('while ICE servers are asked for, the caller hangs up: no peer connection is made', async () => {
  let give = (_: RTCIceServer[]) => {};
  iceServers = () => new Promise((resolve) => { give = resolve; });
  await answering();
  says('call:hangup');
  give([]);
  await settled();
  expect([FakePeer.all.length, events(), devicesAreOff()]).toEqual([0, [], true]);
});

test('a ring that ends without us was missed; one that we end was declined', () => {
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  says('call:hangup');
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  calls.hangup();
  expect([reasons(), events()]).toEqual([['missed', 'declined'], ['call:hangup']]);
});

test('a description that cannot be used ends the call with a word for both', async () => {
  await dialling();
  peer().refuses = true;
  says('call:answer', ANSWER);
  await settled();
  expect([reasons(), events(), devicesAreOff()]).toEqual([['failed'], ['call:offer', 'call:hangup'], true]);
});

test('one that comes in a running call leaves it as it was', async () => {
  await talking();
  peer().refuses = true;
  says('call:offer', { ...AUDIO_OFFER, fromUserId: 'bob' });
  await settled();
  expect([phase(), ends.length]).toEqual(['active', 0]);
});

// ── Devices ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test.each([
  ['NotFoundError', 'missing'], ['NotReadableError', 'inUse'], ['AbortError', 'inUse'], ['NotAllowedError', 'denied'],
  ['OverconstrainedError', 'missing'], ['TypeError', 'failed'],
] as const)('a camera that fails with %s costs the picture only', async (error, reason) => {
  devices.broken = { video: error };
  await dialling(true);
  expect([notices, devices.tracks.map(({ kind }) => kind)]).toEqual([[`video.${reason}`], ['audio']]);
});

test('a microphone that fails leaves the picture, and its button tries again', async () => {
  devices.broken = { audio: 'NotFoundError' };
  await talking(true);
  expect(notices).toEqual(['audio.missing']);
  devices.broken = {};
  await calls.toggle('audio');
  expect(calls.state.get()).toMatchObject({ local: { microphone: true } });
});

test('neither of both: a caller rings nobody, a callee says no', async () => {
  devices.broken = { audio: 'NotAllowedError', video: 'NotAllowedError' };
  calls.dial('bob', { video: true });
  await settled();
  expect(events()).toEqual([]);
  await answering('audio');
  expect([reasons(), events()]).toEqual([['noDevices', 'noDevices'], ['call:hangup']]);
  expect(ends[0]?.problems).toEqual([{ kind: 'audio', reason: 'denied' }, { kind: 'video', reason: 'denied' }]);
});

test('a browser without devices says so', async () => {
  vi.stubGlobal('navigator', { languages: [] });
  calls.dial('bob', { video: false });
  await settled();
  expect(ends[0]?.problems).toEqual([{ kind: 'audio', reason: 'unsupported' }]);
});

test('a camera unplugged in the call is said and no longer shown', async () => {
  await talking(true);
  devices.tracks.find(({ kind }) => kind === 'video')?.onended?.();
  expect([notices, calls.state.get()]).toMatchObject([['video.unplugged'], { local: { camera: null } }]);
});

test('a camera that opens after the call has ended is closed at once', async () => {
  await talking();
  const open = devices.hold();
  const toggled = calls.toggle('video');
  says('call:hangup');
  open();
  await toggled;
  expect([devices.tracks.length, devicesAreOff(), notices]).toEqual([2, true, []]);
});

test('muting is silence, not a new description', async () => {
  await talking();
  await calls.toggle('audio');
  expect([devices.tracks[0]?.enabled, events()]).toEqual([false, ['call:offer']]);
});

// ── The path ────────────────────────────────────────────────────────────────────────────────────────────────────────

test('no path is found: both are told, and a full relay is named', async () => {
  for (const code of [0, 508]) {
    await dialling();
    says('call:answer', ANSWER);
    peer().onicecandidateerror?.({ errorCode: code });
    await vi.advanceTimersByTimeAsync(20_000);
  }
  expect([reasons(), devicesAreOff()]).toEqual([['noPath', 'relayFull'], true]);
});

test('a relay that refuses the login makes the next call ask for a new one', async () => {
  await dialling();
  peer().onicecandidateerror?.({ errorCode: 401 });
  expect(forgotten).toBe(1);
});

test.each([[3_000, 'peerHungUp'], [12_000, 'noPath']])('the other side leaves after %i ms of connecting: %s', async (ms, reason) => {
  await dialling();
  says('call:answer', ANSWER);
  await vi.advanceTimersByTimeAsync(ms);
  says('call:hangup');
  expect(reasons()).toEqual([reason]);
});

test('at the first doubt the caller looks for a new path, once', async () => {
  await talking();
  peer().becomes('disconnected');
  expect(calls.state.get()).toMatchObject({ troubled: true });
  await vi.advanceTimersByTimeAsync(1_500);
  expect(peer().restarts).toBe(1);
  peer().becomes('connected');
  await vi.advanceTimersByTimeAsync(10_000);
  expect([peer().restarts, phase()]).toEqual([1, 'active']);
});

test('the callee leaves that to the caller', async () => {
  await answering();
  peer().becomes('connected');
  peer().becomes('failed');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(peer().restarts).toBe(0);
});

test('a path that stays away ends the call; whoever leaves meanwhile did not hang up', async () => {
  await talking();
  peer().becomes('failed');
  await vi.advanceTimersByTimeAsync(15_000);
  await talking();
  peer().becomes('disconnected');
  says('call:hangup');
  expect(reasons()).toEqual(['pathLost', 'pathLost']);
});

test('a socket that is lost ends the call', async () => {
  await talking();
  calls.socketLost();
  expect([reasons(), devicesAreOff()]).toEqual([['connectionLost'], true]);
});

test('late events of a peer connection that is over change nothing', async () => {
  await talking();
  const old = peer();
  says('call:hangup');
  await dialling();
  old.becomes('failed');
  old.ontrack?.({ track: new FakeTrack('video') });
  old.onicecandidate?.({ candidate: { toJSON: () => CANDIDATE } });
  old.onnegotiationneeded?.();
  await vi.advanceTimersByTimeAsync(15_000);
  expect([phase(), events()]).toEqual(['dialling', ['call:offer', 'call:offer']]);
});

test('a camera switched off at the other side shows as a face in letters', async () => {
  await talking();
  const track = new FakeTrack('video');
  peer().ontrack?.({ track });
  expect(calls.state.get()).toMatchObject({ remote: { picture: true, tracks: 1 } });
  track.muted = true;
  track.onmute?.();
  expect(calls.state.get()).toMatchObject({ remote: { picture: false } });
});
