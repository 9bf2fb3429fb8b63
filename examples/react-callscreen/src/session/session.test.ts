// Goal: a token is renewed in time, once for all tabs, and a session that is over is over everywhere.
// Method: two Session objects on one localStorage are two tabs; the clock is moved.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { fakeServer, madeUpToken } from '../testing/fake-server';
import { Session } from './session';

const HOUR_S = 3_600;
const MINUTE_MS = 60_000;
const user = { id: 'u1', name: 'Ann', avatar: '' };
let made = 0;

const pair = () => {
  const iat = Math.floor(Date.now() / 1_000);
  return { token: madeUpToken({ userId: 'u1', iat, exp: iat + HOUR_S, jti: ++made }), expiresAt: (iat + HOUR_S) * 1_000, refreshToken: `s.${made}` };
};
const refreshes = (asked: { route: string }[]) => asked.filter(({ route }) => route === 'POST /api/auth/refresh').length;
const kindOf = (session: Session) => session.store.get().kind;

/** Tabs hear of each other's writes, as browsers tell it: not the tab that wrote. jsdom tells nobody. */
const tellTabs = () => window.dispatchEvent(new StorageEvent('storage', { key: 'zvonok.session' }));

/** One tab after the other; between two turns the storage event of the first may reach the second. */
function locks({ afterTurn = () => {} } = {}): void {
  let held = 0;
  let before: Promise<unknown> = Promise.resolve();
  type Work = (lock: object | null) => unknown;
  const request = (_: string, ...how: [{ ifAvailable: boolean }, Work] | [Work]) => {
    const work = how.length === 2 ? how[1] : how[0];
    if (how.length === 2 && held > 0) return Promise.resolve(work(null));
    ++held;
    const turn = before.then(() => work({}));
    before = turn.then(() => { --held; afterTurn(); });
    return turn;
  };
  Object.defineProperty(navigator, 'locks', { configurable: true, value: { request } });
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  localStorage.clear();
  sessionStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, 'locks');
});

function tab(): Session {
  const session = new Session();
  session.start();
  return session;
}

function loggedInTab(): Session {
  const session = tab();
  session.logIn({ ...pair(), user });
  return session;
}

test('a token is renewed two minutes before its end, and not before', async () => {
  const asked = fakeServer({ 'POST /api/auth/refresh': () => ({ body: pair() }) });
  const session = loggedInTab();
  const first = session.token();
  await vi.advanceTimersByTimeAsync(57 * MINUTE_MS);
  expect(refreshes(asked)).toBe(0);
  await vi.advanceTimersByTimeAsync(MINUTE_MS + 20_000);
  expect(refreshes(asked)).toBe(1);
  expect(session.token()).not.toBe(first);
});

test('a date that is hours off does not change when a token is renewed', async () => {
  const asked = fakeServer({ 'POST /api/auth/refresh': () => ({ body: pair() }) });
  const session = tab();
  const real = pair();
  vi.setSystemTime(Date.now() - 3 * HOUR_S * 1_000);
  session.logIn({ ...real, user });
  await vi.advanceTimersByTimeAsync(57 * MINUTE_MS);
  expect(refreshes(asked)).toBe(0);
  await vi.advanceTimersByTimeAsync(MINUTE_MS + 20_000);
  expect(refreshes(asked)).toBe(1);
});

test('tabs that renew at once ask once and go on with the same token', async () => {
  locks();
  const asked = fakeServer({ 'POST /api/auth/refresh': () => ({ body: pair() }) });
  const one = loggedInTab();
  const two = tab();
  expect(await Promise.all([one.renew(), two.renew(), one.renew()])).toEqual(['renewed', 'renewed', 'renewed']);
  expect(refreshes(asked)).toBe(1);
  expect(two.token()).toBe(one.token());
});

test('a tab that hears of the new token while it waits for its turn asks for no other', async () => {
  locks({ afterTurn: tellTabs });
  const asked = fakeServer({ 'POST /api/auth/refresh': () => ({ body: pair() }) });
  const one = loggedInTab();
  const two = tab();
  await Promise.all([one.renew(), two.renew()]);
  expect(refreshes(asked)).toBe(1);
  expect(two.token()).toBe(one.token());
});

test('what the faster tab has saved reaches the slower one after the lock does: it waits for that instead of asking again', async () => {
  const asked = fakeServer({ 'POST /api/auth/refresh': () => ({ body: pair() }) });
  const one = loggedInTab();
  const two = tab();
  const old = localStorage.getItem('zvonok.session');
  const lag = vi.spyOn(Storage.prototype, 'getItem').mockReturnValue(old);
  locks({ afterTurn: () => setTimeout(() => {
    lag.mockRestore();
    tellTabs();
  }, 300) });
  const both = Promise.all([one.renew(), two.renew()]);
  await vi.advanceTimersByTimeAsync(300);
  expect(await both).toEqual(['renewed', 'renewed']);
  expect(refreshes(asked)).toBe(1);
  expect(two.token()).toBe(one.token());
});

test('a tab that waited for one that failed tries itself', async () => {
  locks();
  const answers = ['unreachable' as const, { body: pair() }];
  const asked = fakeServer({ 'POST /api/auth/refresh': () => answers.shift() ?? 'unreachable' });
  const one = loggedInTab();
  const two = tab();
  const both = Promise.all([one.renew(), two.renew()]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await both).toEqual(['unreachable', 'renewed']);
  expect(refreshes(asked)).toBe(2);
});

