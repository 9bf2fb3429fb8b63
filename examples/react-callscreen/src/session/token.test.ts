import { expect, test } from 'vitest';

import { madeUpToken } from '../testing/fake-server';
import { cleanToken, lifeMsOf, userIdOf } from './token';

const token = madeUpToken({ userId: 'Марина' });

test.each(['', 'null', 'undefined', '[object Object]', 'a.b.c', madeUpToken({ sub: 'x' }), madeUpToken({ userId: true }), madeUpToken({ userId: {} })])('reads no user from %j', (junk) => {
  expect(userIdOf(junk)).toBeNull();
});

test.each([token, ` ${token}\n`, `Bearer ${token}`, `"${token}"`])('cleans what people paste: %j', (pasted) => {
  expect(cleanToken(pasted)).toBe(token);
});

test('reads users that are texts or numbers', () => {
  expect(userIdOf(token)).toBe('Марина');
  expect(userIdOf(madeUpToken({ userId: 42 }))).toBe('42');
});

test.each([{}, { exp: 10 }, { iat: 10, exp: 10 }, { iat: 10, exp: 5 }, { iat: '1', exp: '2' }])('knows no life of %j', (claims) => {
  expect(lifeMsOf(madeUpToken(claims))).toBeNull();
});

test('measures the life of a token by its own clock', () => {
  expect(lifeMsOf(madeUpToken({ iat: 1_000, exp: 4_600 }))).toBe(3_600_000);
});
