// The people last spoken with, kept in this browser for each user of it.

const kMax = 5; // One row on a phone; a real history is the messenger's business.

const keyOf = (me) => `zvonok.recent.${me}`;

export function recentPeople(me) {
  try {
    const names = JSON.parse(localStorage.getItem(keyOf(me)));
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string').slice(0, kMax) : [];
  } catch {
    return [];
  }
}

/** @returns {string[]} the list with this person in front. */
export function rememberPerson(me, name) {
  const names = [name, ...recentPeople(me).filter((other) => other !== name)].slice(0, kMax);
  localStorage.setItem(keyOf(me), JSON.stringify(names));
  return names;
}
