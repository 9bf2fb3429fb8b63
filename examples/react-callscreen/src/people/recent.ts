// The people last spoken with, kept in this browser for each user of it.

const RECENT_MAX = 5; // One row on a phone; a real history is the messenger's business.

const keyOf = (me: string) => `zvonok.recent.${me}`;

export function recentPeople(me: string): readonly string[] {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(keyOf(me)) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string').slice(0, RECENT_MAX) : [];
  } catch {
    return [];
  }
}

/** @returns the list with this person in front. */
export function rememberPerson(me: string, id: string): readonly string[] {
  const ids = [id, ...recentPeople(me).filter((other) => other !== id)].slice(0, RECENT_MAX);
  localStorage.setItem(keyOf(me), JSON.stringify(ids));
  return ids;
}
