import { nameOf } from '../api/user';
import { useTranslate } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Avatar } from './avatar';
import { Icon } from './icon';
import { usePerson } from './use-person';

/** Somebody in a list, with the two ways to call them. */
export function PersonRow({ id }: { id: string }) {
  const t = useTranslate();
  const app = useApp();
  const online = useStore(app.signalling.status).kind === 'online';
  const person = usePerson(id);
  const name = nameOf(person);
  return (
    <li className="person" data-id={id}>
      <Avatar person={person} size="small" />
      <span className="person-name">{name}</span>
      <button className="round small go" type="button" data-call="audio" disabled={!online} aria-label={t('callAudio', { name })} onClick={() => app.dial(id, { video: false })}><Icon name="phone" /></button>
      <button className="round small plain" type="button" data-call="video" disabled={!online} aria-label={t('callVideo', { name })} onClick={() => app.dial(id, { video: true })}><Icon name="camera" /></button>
    </li>
  );
}
