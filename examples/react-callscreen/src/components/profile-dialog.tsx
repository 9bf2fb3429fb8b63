import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';

import type { User } from '../api/user';
import { profileProblem } from '../app/profile-problem';
import type { ProfileProblem } from '../app/profile-problem';
import { useTranslate } from '../i18n/language';
import { useApp } from './app-context';
import { Avatar } from './avatar';
import { fieldOf } from './field-of';

/** One's own name and picture. */
export function ProfileDialog({ me, onClose }: { me: User; onClose: () => void }) {
  const t = useTranslate();
  const { people, session, directory } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<ProfileProblem | null>(null);

  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    return () => element?.close();
  }, []);

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = event.currentTarget;
    const answer = await people.changeMe({ name: fieldOf(fields, 'name').trim(), avatar: fieldOf(fields, 'avatar').trim() });
    if (!answer.ok) return setProblem(profileProblem(answer.reason));
    directory.know(answer.value);
    session.know(answer.value);
    onClose();
  }

  return (
    <dialog ref={dialog} className="sheet" id="profile" aria-labelledby="profile-title" onClose={onClose}>
      <Avatar person={me} size="large" />
      <h2 id="profile-title">{t('profileTitle')}</h2>
      <p className="contact">{[me.phone, me.email].filter(Boolean).join(' · ')}</p>
      <div role="alert">{problem && <p className="note" id="profile-note">{t(problem)}</p>}</div>
      <form id="profile-form" noValidate onSubmit={(event) => void save(event)}>
        <label htmlFor="profile-name">{t('nameLabel')}</label>
        <input id="profile-name" name="name" maxLength={80} autoComplete="name" spellCheck={false} defaultValue={me.name} />
        <label htmlFor="profile-avatar">{t('avatarLabel')}</label>
        <input id="profile-avatar" name="avatar" type="url" maxLength={512} placeholder={t('avatarHint')} autoComplete="off" spellCheck={false} defaultValue={me.avatar} />
        <div className="pair">
          <button className="wide go" id="profile-save">{t('save')}</button>
          <button className="wide" id="profile-cancel" type="button" onClick={onClose}>{t('cancelAction')}</button>
        </div>
      </form>
    </dialog>
  );
}
