import { useEffect, useState } from 'react';

import { nameOf } from '../api/user';
import type { SessionState } from '../session/session';
import { useTranslate } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Avatar } from './avatar';
import { DialForm } from './dial-form';
import { EndedCard } from './ended-card';
import { Finder } from './finder';
import { NotifyOffer } from './notify-offer';
import { PersonRow } from './person-row';
import { ProfileDialog } from './profile-dialog';
import { Trouble } from './trouble';
import { usePerson } from './use-person';
import { Waiting } from './waiting';

/** Where one waits for calls and makes them. */
export function HomeScreen({ session }: { session: Exclude<SessionState, { kind: 'none' }> }) {
  const t = useTranslate();
  const app = useApp();
  const [ended, recent, search] = [useStore(app.ended), useStore(app.recent), useStore(app.search.state)];
  const showsRecent = recent.length > 0 && search.kind !== 'found'; // Whoever looks for somebody looks at what was found.
  useEffect(() => document.getElementById('callee')?.focus(), []);
  return (
    <section id="home" aria-labelledby="home-title">
      <Me session={session} />
      <div className="home-pane">
        {ended ? <EndedCard ended={ended} /> : <Waiting />}
        <Trouble />
        <NotifyOffer />
      </div>
      <div className="home-people">
        <h1 id="home-title">{t('homeTitle')}</h1>
        {/* Somebody else's users can be called by their ids only: nobody here knows them. */}
        {session.kind === 'account' ? <Finder me={session.user.id} /> : <DialForm me={session.userId} />}
        {showsRecent && (
          <div id="recent">
            <h2>{t('recent')}</h2>
            <ul className="people" id="recent-list">{recent.map((id) => <PersonRow key={id} id={id} />)}</ul>
          </div>
        )}
      </div>
    </section>
  );
}

function Me({ session }: { session: Exclude<SessionState, { kind: 'none' }> }) {
  const t = useTranslate();
  const app = useApp();
  const [editing, setEditing] = useState(false);
  const known = usePerson(session.kind === 'pasted' ? session.userId : '');
  const me = session.kind === 'account' ? session.user : known;
  const text = <span id="me-text">{t('meText', { name: nameOf(me) })}</span>;
  return (
    <div className="me">
      {session.kind === 'account' ? (
        <button className="me-self" id="edit-profile" type="button" onClick={() => setEditing(true)}>
          <Avatar person={me} size="small" id="me-avatar" />
          <span>{text}<span className="hint">{t('profile')}</span></span>
        </button>
      ) : (
        <p className="me-self"><Avatar person={me} size="small" id="me-avatar" />{text}</p>
      )}
      <button className="link" id="sign-out" type="button" onClick={() => app.signOut()}>{t('signOut')}</button>
      {editing && <ProfileDialog me={me} onClose={() => setEditing(false)} />}
    </div>
  );
}
