// The shapes of the four events. Front ends differ: some send `sdp` and `candidate` as the browser's objects, some as
// bare strings. We send objects and read both, so that this page can call any of them.

import { isRecord } from '../api/http';

export type CallEvent = 'call:offer' | 'call:answer' | 'call:ice' | 'call:hangup';

export interface Message {
  readonly event: string;
  readonly payload: unknown;
}

export interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** Passes an event on; false: there is no open socket to do it. */
export type Send = (event: CallEvent, payload?: object) => boolean;

export function readMessage(text: unknown): Message | null {
  try {
    const message: unknown = typeof text === 'string' ? JSON.parse(text) : null;
    return isRecord(message) && typeof message['event'] === 'string' ? { event: message['event'], payload: message['payload'] } : null;
  } catch {
    return null;
  }
}

export function readDescription(type: 'offer' | 'answer', payload: unknown): Description | null {
  const sdp = isRecord(payload) ? payload['sdp'] : null;
  const text = isRecord(sdp) ? sdp['sdp'] : sdp;
  return typeof text === 'string' && text !== '' ? { type, sdp: text } : null;
}

/** Who calls, as the server has put it into the offer. */
export function readCaller(payload: unknown): string | null {
  const from = isRecord(payload) ? payload['fromUserId'] : null;
  return typeof from === 'string' || typeof from === 'number' ? String(from) : null;
}

/** Null also for the end of the candidates, which a peer connection works out alone. */
export function readCandidate(payload: unknown): RTCIceCandidateInit | null {
  if (!isRecord(payload)) return null;
  const { candidate } = payload;
  if (typeof candidate === 'string') return placed({ ...payload, candidate });
  return isRecord(candidate) ? placed(candidate) : null;
}

/** Does the sender of this offer mean to show itself? Only then does the callee see "video call". */
export function offersVideo({ sdp }: Description): boolean {
  const sections = sdp.split(/^m=/m).slice(1);
  return sections.some((section) => /^video [1-9]/.test(section) && /^a=(sendrecv|sendonly)\s*$/m.test(section));
}

// addIceCandidate() throws unless one of the two says which media section is meant.
function placed(fields: Record<string, unknown>): RTCIceCandidateInit | null {
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = fields;
  if (typeof candidate !== 'string' || candidate === '') return null;
  const mid = typeof sdpMid === 'string' ? sdpMid : null;
  const index = typeof sdpMLineIndex === 'number' ? sdpMLineIndex : null;
  return {
    candidate,
    sdpMid: mid,
    sdpMLineIndex: mid === null ? (index ?? 0) : index,
    usernameFragment: typeof usernameFragment === 'string' ? usernameFragment : null,
  };
}
