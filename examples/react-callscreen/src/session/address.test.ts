import { expect, test } from 'vitest';

import { readAddress, readCode } from './address';

test.each(['', '  ', '\t'])('asks for something where nothing was typed: %j', (typed) => {
  expect(readAddress(typed)).toEqual({ ok: false, reason: 'empty' });
});

test.each([
  ['+', 'bad_phone'], ['123', 'bad_phone'], ['+1234567890123456', 'bad_phone'], ['++79161234567', 'bad_phone'],
  ['+7916 123#45', 'bad_phone'], ['7+9161234567', 'bad_phone'],
  ['marina', 'bad_email'], ['марина', 'bad_email'], ['+7916abc4567', 'bad_email'],
  ['@', 'bad_email'], ['a@', 'bad_email'], ['@b.c', 'bad_email'], ['a@b@c', 'bad_email'], ['a b@c.d', 'bad_email'],
  ['a@b.c,d@e.f', 'bad_email'], ['a@b.c;d@e.f', 'bad_email'], ['A <a@b.c>', 'bad_email'], ['a@b.c\u0000', 'bad_email'],
  [`${'a'.repeat(250)}@b.cc`, 'bad_email'],
])('refuses %j as %s', (typed, reason) => {
  expect(readAddress(typed)).toEqual({ ok: false, reason });
});

test.each([
  ['+7 (916) 123-45-67', '+79161234567'], ['8 916 123 45 67', '89161234567'], ['+44\u00a07700\u2011900123', '+447700900123'],
])('takes %j for a phone number', (typed, phone) => {
  expect(readAddress(typed)).toEqual({ ok: true, address: { phone } });
});

test.each(['you@example.com', ' you@example.com ', 'имя@почта.рф', 'a+b@localhost'])('takes %j for an e-mail address', (typed) => {
  expect(readAddress(typed)).toEqual({ ok: true, address: { email: typed.trim() } });
});

test.each(['', '12345', '1234567', '12345a', '１２３４５６'])('takes %j for no code', (typed) => {
  expect(readCode(typed)).toBeNull();
});

test.each(['123456', ' 123 456 ', '123-456', '123\u00a0456'])('reads the code that was pasted as %j', (typed) => {
  expect(readCode(typed)).toBe('123456');
});
