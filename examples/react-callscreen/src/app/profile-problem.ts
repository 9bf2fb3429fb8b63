export type ProfileProblem = 'profile.bad_name' | 'profile.bad_avatar' | 'serverUnreachable' | 'serverBusy';

/** What to say when the server has not taken a name or a picture. */
export function profileProblem(reason: string): ProfileProblem {
  if (reason === 'bad_name' || reason === 'bad_avatar') return `profile.${reason}`;
  return reason === 'unreachable' ? 'serverUnreachable' : 'serverBusy';
}
