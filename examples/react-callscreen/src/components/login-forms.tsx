// The forms of logging in.

import { useEffect, useState } from 'react';
import type { FormEvent } from 'react';

import type { LoginStep } from '../app/login';
import { useTranslate } from '../i18n/language';
import { useApp } from './app-context';
import { fieldOf } from './field-of';

const SECOND_MS = 1_000;

function sent(event: FormEvent<HTMLFormElement>, name: string): string {
  event.preventDefault();
  return fieldOf(event.currentTarget, name);
}

export function AddressForm({ busy }: { busy: boolean }) {
  const t = useTranslate();
  const { login } = useApp();
  return (
    <form id="address-form" noValidate onSubmit={(event) => void login.askForCode(sent(event, 'address'))}>
      <label htmlFor="address">{t('addressLabel')}</label>
      <input id="address" name="address" type="text" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={254} aria-describedby="address-hint" autoFocus required />
      <p className="hint" id="address-hint">{t('addressHint')}</p>
      <button className="wide go" disabled={busy}>{t('sendCode')}</button>
    </form>
  );
}

export function CodeForm({ step, busy }: { step: Extract<LoginStep, { form: 'code' }>; busy: boolean }) {
  const t = useTranslate();
  const { login } = useApp();
  const waitS = useSecondsUntil(step.againAt);
  return (
    <form id="code-form" noValidate onSubmit={(event) => void login.verify(sent(event, 'code'))}>
      {step.devCode !== null && <p className="aside">{t('devCode')} <b id="dev-code">{step.devCode}</b></p>}
      <label htmlFor="code">{t('codeLabel')}</label>
      <input id="code" name="code" className="code" type="text" inputMode="numeric" autoComplete="one-time-code" spellCheck={false} maxLength={16} aria-describedby="login-lead" autoFocus required />
      <button className="wide go" disabled={busy}>{t('signIn')}</button>
      <div className="row">
        {waitS > 0
          ? <p className="hint" id="resend-wait">{t('resendIn', { count: waitS })}</p>
          : <button className="link" id="resend" type="button" disabled={busy} onClick={() => void login.askAgain()}>{t('resend')}</button>}
        <button className="link" id="other-address" type="button" onClick={() => login.show('address')}>{t('otherAddress')}</button>
      </div>
    </form>
  );
}

export function TokenForm() {
  const t = useTranslate();
  const { login } = useApp();
  return (
    <form id="token-form" noValidate onSubmit={(event) => login.paste(sent(event, 'token'))}>
      <label htmlFor="token">{t('tokenLabel')}</label>
      <textarea id="token" name="token" rows={4} autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus required />
      <button className="wide go">{t('continue')}</button>
    </form>
  );
}

function useSecondsUntil(at: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((at - now) / SECOND_MS));
}