test('without locks the slower tab takes what the faster one has saved, and logs nobody out', async () => {
  const answers = [{ body: pair() }, { status: 401, body: { code: 'invalid_refresh_token' } }];
  fakeServer({ 'POST /api/auth/refresh': () => answers.shift() ?? 'unreachable' });
  const one = loggedInTab();
  const two = tab();
  expect(await Promise.all([one.renew(), two.renew()])).toEqual(['renewed', 'renewed']);
  expect(two.token()).toBe(one.token());
  expect(kindOf(two)).toBe('account');
});

test('a refresh token that is refused ends the session, here and in the store', async () => {
  fakeServer({ 'POST /api/auth/refresh': () => ({ status: 401, body: { code: 'invalid_refresh_token' } }) });
  const session = loggedInTab();
  expect(await session.renew()).toBe('dead');
  expect(session.store.get()).toEqual({ kind: 'none', why: 'refused' });
  expect(localStorage.getItem('zvonok.session')).toBeNull();
});

test.each([['nobody answers', 'unreachable' as const], ['the store is sick', { status: 503, body: { code: 'unavailable' } }], ['there are too many', { status: 429 }]])('while %s the session lives, and renewing is tried again after half a minute', async (_, answer) => {
  let sick = true;
  const asked = fakeServer({ 'POST /api/auth/refresh': () => (sick ? answer : { body: pair() }) });
  const session = loggedInTab();
  const first = session.token();
  await vi.advanceTimersByTimeAsync(58 * MINUTE_MS);
  expect([refreshes(asked), session.token()]).toEqual([1, first]);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(refreshes(asked)).toBe(1);
  sick = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(refreshes(asked)).toBe(2);
  expect(session.token()).not.toBe(first);
});

test('signing out while a renewal is under way stays signed out', async () => {
  let answer = (_: { body: object }) => {};
  fakeServer({
    'POST /api/auth/refresh': () => new Promise((resolve) => { answer = resolve; }),
    'POST /api/auth/logout': () => ({ status: 204 }),
  });
  const session = loggedInTab();
  const renewed = session.renew();
  await vi.advanceTimersByTimeAsync(0);
  await session.signOut();
  answer({ body: pair() });
  expect(await renewed).toBe('dead');
  expect(kindOf(session)).toBe('none');
  expect(localStorage.getItem('zvonok.session')).toBeNull();
});

test('signing out in one tab signs out the others', async () => {
  fakeServer({ 'POST /api/auth/logout': () => ({ status: 204 }) });
  const one = loggedInTab();
  const two = tab();
  await one.signOut();
  tellTabs();
  expect(one.store.get()).toEqual({ kind: 'none', why: null });
  expect(two.store.get()).toEqual({ kind: 'none', why: 'ended' });
});

test('a token that has just run out still signs out', async () => {
  const asked = fakeServer({
    'POST /api/auth/logout': () => ({ status: asked.length === 1 ? 401 : 204 }),
    'POST /api/auth/refresh': () => ({ body: pair() }),
  });
  await loggedInTab().signOut();
  expect(asked.map(({ route }) => route)).toEqual(['POST /api/auth/logout', 'POST /api/auth/refresh', 'POST /api/auth/logout']);
  expect(asked[2]?.token).not.toBe(asked[0]?.token);
});

test('the late end of an old session leaves the new one of another tab alone', () => {
  fakeServer({});
  const one = loggedInTab();
  const two = tab();
  one.logIn({ ...pair(), user });
  two.drop('ended');
  expect(two.token()).toBe(one.token());
});

test('a frozen tab that comes back knows what happened meanwhile', () => {
  fakeServer({});
  const one = loggedInTab();
  const two = tab();
  one.drop('ended');
  expect(kindOf(two)).toBe('account');
  window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  expect(kindOf(two)).toBe('none');
});

test('a request that is refused is asked again once with a new token, and no third time', async () => {
  const asked = fakeServer({
    'GET /api/me': () => ({ status: 401, body: { code: 'unauthorized' } }),
    'POST /api/auth/refresh': () => ({ body: pair() }),
  });
  const session = loggedInTab();
  const answer = await session.ask('api/me', {}, () => 'never');
  expect(answer).toMatchObject({ ok: false, reason: 'unauthorized' });
  expect(asked.map(({ route }) => route)).toEqual(['GET /api/me', 'POST /api/auth/refresh', 'GET /api/me']);
});

test('a pasted token is this tab\'s alone, is never renewed, and wins over the account of the other tabs', async () => {
  const asked = fakeServer({ 'GET /api/me': () => ({ status: 401 }) });
  loggedInTab();
  sessionStorage.setItem('zvonok.token', madeUpToken({ userId: 'bob' }));
  const session = tab();
  expect([kindOf(session), session.userId()]).toEqual(['pasted', 'bob']);
  await session.ask('api/me', {}, () => null);
  await session.signOut();
  expect(refreshes(asked)).toBe(0);
  expect(localStorage.getItem('zvonok.session')).not.toBeNull();
});

test.each(['{', 'null', '[]', '{"token":1}', '{"token":"t","refreshToken":"r","renewAt":1}'])('junk in the store is no session: %j', (text) => {
  localStorage.setItem('zvonok.session', text);
  expect(kindOf(tab())).toBe('none');
});
