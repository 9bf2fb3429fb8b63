import { useState } from 'react';

import { nameOf } from '../api/user';
import type { User } from '../api/user';

const TINTS = 12; // As many as styles/people.css has.

interface Props {
  readonly person: User;
  readonly size: 'small' | 'large';
  readonly ringing?: boolean;
  readonly id?: string;
}

/** A person's picture, or the first letter of the name on a colour of their own. For the eye only: the name is beside it. */
export function Avatar({ person, size, ringing = false, id }: Props) {
  const [failed, setFailed] = useState(''); // The address of a picture that could not be loaded.
  const [first = ''] = nameOf(person).trim();
  const picture = person.avatar !== '' && person.avatar !== failed ? person.avatar : null;
  const tint = [...person.id].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 997, 7) % TINTS;
  return (
    <span className={`avatar ${size} tint-${tint}${ringing ? ' ringing' : ''}`} id={id} aria-hidden="true">
      {picture ? <img src={picture} alt="" referrerPolicy="no-referrer" onError={() => setFailed(picture)} /> : first.toUpperCase()}
    </span>
  );
}
