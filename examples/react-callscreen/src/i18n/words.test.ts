import { expect, test } from 'vitest';

import { en } from './en';
import { say } from './language';
import { ru } from './ru';

type Entry = string | Record<string, string | undefined>;

const formsOf = (entry: Entry): string[] => (typeof entry === 'string' ? [entry] : Object.values(entry).filter((form) => form !== undefined));
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([found]) => found).sort();
const english = new Map<string, Entry>(Object.entries(en));

test.each(Object.entries<Entry>(ru))('%s is said in Russian, of the same things', (key, entry) => {
  const [model = ''] = formsOf(english.get(key) ?? '');
  for (const text of formsOf(entry)) {
    expect(placeholders(model)).toEqual(expect.arrayContaining(placeholders(text)));
    if (model !== '') expect(text).toMatch(/[а-яё]/i);
    expect(text === '').toBe(model === '');
  }
});

test('what depends on a number has a form for each plural category of its language', () => {
  for (const [language, words] of [['en', en], ['ru', ru]] as const) {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const entry of Object.values<Entry>(words)) if (typeof entry !== 'string') expect(Object.keys(entry).sort()).toEqual([...categories].sort());
  }
});

test('numbers take their form', () => {
  expect([1, 2, 5, 21, 112].map((count) => say('ru', 'search.found', { count }))).toEqual([
    'Найден 1 человек', 'Найдено 2 человека', 'Найдено 5 человек', 'Найден 21 человек', 'Найдено 112 человек',
  ]);
  expect([1, 2].map((count) => say('en', 'search.found', { count }))).toEqual(['1 person found', '2 people found']);
});

test('names are put in as they are', () => {
  expect(say('en', 'ended.peerHungUp', { name: '$& {name} <b>' })).toBe('$& {name} <b> hung up.');
});
