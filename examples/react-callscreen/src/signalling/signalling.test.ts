// Goal: a server that refuses, restarts or vanishes is neither hammered nor given up for no reason, and a token that is
// renewed costs nobody a call. Method: sockets that the test opens and closes, and a clock that it moves.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { FakeSocket, fakeSockets } from '../testing/fake-socket';
import { Signalling } from './signalling';
import type { Verdict } from './signalling';
import type { Message } from './wire';

const HANGUP = { event: 'call:hangup' };
const heard: Message[] = [];
let lost = 0;
let busy = false;
let token = 'one';
let answersHttp = true;
let verdicts: (Verdict | Promise<Verdict>)[] = [];
let refusals: number[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  fakeSockets();
  heard.length = lost = 0;
  [busy, token, answersHttp, verdicts, refusals] = [false, 'one', true, [], []];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function started(): Signalling {
  const signalling = new Signalling({
    url: () => (token === '' ? null : new URL(`ws://server/ws?token=${token}`)),
    afterRefusal: async (count) => {
      refusals.push(count);
      return (await verdicts.shift()) ?? 'giveUp';
    },
    isBusy: () => busy,
    answersHttp: async () => answersHttp,
    onMessage: (message) => heard.push(message),
    onLost: () => { ++lost; },
  });
  signalling.start();
  return signalling;
}

function online(): Signalling {
  const signalling = started();
  socket().open();
  vi.advanceTimersByTime(250);
  expect(signalling.status.get()).toEqual({ kind: 'online' });
  return signalling;
}

/** The n-th socket that the page has made, or the newest. */
function socket(n = FakeSocket.all.length - 1): FakeSocket {
  const found = FakeSocket.all[n];
  if (!found) throw new Error(`there is no socket ${n}`);
  return found;
}

/** Lets so much time pass; every socket that is made meanwhile is opened and closed with `code`. */
async function refuseFor(ms: number, code: number, openMs = 0): Promise<number> {
  const before = FakeSocket.all.length;
  for (let passed = 0; passed < ms; passed += 100) {
    await vi.advanceTimersByTimeAsync(100);
    const newest = socket();
    if (newest.readyState !== 0) continue;
    newest.open();
    await vi.advanceTimersByTimeAsync(openMs);
    newest.ends(code);
  }
  return FakeSocket.all.length - before;
}

test.each([[1011, 0], [1012, 100], [1006, 0], [4008, 6_000], [4029, 0], [4029, 8_000]])('a server that closes every socket with %i after %i ms is not hammered', async (code, openMs) => {
  started();
  socket().open();
  socket().ends(code);
  const count = await refuseFor(60_000, code, openMs);
  expect(count).toBeGreaterThanOrEqual(3);
  expect(count).toBeLessThanOrEqual(6); // 1.25, 2.5, 5, 10, 20 s.
});

test('a session that was well starts with a short delay again; one that merely opened does not', async () => {
  started();
  for (let i = 0; i < 4; ++i) {
    socket().open();
    socket().ends(1006);
    await vi.advanceTimersByTimeAsync(20_000);
  }
  const before = FakeSocket.all.length;
  socket().open();
  await vi.advanceTimersByTimeAsync(10_000);
  socket().ends(1006);
  await vi.advanceTimersByTimeAsync(1_250);
  expect(FakeSocket.all.length).toBe(before + 1);
});

test('pages that put each other out, being one too many, take turns more and more slowly, and say so', async () => {
  const signalling = online();
  const delays: number[] = [];
  for (let turn = 0; turn < 5; ++turn) {
    await vi.advanceTimersByTimeAsync(20_000); // It was well for so long.
    const before = FakeSocket.all.length;
    socket().ends(4029);
    expect(signalling.status.get()).toEqual({ kind: 'waiting', why: 'tooMany' });
    const start = Date.now();
    while (FakeSocket.all.length === before) await vi.advanceTimersByTimeAsync(50);
    delays.push(Date.now() - start);
    socket().open();
    await vi.advanceTimersByTimeAsync(250);
    expect(signalling.status.get()).toEqual({ kind: 'online' });
  }
  expect(delays).toEqual([1_250, 2_500, 5_000, 10_000, 20_000]);
});

test('a dead session is tried once and no more', async () => {
  const signalling = started();
  socket().open();
  socket().ends(4001);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all.length).toBe(1);
  expect(refusals).toEqual([0]);
  expect(signalling.status.get()).toEqual({ kind: 'refused', why: 'unauthorized' });
});

test('a token that is refused again after it was renewed is not renewed for ever', async () => {
  verdicts = [{ againMs: 0 }, 'giveUp'];
  started();
  socket().open();
  socket().ends(4001);
  expect(await refuseFor(60_000, 4001)).toBe(1);
  expect(refusals).toEqual([0, 1]);
});

test('where nobody can tell whether the session is dead, it is waited for as after any loss', async () => {
  verdicts = ['lost', 'lost', { againMs: 0 }];
  const signalling = started();
  for (let i = 0; i < 3; ++i) {
    socket().open();
    socket().ends(4001);
    await vi.advanceTimersByTimeAsync(2_600);
  }
  expect(refusals).toEqual([0, 0, 0]);
  socket().open();
  await vi.advanceTimersByTimeAsync(250);
  expect(signalling.status.get()).toEqual({ kind: 'online' });
});

