import { expect, test } from 'vitest';

import { readAddress, readCode } from './address';

test.each(['', '  ', '\t'])('asks for something where nothing was typed: %j', (typed) => {
  expect(readAddress(typed)).toEqual({ ok: false, reason: 'empty' });
});

test.each([
  ['+', 'bad_phone'], ['123', 'bad_phone'], ['+123456789012345678901', 'bad_phone'], ['+7916 123#45', 'bad_phone'],
  ['marina', 'bad_email'], ['марина', 'bad_email'], ['+7916abc4567', 'bad_email'],
  ['@', 'bad_email'], ['a@', 'bad_email'], ['@b.c', 'bad_email'], ['a@b@c', 'bad_email'], ['a b@c.d', 'bad_email'],
  ['a@b.c,d@e.f', 'bad_email'], ['a@b.c;d@e.f', 'bad_email'], ['A <a@b.c>', 'bad_email'], ['a@b.c\u0000', 'bad_email'],
  [`${'a'.repeat(250)}@b.cc`, 'bad_email'],
])('refuses %j as %s', (typed, reason) => {
  expect(readAddress(typed)).toEqual({ ok: false, reason });
});

// Without their blanks and brackets the third would be a number in Vietnam, and the fourth no number at all.
test.each([
  '+7 (916) 123-45-67', '8 916 123 45 67', '+8 495 123-45-67', '+27 (0)82 123 4567', '+44\u00a07700\u2011900123', '００７ 916 123-45-67',
  '+7916١٢٣٤٥٦٧', '\u202a+7 916 123 45 67\u202c', '＋79161234567',
])('takes %j for a phone number, as it is', (typed) => {
  expect(readAddress(typed)).toEqual({ ok: true, address: { phone: typed } });
  expect(readAddress(` ${typed}\n`)).toEqual({ ok: true, address: { phone: typed } });
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
