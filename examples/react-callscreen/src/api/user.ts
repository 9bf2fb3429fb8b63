// A person as the server names them.

import { isRecord } from './http';

export interface User {
  readonly id: string;
  /** "" as long as nobody gave one. */
  readonly name: string;
  /** An https address, or "". */
  readonly avatar: string;
  /** Only about oneself. */
  readonly phone?: string;
  readonly email?: string;
}

export function readUser(json: unknown): User | null {
  if (!isRecord(json)) return null;
  const { id, name, avatar, phone, email } = json;
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  return {
    id: String(id), name: textOf(name), avatar: textOf(avatar),
    ...(typeof phone === 'string' ? { phone } : {}),
    ...(typeof email === 'string' ? { email } : {}),
  };
}

export function readUsers(json: unknown): readonly User[] | null {
  if (!isRecord(json) || !Array.isArray(json['users'])) return null;
  return json['users'].map(readUser).filter((user) => user !== null);
}

/** Somebody of whom nothing is known but the id. */
export const stranger = (id: string): User => ({ id, name: '', avatar: '' });

/** What to call them on the screen. */
export const nameOf = ({ name, id }: User): string => name.trim() || id;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
