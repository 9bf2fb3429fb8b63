import { useEffect } from 'react';

import type { User } from '../api/user';
import { useStore } from '../use-store';
import { useApp } from './app-context';

/** Who is behind an id, as far as it is known by now. */
export function usePerson(id: string): User {
  const { directory } = useApp();
  useStore(directory.people);
  useEffect(() => { if (id !== '') void directory.look(id); }, [directory, id]);
  return directory.get(id);
}
