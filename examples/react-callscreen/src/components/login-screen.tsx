import { useTranslate } from '../i18n/language';
import type { Translate } from '../i18n/words';
import type { LoginNote, LoginState } from '../app/login';
import { addressText } from '../session/address';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Doorway } from './doorway';
import { AddressForm, CodeForm, TokenForm } from './login-forms';

export function LoginScreen({ why }: { why: 'refused' | 'ended' | null }) {
  const t = useTranslate();
  const { login } = useApp();
  const state = useStore(login.state);
  const { step, codesOffered } = state;
  const note = state.note ? noteText(t, state.note) : why && step.form !== 'code' ? t(`left.${why}`) : '';
  return (
    <Doorway>
      <section className="panel" id="login" aria-labelledby="login-title">
        <h1 id="login-title">{t(step.form === 'code' ? 'codeTitle' : 'loginTitle')}</h1>
        <p className="lead" id="login-lead">{lead(t, state)}</p>
        {/* Always there, so that what appears in it is read out. */}
        <div role="alert">{note !== '' && <p className="note" id="login-note">{note}</p>}</div>
        {step.form === 'address' && <AddressForm busy={state.busy} />}
        {step.form === 'code' && <CodeForm key={step.againAt} step={step} busy={state.busy} />}
        {step.form === 'token' && <TokenForm />}
        {codesOffered && step.form !== 'asking' && (
          <button className="link" id="login-switch" type="button" onClick={() => login.show(step.form === 'token' ? 'address' : 'token')}>
            {t(step.form === 'token' ? 'useCode' : 'useToken')}
          </button>
        )}
      </section>
    </Doorway>
  );
}

function lead(t: Translate, { step, invited }: LoginState): string {
  switch (step.form) {
    case 'asking': return '';
    case 'address': return t(invited ? 'leadInvited' : 'leadAddress');
    case 'code': return t('leadCode', { address: addressText(step.address) });
    case 'token': return t('leadToken');
  }
}

function noteText(t: Translate, note: LoginNote): string {
  return note.key === 'code.too_many_tries' ? t(note.key, { count: note.minutes }) : t(note.key);
}