test('who signs out while the verdict is pending is not connected again', async () => {
  let decide = (_: Verdict) => {};
  verdicts = [new Promise((resolve) => { decide = resolve; })];
  const signalling = started();
  socket().ends(4001);
  signalling.stop();
  decide({ againMs: 0 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all.length).toBe(1);
  expect(signalling.status.get()).toEqual({ kind: 'off' });
});

test.each([[4009, 'replaced'], [4010, 'ended']])('after %i nothing is tried by itself', async (code, why) => {
  const signalling = online();
  socket().ends(code);
  signalling.networkIsBack();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all.length).toBe(1);
  expect(signalling.status.get()).toEqual({ kind: 'refused', why });
});

test.each([[true, 'noPath'], [false, 'unreachable']])('a socket that cannot be opened: plain HTTP answers (%s), so the reason is %s', async (answers, why) => {
  answersHttp = answers;
  const signalling = started();
  socket().ends(1006);
  await vi.advanceTimersByTimeAsync(0);
  expect(signalling.status.get()).toEqual({ kind: 'waiting', why });
});

test('nothing is sent without an open socket', () => {
  const signalling = started();
  expect(signalling.send('call:hangup')).toBe(false);
  socket().open();
  expect(signalling.send('call:hangup')).toBe(true);
  socket().ends(1006);
  expect(signalling.send('call:hangup')).toBe(false);
  expect(socket().sent).toEqual(['{"event":"call:hangup"}']);
});

test('late events of a socket that was given up change nothing', async () => {
  const signalling = online();
  const old = socket();
  signalling.stop();
  signalling.resume();
  socket().open();
  vi.advanceTimersByTime(250);
  old.says(HANGUP);
  old.ends(4001);
  old.open();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([heard.length, lost, FakeSocket.all.length]).toEqual([0, 0, 2]);
  expect(signalling.status.get()).toEqual({ kind: 'online' });
});

test('twenty renewals in quick succession leave one socket open', async () => {
  const signalling = online();
  for (let round = 0; round < 20; ++round) {
    token = `round ${round}`;
    signalling.renewed();
    await vi.advanceTimersByTimeAsync(round * 20);
    if (socket().readyState === 0) socket().open();
    signalling.networkIsBack();
  }
  await vi.advanceTimersByTimeAsync(2_000);
  if (socket().readyState === 0) socket().open();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(FakeSocket.all.filter(({ isOpen }) => isOpen).length).toBe(1);
  expect(signalling.status.get()).toEqual({ kind: 'online' });
});

test('a new token: the new socket is open before the old one is closed', async () => {
  const signalling = online();
  token = 'two';
  signalling.renewed();
  await vi.advanceTimersByTimeAsync(0);
  expect(socket().url.searchParams.get('token')).toBe('two');
  expect(socket(0).isOpen).toBe(true);
  socket().open();
  expect(socket(0).isOpen).toBe(true);
  await vi.advanceTimersByTimeAsync(250);
  expect([socket(0).isOpen, socket(1).isOpen, lost]).toEqual([false, true, 0]);
  signalling.send('call:hangup');
  expect(socket(1).sent.length).toBe(1);
});

test('a ring that comes on both sockets rings once, on the old one', async () => {
  const signalling = online();
  signalling.renewed();
  await vi.advanceTimersByTimeAsync(0);
  socket(1).open();
  socket(1).says({ event: 'call:offer', payload: 1 });
  expect(heard).toEqual([]);
  socket(0).says({ event: 'call:offer', payload: 1 });
  busy = true;
  await vi.advanceTimersByTimeAsync(250);
  expect(heard.length).toBe(1);
  expect([socket(0).isOpen, socket(1).isOpen]).toEqual([true, false]);
});

test('a ring that only the new socket has heard of when it takes over is not lost', async () => {
  const signalling = online();
  signalling.renewed();
  await vi.advanceTimersByTimeAsync(0);
  socket(1).open();
  socket(1).says({ event: 'call:offer', payload: 1 });
  await vi.advanceTimersByTimeAsync(250);
  socket(0).says({ event: 'call:offer', payload: 1 });
  socket(1).says(HANGUP);
  expect(heard.map(({ event }) => event)).toEqual(['call:offer', 'call:hangup']);
});

test('during a call the socket stays, and is replaced after it', async () => {
  const signalling = online();
  busy = true;
  signalling.renewed();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all.length).toBe(1);
  busy = false;
  signalling.callIsOver();
  await vi.advanceTimersByTimeAsync(0);
  socket(1).open();
  await vi.advanceTimersByTimeAsync(250);
  expect([socket(0).isOpen, socket(1).isOpen]).toEqual([false, true]);
});

test('a replacement that is refused leaves the old socket at work, and is tried again more and more slowly', async () => {
  const signalling = online();
  signalling.renewed();
  const count = await refuseFor(60_000, 1011);
  expect(count).toBeLessThanOrEqual(7);
  expect([socket(0).isOpen, lost]).toEqual([true, 0]);
  expect(signalling.status.get()).toEqual({ kind: 'online' });
});

test('the old socket ends while the new one opens: one socket is left', async () => {
  const signalling = online();
  signalling.renewed();
  await vi.advanceTimersByTimeAsync(0);
  socket(0).ends(1012);
  socket(1).open();
  await vi.advanceTimersByTimeAsync(1_250);
  socket(2).open();
  await vi.advanceTimersByTimeAsync(250);
  expect(FakeSocket.all.map(({ isOpen }) => isOpen)).toEqual([false, false, true]);
  expect([lost, signalling.status.get().kind]).toEqual([1, 'online']);
});
