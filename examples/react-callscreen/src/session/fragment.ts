// What the address brings behind its #, which reaches no server and no log: `invite`, an invitation, which is taken out
// of the address bar at once; and `key`, the key of a server in --lan mode, which stays, so that a reload has it too.

const INVITE_KEY = 'zvonok.invite';

const fragment = () => new URLSearchParams(location.hash.slice(1));

export function lanKey(): string | null {
  return fragment().get('key');
}

/** The invitation that this tab was opened with. It is kept for a reload, since the address no longer has it. */
export function takeInvite(): string | null {
  const fields = fragment();
  const invite = fields.get('invite');
  if (invite !== null) {
    fields.delete('invite');
    const rest = fields.size > 0 ? `#${fields}` : '';
    history.replaceState(history.state, '', location.pathname + location.search + rest);
    sessionStorage.setItem(INVITE_KEY, invite);
  }
  return invite ?? sessionStorage.getItem(INVITE_KEY);
}

export function forgetInvite(): void {
  sessionStorage.removeItem(INVITE_KEY);
}
