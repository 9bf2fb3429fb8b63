import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { PeopleApi } from '../api/people';
import type { Ask } from '../api/people';
import { request } from '../api/http';
import { fakeServer } from '../testing/fake-server';
import { Search } from './search';

const ask: Ask = (path, what, read) => request(path, what, read);
const search = () => new Search(new PeopleApi(ask), () => {});
const users = (...names: string[]) => ({ body: { users: names.map((name) => ({ id: name, name, avatar: '' })) } });

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('nothing is asked while somebody types, nor for less than three letters', async () => {
  const asked = fakeServer({ 'GET /api/users?q=bob': () => users('bob') });
  const found = search();
  for (const text of ['b', 'bo', 'bob']) {
    found.typed(text);
    await vi.advanceTimersByTimeAsync(200);
  }
  expect(asked.length).toBe(0);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked.length).toBe(1);
  expect(found.state.get()).toMatchObject({ kind: 'found', people: [{ id: 'bob' }] });
  found.typed('bo');
  await vi.advanceTimersByTimeAsync(1_000);
  expect([asked.length, found.state.get().kind]).toEqual([1, 'short']);
});

test('an answer that comes after the next question is dropped', async () => {
  let answer = (_: { body: object }) => {};
  fakeServer({
    'GET /api/users?q=bob': () => new Promise((resolve) => { answer = resolve; }),
    'GET /api/users?q=ann': () => users('ann'),
  });
  const found = search();
  found.now('bob');
  await vi.advanceTimersByTimeAsync(0);
  found.now('ann');
  await vi.advanceTimersByTimeAsync(0);
  answer(users('bob'));
  await vi.advanceTimersByTimeAsync(0);
  expect(found.state.get()).toMatchObject({ people: [{ id: 'ann' }] });
});

test.each([[429, 'limited'], [503, 'failed'], [404, 'failed']])('an answer of %i is said as %s', async (status, kind) => {
  fakeServer({ 'GET /api/users?q=bob': () => ({ status }) });
  const found = search();
  found.now(' bob ');
  await vi.advanceTimersByTimeAsync(0);
  expect(found.state.get()).toEqual({ kind });
});

test('an answer that is no list of people finds nobody that could be called', async () => {
  fakeServer({ 'GET /api/users?q=bob': () => ({ body: { users: [null, 7, {}, { id: {} }, { id: 42, name: 7 }] } }) });
  const found = search();
  found.now('bob');
  await vi.advanceTimersByTimeAsync(0);
  expect(found.state.get()).toEqual({ kind: 'found', people: [{ id: '42', name: '', avatar: '' }] });
});
