// The language of the page: the browser's, until somebody chooses one; the choice is remembered.

import { Store } from '../store';
import { useStore } from '../use-store';
import { en } from './en';
import { ru } from './ru';
import type { Key, Plural, Translate, ValuesOf, Words } from './words';

export type Language = 'en' | 'ru';

const LANGUAGES: Readonly<Record<Language, Words>> = { en, ru };
const LANGUAGE_KEY = 'zvonok.language';

const isLanguage = (text: string | null): text is Language => text !== null && Object.hasOwn(LANGUAGES, text);

export const language = new Store<Language>(choose());

function choose(): Language {
  const saved = localStorage.getItem(LANGUAGE_KEY);
  if (isLanguage(saved)) return saved;
  // The first language of the person's list that we speak.
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

export function setLanguage(next: Language): void {
  localStorage.setItem(LANGUAGE_KEY, next);
  language.set(next);
}

/** For what is said once, such as an announcement; components use useTranslate(). */
export const translate: Translate = (key, ...values) => say(language.get(), key, ...values);

export function useTranslate(): Translate {
  const present = useStore(language);
  return (key, ...values) => say(present, key, ...values);
}

export function say<K extends Key>(into: Language, key: K, ...[values]: ValuesOf<K>): string {
  const entry: string | Plural = LANGUAGES[into][key];
  const given = new Map<string, string | number>(Object.entries(values ?? {}));
  const text = typeof entry === 'string' ? entry : formOf(entry, into, Number(given.get('count')));
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(given.get(name)));
}

function formOf(forms: Plural, into: Language, count: number): string {
  return forms[new Intl.PluralRules(into).select(count)] ?? forms.other;
}
