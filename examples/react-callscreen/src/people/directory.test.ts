import { afterEach, expect, test, vi } from 'vitest';

import { request } from '../api/http';
import { PeopleApi } from '../api/people';
import { fakeServer } from '../testing/fake-server';
import { Directory } from './directory';
import { recentPeople, rememberPerson } from './recent';

const directory = () => new Directory(new PeopleApi((path, what, read) => request(path, what, read)));

afterEach(() => vi.unstubAllGlobals());

test('somebody unknown is called by the id, and asked for once', async () => {
  const asked = fakeServer({});
  const people = directory();
  await Promise.all([people.look('a/b ü'), people.look('a/b ü')]);
  await people.look('a/b ü');
  expect(asked.map(({ route }) => route)).toEqual(['GET /api/users/a%2Fb%20%C3%BC']);
  expect(people.get('a/b ü')).toEqual({ id: 'a/b ü', name: '', avatar: '' });
});

test('the name comes when the server has told it', async () => {
  fakeServer({ 'GET /api/users/u1': () => ({ body: { id: 'u1', name: 'Ann', avatar: '' } }) });
  const people = directory();
  await people.look('u1');
  expect(people.get('u1').name).toBe('Ann');
});

test('a server that knows nobody is not asked any more', async () => {
  const asked = fakeServer({});
  const people = directory();
  people.closes();
  await people.look('u1');
  expect(asked.length).toBe(0);
});

test('a page that is open for months does not grow', () => {
  const people = directory();
  for (let i = 0; i < 600; ++i) people.know({ id: `u${i}`, name: 'x', avatar: '' });
  expect(people.people.get().size).toBe(500);
  expect([people.get('u0').name, people.get('u599').name]).toEqual(['', 'x']);
});

test.each(['{', '7', 'null', '{}', '[1,null,{}]'])('junk in the store is nobody: %j', (text) => {
  localStorage.setItem('zvonok.recent.me', text);
  expect(recentPeople('me')).toEqual([]);
});

test('the last five people are kept, each once, for each user of this browser', () => {
  localStorage.clear();
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'd']) rememberPerson('me', id);
  expect(recentPeople('me')).toEqual(['d', 'f', 'e', 'c', 'b']);
  expect(recentPeople('another')).toEqual([]);
});
