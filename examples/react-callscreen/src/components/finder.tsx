import { useRef } from 'react';
import type { FormEvent } from 'react';

import { useTranslate } from '../i18n/language';
import type { Translate } from '../i18n/words';
import type { SearchState } from '../people/search';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Icon } from './icon';
import { PersonRow } from './person-row';

/** Finds people by name, phone or e-mail, and calls them. */
export function Finder({ me }: { me: string }) {
  const t = useTranslate();
  const { search } = useApp();
  const state = useStore(search.state);
  const field = useRef<HTMLInputElement>(null);
  const others = state.kind === 'found' ? state.people.filter(({ id }) => id !== me) : [];
  const onlyMe = state.kind === 'found' && state.people.length > 0 && others.length === 0;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    search.now(field.current?.value ?? '');
  }

  return (
    <>
      <form id="find-form" role="search" onSubmit={submit}>
        <label htmlFor="callee">{t('searchLabel')}</label>
        <div className="field">
          <Icon name="search" />
          <input ref={field} id="callee" name="callee" type="search" maxLength={254} autoComplete="off" autoCapitalize="none" spellCheck={false} aria-describedby="find-note" onInput={(event) => search.typed(event.currentTarget.value)} />
        </div>
        <p className="hint" id="find-note" role="status">{onlyMe ? t('callSelf') : noteText(t, state, others.length)}</p>
      </form>
      {others.length > 0 && <ul className="people" id="results" aria-label={t('results')}>{others.map(({ id }) => <PersonRow key={id} id={id} />)}</ul>}
    </>
  );
}

function noteText(t: Translate, state: SearchState, count: number): string {
  switch (state.kind) {
    case 'idle': case 'searching': return '';
    case 'short': case 'limited': case 'failed': return t(`search.${state.kind}`);
    case 'found': return count > 0 ? t('search.found', { count }) : t('search.none');
  }
}
