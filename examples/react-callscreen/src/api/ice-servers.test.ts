import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { fakeServer } from '../testing/fake-server';
import { request } from './http';
import { IceServers } from './ice-servers';

const ROUTE = 'GET /api/ice-servers';
const given = { body: { iceServers: [{ urls: 'stun:a' }], ttl: 3_600 } };
const iceServers = (userId = () => 'u1') => new IceServers((path, what, read) => request(path, what, read), userId);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each([
  ['a server of another kind', { status: 404 }], ['one that is sick', { status: 503 }], ['one that nobody reaches', 'unreachable' as const],
  ['a page', { body: 'text' }], ['an answer of another shape', { body: { iceServers: {} } }],
])('a call goes on without a relay: %s', async (_, answer) => {
  fakeServer({ [ROUTE]: () => answer });
  expect(await iceServers().get()).toEqual([]);
});

test('a call does not wait for a relay that it may not need', async () => {
  vi.stubGlobal('fetch', (_: URL, { signal }: RequestInit) => new Promise((_done, fail) => signal?.addEventListener('abort', () => fail(new Error('aborted')))));
  const asked = iceServers().get();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await asked).toEqual([]);
});

test('what was given is used for half of its life, and not by the next user', async () => {
  const asked = fakeServer({ [ROUTE]: () => given });
  let user = 'u1';
  const servers = iceServers(() => user);
  await servers.get();
  await vi.advanceTimersByTimeAsync(1_799_000);
  expect(await servers.get()).toEqual([{ urls: 'stun:a' }]);
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  await servers.get();
  expect(asked.length).toBe(2);
  user = 'u2';
  await servers.get();
  expect(asked.length).toBe(3);
});

test('a device that slept asks anew, though its own clock stood still', async () => {
  const asked = fakeServer({ [ROUTE]: () => given });
  const servers = iceServers();
  await servers.get();
  vi.setSystemTime(Date.now() + 1_800_000);
  await servers.get();
  expect(asked.length).toBe(2);
});

test('a server that is away for a moment leaves what it gave; one that was away is asked anew', async () => {
  const answers: (typeof given | 'unreachable')[] = [given, 'unreachable', given];
  const asked = fakeServer({ [ROUTE]: () => answers.shift() ?? 'unreachable' });
  const servers = iceServers();
  await servers.get();
  await vi.advanceTimersByTimeAsync(1_800_000);
  expect(await servers.get()).toEqual([{ urls: 'stun:a' }]);
  servers.forget();
  await servers.get();
  expect(asked.length).toBe(3);
});
