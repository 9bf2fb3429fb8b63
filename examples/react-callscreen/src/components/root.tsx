import { useEffect, useLayoutEffect, useState } from 'react';

import { isPresent } from '../call/call-state';
import { language } from '../i18n/language';
import { useStore } from '../use-store';
import { useApp } from './app-context';
import { Bar } from './bar';
import { CallScreen } from './call-screen';
import { HomeScreen } from './home-screen';
import { IncomingCallDialog } from './incoming-call-dialog';
import { InsecureScreen } from './insecure-screen';
import { LoginScreen } from './login-screen';
import { NameScreen } from './name-screen';

/** Chooses the screen. The body says which it is (styles, and tests, go by that): data-screen, data-phase, data-picture. */
export function Root() {
  const { calls, session, spoken } = useApp();
  const [call, state] = [useStore(calls.state), useStore(session.store)];
  const [unnamed, setUnnamed] = useState<string | null>(null); // Who would rather not give a name now.

  const nameless = state.kind === 'account' && state.user.name === '' && state.user.id !== unnamed;
  const below = !isSecureContext ? 'insecure' : state.kind === 'none' ? 'login' : nameless ? 'name' : 'home';
  const screen = isPresent(call) ? 'call' : below;
  const picture = isPresent(call) && call.remote.picture ? 'remote' : 'none';

  useLayoutEffect(() => {
    Object.assign(document.body.dataset, { screen, phase: call.phase, picture });
  }, [screen, call.phase, picture]);
  const spokenLanguage = useStore(language);
  useLayoutEffect(() => { document.documentElement.lang = spokenLanguage; }, [spokenLanguage]);
  // Whoever has just come in begins at the top of what is new.
  useEffect(() => { scrollTo(0, 0); }, [below]);

  return (
    <>
      <Bar showsStatus={screen === 'home'} />
      <main hidden={screen === 'call'}>
        {below === 'insecure' && <InsecureScreen />}
        {below === 'login' && <LoginScreen why={state.kind === 'none' ? state.why : null} />}
        {below === 'name' && state.kind === 'account' && <NameScreen onLater={() => setUnnamed(state.user.id)} />}
        {below === 'home' && state.kind !== 'none' && <HomeScreen session={state} />}
      </main>
      <CallScreen call={call} />
      <IncomingCallDialog call={call} />
      <p className="spoken" id="spoken" aria-live="polite">{useStore(spoken)}</p>
    </>
  );
}
