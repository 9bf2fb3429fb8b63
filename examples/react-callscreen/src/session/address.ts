// The one field where people type a phone number or an e-mail address: which of the two is it, and can it be one at all?
// The server has the last word; here only what is surely wrong is caught before a question leaves.

export type Address = { readonly phone: string } | { readonly email: string };
export type AddressProblem = 'empty' | 'bad_phone' | 'bad_email';
export type AddressRead = { readonly ok: true; readonly address: Address } | { readonly ok: false; readonly reason: AddressProblem };

const EMAIL_MAX = 254; // RFC 5321 section 4.5.3.1.3, without the angle brackets.
const PHONE_DIGITS = /^\+?\d{5,15}$/; // E.164 has 15 at most; national forms are the server's business.

export function readAddress(typed: string): AddressRead {
  const text = typed.trim();
  if (text === '') return { ok: false, reason: 'empty' };
  if (text.includes('@')) return isEmail(text) ? { ok: true, address: { email: text } } : { ok: false, reason: 'bad_email' };
  // As people write them: +7 (999) 123-45-67, with blanks of all kinds and dashes of all lengths.
  const phone = text.replace(/[\s().\u2010-\u2015-]/g, '');
  if (PHONE_DIGITS.test(phone)) return { ok: true, address: { phone } };
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

// One @, something on both sides, a dot or nothing but a host name behind it, nothing that separates a list.
function isEmail(text: string): boolean {
  return text.length <= EMAIL_MAX && /^[^\s@,;<>"]+@[^\s@,;<>"]+$/.test(text) && !/[\p{Cc}]/u.test(text);
}
