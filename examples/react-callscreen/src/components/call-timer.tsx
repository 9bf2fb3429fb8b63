import { useEffect, useState } from 'react';

import { clock } from './clock';

const SECOND_MS = 1_000;

/** How long the call has lasted, counted from the moment in which both could hear each other. */
export function CallTimer({ since }: { since: number | null }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (since === null) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [since]);
  return <p id="call-timer" role="timer" hidden={since === null}>{since === null ? '' : clock(now - since)}</p>;
}
