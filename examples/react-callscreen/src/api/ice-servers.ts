// Where the STUN and TURN servers of a call come from: the server gives them, each time for a limited time. That is
// measured by a clock that nobody can set, so a device whose date is wrong calls like any other; and by how far the date
// has moved, since that clock stands still while a device sleeps.

import { isRecord } from './http';
import type { Ask } from './people';

const ASK_MS = 3_000; // A call must not wait longer for a relay that it may not need.

interface Kept {
  readonly userId: string | null;
  readonly servers: RTCIceServer[];
  readonly lifeMs: number;
  readonly at: number;
  readonly dateAt: number;
}

export class IceServers {
  readonly #ask: Ask;
  readonly #userId: () => string | null;
  #kept: Kept | null = null;

  constructor(ask: Ask, userId: () => string | null) {
    this.#ask = ask;
    this.#userId = userId;
  }

  /** Never rejects: without an answer a call may still connect directly. */
  async get(): Promise<RTCIceServer[]> {
    const userId = this.#userId();
    const kept = this.#kept?.userId === userId ? this.#kept : null;
    if (kept && ageMs(kept) < kept.lifeMs) return kept.servers;
    const answer = await this.#ask('api/ice-servers', { waitMs: ASK_MS }, readAnswer);
    if (answer.ok) {
      const { servers, ttl } = answer.value;
      // Used for half of its life, so that what a call begins with lasts a while.
      this.#kept = { userId, servers, lifeMs: ttl * 500, at: performance.now(), dateAt: Date.now() };
      return servers;
    }
    if (answer.reason === 'not_found') return []; // A backend stands there that has no relay.
    console.warn('no ICE servers:', answer.reason);
    return kept?.servers ?? [];
  }

  /** The server has been away, or a relay has refused what it gave: a relay that was started anew has a new secret. */
  forget(): void {
    this.#kept = null;
  }
}

const ageMs = ({ at, dateAt }: Kept) => Math.max(performance.now() - at, Date.now() - dateAt);

function readAnswer(json: unknown): { servers: RTCIceServer[]; ttl: number } | null {
  if (!isRecord(json) || !Array.isArray(json['iceServers'])) return null;
  const { ttl } = json;
  return { servers: json['iceServers'].filter(isIceServer), ttl: typeof ttl === 'number' ? ttl : 0 };
}

function isIceServer(value: unknown): value is RTCIceServer {
  return isRecord(value) && (typeof value['urls'] === 'string' || Array.isArray(value['urls']));
}
