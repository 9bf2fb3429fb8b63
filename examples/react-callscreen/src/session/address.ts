// The one field where people type a phone number or an e-mail address: which of the two is it, and can it be one at all?
// The server has the last word; here only what is surely wrong is caught before a question leaves.

export type Address = { readonly phone: string } | { readonly email: string };
export type AddressProblem = 'empty' | 'bad_phone' | 'bad_email';
export type AddressRead = { readonly ok: true; readonly address: Address } | { readonly ok: false; readonly reason: AddressProblem };

const EMAIL_MAX = 254; // RFC 5321 section 4.5.3.1.3, without the angle brackets.
// Digits of any script, and what people write between them: +7 (999) 123-45-67, with blanks of all kinds and dashes of all
// lengths, and the marks of direction that come along when a number is pasted.
const PHONE_CHARACTERS = /^[\p{Nd}\s\p{Cf}+＋().\/\u2010-\u2015\u2212-]+$/u;
const PHONE_DIGITS_MIN = 5; // E.164 has 15 at most, and before them may stand 00 or a prefix of the country: that is the
const PHONE_DIGITS_MAX = 20; // server's business.

export function readAddress(typed: string): AddressRead {
  const text = typed.trim();
  if (text === '') return { ok: false, reason: 'empty' };
  if (text.includes('@')) return isEmail(text) ? { ok: true, address: { email: text } } : { ok: false, reason: 'bad_email' };
  // As it was typed: where blanks and brackets stand tells the server whose number it is, or that it could be two.
  if (isPhone(text)) return { ok: true, address: { phone: text } };
  return { ok: false, reason: /\p{L}/u.test(text) ? 'bad_email' : 'bad_phone' };
}

export function addressText(address: Address): string {
  return 'phone' in address ? address.phone : address.email;
}

/** Six digits, however they were pasted; null for anything else. */
export function readCode(typed: string): string | null {
  const code = typed.replace(/[\s\u2010-\u2015-]/g, '');
  return /^\d{6}$/.test(code) ? code : null;
}

function isPhone(text: string): boolean {
  const digits = text.match(/\p{Nd}/gu)?.length ?? 0;
  return PHONE_CHARACTERS.test(text) && digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX;
}

// One @, something on both sides, a dot or nothing but a host name behind it, nothing that separates a list.
function isEmail(text: string): boolean {
  return text.length <= EMAIL_MAX && /^[^\s@,;<>"]+@[^\s@,;<>"]+$/.test(text) && !/[\p{Cc}]/u.test(text);
}
