// What a hangup means. `call:hangup` carries no reason and no call id, so the phase and the time have to tell.

import type { EndReason, Role } from './call-state';

/** When it is us, in each phase. */
export const OUR_HANGUP_MEANS = {
  preparing: 'cancelled', dialling: 'cancelled', incoming: 'declined', answering: 'declined', connecting: 'hungUp', active: 'hungUp',
} as const;

const PATIENCE_MS = 10_000; // Who leaves after waiting so long for a path had none; before, they changed their mind.

export interface Story {
  readonly role: Role;
  readonly activeAt: number | null;
  /** How long a path has been looked for; null: not yet. */
  readonly connectingMs: number | null;
  readonly troubled: boolean;
  readonly relayIsFull: boolean;
}

/**
 * Both pages wait equally long for a path, and the first to give up hangs up: to the other one that is a path that was
 * not found, or lost, and not a person who did not want to talk.
 */
export function whyTheyLeft(story: Story): EndReason {
  const { role, activeAt, connectingMs, troubled } = story;
  if (activeAt !== null) return troubled ? 'pathLost' : 'peerHungUp';
  if (connectingMs !== null && connectingMs > PATIENCE_MS) return whyNoPath(story);
  return role === 'callee' ? 'tooLate' : 'peerHungUp';
}

export const whyNoPath = ({ relayIsFull }: Pick<Story, 'relayIsFull'>): EndReason => (relayIsFull ? 'relayFull' : 'noPath');
