import { beforeEach, expect, test } from 'vitest';

import { forgetInvite, lanKey, takeInvite } from './fragment';

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState(null, '', '/');
});

test('an address without an invitation brings none and stays as it is', () => {
  history.replaceState(null, '', '/?a=1#key=k');
  expect(takeInvite()).toBeNull();
  expect(location.href).toMatch(/\/\?a=1#key=k$/);
});

test('an invitation leaves the address bar at once, and a reload still has it', () => {
  history.replaceState(null, '', '/?a=1#invite=i-1');
  expect(takeInvite()).toBe('i-1');
  expect(location.href).toMatch(/\/\?a=1$/);
  expect(takeInvite()).toBe('i-1');
  forgetInvite();
  expect(takeInvite()).toBeNull();
});

test('the key of a server in --lan mode stays where it is', () => {
  history.replaceState(null, '', '/#key=k-1&invite=i-1');
  takeInvite();
  expect(lanKey()).toBe('k-1');
  expect(location.hash).toBe('#key=k-1');
});
