import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Session } from '../session/session';
import { fakeServer, madeUpToken } from '../testing/fake-server';
import { Login } from './login';

const CODE = 'POST /api/auth/code';
const VERIFY = 'POST /api/auth/verify';
const INVITE = 'POST /api/auth/invite';
const sent = (extra = {}) => ({ status: 202, body: { retryAfterS: 30, ...extra } });
const loggedIn = () => ({ body: { token: madeUpToken({ userId: 'u1' }), expiresAt: Date.now() + 3_600_000, refreshToken: 'r', user: { id: 'u1', name: '', avatar: '' } } });

let session: Session;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sessionStorage.clear();
  history.replaceState(null, '', '/');
  session = new Session();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function atCode(login: Login): Promise<void> {
  await login.begin();
  await login.askForCode('ann@example.com');
  expect(login.state.get().step.form).toBe('code');
}

test('the code logs in, and the device is the same the next time', async () => {
  const asked = fakeServer({ [CODE]: ({ body }) => (JSON.stringify(body) === '{}' ? { status: 400, body: { code: 'bad_phone' } } : sent({ devCode: '123456' })), [VERIFY]: loggedIn });
  const login = new Login(session);
  await atCode(login);
  expect(login.state.get().step).toMatchObject({ devCode: '123456', address: { email: 'ann@example.com' } });
  await login.verify(' 123 456 ');
  expect(session.store.get()).toMatchObject({ kind: 'account', user: { id: 'u1' } });
  const bodies = asked.filter(({ route }) => route === VERIFY).map(({ body }) => body);
  expect(bodies).toEqual([{ email: 'ann@example.com', code: '123456', device: localStorage.getItem('zvonok.device') }]);
});

test.each([[404, 'not_found'], [405, undefined]])('a server with somebody else\'s login (%i) asks for a token, and offers no code', async (status, code) => {
  fakeServer({ [CODE]: () => ({ status, body: { code } }) });
  const login = new Login(session);
  await login.begin();
  expect(login.state.get()).toMatchObject({ step: { form: 'token' }, codesOffered: false, note: null });
});

test('a page where the API should be is somebody else\'s server too', async () => {
  vi.stubGlobal('fetch', async () => new Response('<!doctype html>', { status: 200, headers: { 'Content-Type': 'text/html' } }));
  const login = new Login(session);
  await login.begin();
  expect(login.state.get().step).toEqual({ form: 'token' });
});

test('a server that cannot be reached is said, and the form stays for the next try', async () => {
  fakeServer({ [CODE]: () => 'unreachable' });
  const login = new Login(session);
  await login.begin();
  expect(login.state.get()).toMatchObject({ step: { form: 'address' }, note: { key: 'serverUnreachable' } });
});

test.each(['', '12', 'ann', 'a@b@c'])('what is surely no address asks the server nothing: %j', async (typed) => {
  const asked = fakeServer({ [CODE]: () => sent() });
  const login = new Login(session);
  await login.askForCode(typed);
  expect([asked.length, login.state.get().note?.key.startsWith('address.')]).toEqual([0, true]);
});

test.each([
  [401, 'invalid_code', { key: 'code.invalid_code' }], [400, 'bad_code', { key: 'code.bad_code' }],
  [403, 'invite_used', { key: 'invite.invite_used' }], [403, 'invite_expired', { key: 'invite.invite_expired' }], [403, 'invite_unknown', { key: 'invite.invite_unknown' }],
  [503, 'unavailable', { key: 'serverBusy' }], [500, 'internal', { key: 'serverBusy' }],
])('a code that is refused with %i %s logs nobody in', async (status, code, note) => {
  fakeServer({ [CODE]: () => sent(), [VERIFY]: () => ({ status, body: { code } }) });
  const login = new Login(session);
  await atCode(login);
  await login.verify('123456');
  expect([login.state.get().note, login.state.get().busy, session.token()]).toEqual([note, false, null]);
});

test('too many tries say for how long', async () => {
  fakeServer({ [CODE]: () => sent(), [VERIFY]: () => ({ status: 429, body: { code: 'too_many_tries' }, headers: { 'Retry-After': '121' } }) });
  const login = new Login(session);
  await atCode(login);
  await login.verify('123456');
  expect(login.state.get().note).toEqual({ key: 'code.too_many_tries', minutes: 3 });
});

test('a code of five digits is no try', async () => {
  const asked = fakeServer({ [CODE]: () => sent() });
  const login = new Login(session);
  await atCode(login);
  await login.verify('12345');
  expect([asked.filter(({ route }) => route === VERIFY).length, login.state.get().note]).toEqual([0, { key: 'code.bad_code' }]);
});

test('a new code cannot be asked for before the server allows it', async () => {
  const asked = fakeServer({ [CODE]: () => sent() });
  const login = new Login(session);
  await atCode(login);
  await login.askAgain();
  await vi.advanceTimersByTimeAsync(29_000);
  await login.askAgain();
  expect(asked.length).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  await login.askAgain();
  expect(asked.length).toBe(3);
});

test('an invitation goes along with both questions, and is forgotten when it has let in', async () => {
  history.replaceState(null, '', '/#invite=i-1&key=k-1');
  const asked = fakeServer({ [INVITE]: () => ({ body: { expiresAt: 1 } }), [CODE]: () => sent(), [VERIFY]: loggedIn });
  const login = new Login(session);
  await atCode(login);
  await login.verify('123456');
  expect(asked.map(({ route, body }) => [route, body])).toEqual([
    [INVITE, { invite: 'i-1' }], [CODE, {}],
    [CODE, { email: 'ann@example.com', invite: 'i-1', key: 'k-1' }],
    [VERIFY, expect.objectContaining({ invite: 'i-1' })],
  ]);
  expect(sessionStorage.getItem('zvonok.invite')).toBeNull();
});

test.each([[403, 'invite_used'], [403, 'invite_expired'], [403, 'invite_unknown']])('an invitation that is no good (%i %s) is said before anybody types', async (status, code) => {
  history.replaceState(null, '', '/#invite=i-1');
  fakeServer({ [INVITE]: () => ({ status, body: { code } }), [CODE]: () => ({ status: 400, body: { code: 'bad_phone' } }) });
  const login = new Login(session);
  await login.begin();
  expect(login.state.get()).toMatchObject({ note: { key: `invite.${code}` }, invited: false, step: { form: 'address' } });
});

test('an address to which this server sends nothing is told apart from a server that is busy', async () => {
  fakeServer({ [CODE]: ({ body }) => ({ status: 400, body: { code: JSON.stringify(body) === '{}' ? 'not_json' : 'no_delivery' } }) });
  const login = new Login(session);
  await login.begin();
  await login.askForCode('+79161234567');
  expect(login.state.get()).toMatchObject({ note: { key: 'address.no_delivery' }, step: { form: 'address' } });
});

test.each(['undefined', '', 'a.b.c'])('what is no token is not used as one: %j', (typed) => {
  const login = new Login(session);
  login.paste(typed);
  expect([login.state.get().note, session.token()]).toEqual([{ key: 'badToken' }, null]);
});
