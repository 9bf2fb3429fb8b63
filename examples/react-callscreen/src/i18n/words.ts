// The shape of the words: what every language must have, and which values a text asks for.

import type { en } from './en';

type English = typeof en;
export type Key = keyof English;

/** A form for each plural category that the language has; `other` always. */
export type Plural = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export type Words = { readonly [K in Key]: English[K] extends string ? string : Plural };

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type Names<Entry> = Entry extends { readonly other: infer Text } ? NamesIn<Text> : NamesIn<Entry>;
type Values<K extends Key> = { readonly [N in Names<English[K]>]: N extends 'count' ? number : string };

/** What has to come along with a key: nothing for a text without placeholders. */
export type ValuesOf<K extends Key> = [Names<English[K]>] extends [never] ? [] : [values: Values<K>];

/** Says something in the present language. */
export type Translate = <K extends Key>(key: K, ...values: ValuesOf<K>) => string;
