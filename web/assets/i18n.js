// The language of the page: the browser's, until somebody chooses one; the choice is remembered.
// Elements name their words themselves: data-t (text), data-t-label (aria-label), data-t-title (tooltip).

import { words } from './words.js';

const kLanguageKey = 'zvonok.language';

let language = choose();

function choose() {
  const saved = localStorage.getItem(kLanguageKey);
  if (Object.hasOwn(words, saved ?? '')) return saved;
  // The first language of the person's list that we speak.
  const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find((tag) => Object.hasOwn(words, tag)) ?? 'en';
}

export function currentLanguage() {
  return language;
}

export function setLanguage(next) {
  language = next;
  localStorage.setItem(kLanguageKey, next);
}

export function t(key, values = {}) {
  return words[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Fills in every element that names its words. */
export function translatePage() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-t-label]')) element.ariaLabel = t(element.dataset.tLabel);
  for (const element of document.querySelectorAll('[data-t-title]')) element.title = t(element.dataset.tTitle);
}
