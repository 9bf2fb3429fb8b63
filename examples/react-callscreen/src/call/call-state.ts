// What a call looks like from outside: one shape for each phase, so that "talking, but to nobody" cannot be written down.
//
//   preparing → dialling ─┐
//                         ├→ connecting → active → (ended: none)
//   incoming → answering ─┘

import type { DeviceProblem, DeviceReason, Kind } from '../media/devices';

export interface LocalMedia {
  readonly microphone: boolean;
  /** What our camera sees, for the self view; null: it is off. */
  readonly camera: MediaStream | null;
}

export interface RemoteMedia {
  readonly stream: MediaStream;
  readonly tracks: number;
  /** Does the other side show a picture now? A camera switched off arrives as a muted track. */
  readonly picture: boolean;
}

export interface Path {
  /** Through a relay, or straight from browser to browser. */
  readonly relayed: boolean;
  readonly protocol: string;
}

interface Peered {
  readonly peerId: string;
  readonly video: boolean;
}

interface Present extends Peered {
  readonly local: LocalMedia;
  readonly remote: RemoteMedia;
}

export type CallState =
  | { readonly phase: 'none' }
  | (Peered & { readonly phase: 'incoming' })
  | (Present & { readonly phase: 'preparing' | 'dialling' | 'answering' })
  | (Present & { readonly phase: 'connecting'; readonly troubled: boolean })
  | (Present & { readonly phase: 'active'; readonly troubled: boolean; readonly since: number; readonly path: Path | null });

export type Phase = CallState['phase'];
export type PresentCall = Exclude<CallState, { phase: 'none' | 'incoming' }>;
export type Role = 'caller' | 'callee';

export type EndReason =
  | 'hungUp' | 'peerHungUp' | 'cancelled' | 'declined' | 'unavailable' | 'noAnswer' | 'missed' | 'tooLate'
  | 'connectionLost' | 'noPath' | 'relayFull' | 'pathLost' | 'failed' | 'noDevices';

export interface Ended extends Peered {
  readonly role: Role;
  readonly reason: EndReason;
  readonly problems: readonly DeviceProblem[];
  readonly talkMs: number | null;
}

/** Something to say while the call goes on: a device that failed, or was unplugged. */
export type Notice = `${Kind}.${DeviceReason | 'unplugged'}`;

export const isPresent = (call: CallState): call is PresentCall => call.phase !== 'none' && call.phase !== 'incoming';
