import { useState } from 'react';
import type { FormEvent } from 'react';

import { profileProblem } from '../app/profile-problem';
import type { ProfileProblem } from '../app/profile-problem';
import { useTranslate } from '../i18n/language';
import { useApp } from './app-context';
import { Doorway } from './doorway';
import { fieldOf } from './field-of';

/** After the first login: nobody can be called by a number. */
export function NameScreen({ onLater }: { onLater: () => void }) {
  const t = useTranslate();
  const { people, session } = useApp();
  const [problem, setProblem] = useState<ProfileProblem | null>(null);
  const [busy, setBusy] = useState(false);

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setBusy(true);
    const answer = await people.changeMe({ name: fieldOf(event.currentTarget, 'name').trim() });
    setBusy(false);
    if (!answer.ok) setProblem(profileProblem(answer.reason));
    else if (answer.value.name === '') setProblem('profile.bad_name');
    else session.know(answer.value);
  }

  return (
    <Doorway>
      <section className="panel" id="own-name-screen" aria-labelledby="name-title">
        <h1 id="name-title">{t('nameTitle')}</h1>
        <p className="lead">{t('nameLead')}</p>
        <div role="alert">{problem && <p className="note" id="name-note">{t(problem)}</p>}</div>
        <form id="own-name-form" noValidate onSubmit={(event) => void save(event)}>
          <label htmlFor="own-name">{t('nameLabel')}</label>
          <input id="own-name" name="name" maxLength={80} autoComplete="name" spellCheck={false} autoFocus required />
          <button className="wide go" disabled={busy}>{t('continue')}</button>
        </form>
        <button className="link" type="button" id="name-later" onClick={onLater}>{t('later')}</button>
      </section>
    </Doorway>
  );
}
