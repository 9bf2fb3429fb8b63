// Where the STUN and TURN servers of a call come from: the server gives them, each time for a limited time. That is
// measured by a clock that nobody can set, so a device whose date is wrong calls like any other; and by how far the date
// has moved, since that clock stands still while a device sleeps.

import { savedToken } from './session.js';

const kAskMs = 3_000; // A call must not wait longer for a relay that it may not need.

let kept = null;

const ageMs = () => Math.max(performance.now() - kept.at, Date.now() - kept.dateAt);

/** The server has been away, or a relay has refused what it gave: a relay that was started anew has a new secret. */
export function forgetIceServers() {
  kept = null;
}

/**
 * Never rejects: without an answer a call may still connect directly.
 * @returns {Promise<RTCIceServer[]>}
 */
export async function iceServers() {
  const token = savedToken();
  if (kept?.token === token && ageMs() < kept.lifeMs) return kept.servers;
  try {
    const response = await fetch('api/ice-servers', {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(kAskMs),
    });
    if (response.status === 404) return []; // A backend stands there that has no relay.
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const { iceServers: servers, ttl } = await response.json();
    // Used for half of its life, so that what a call begins with lasts a while.
    kept = { token, servers, lifeMs: ttl * 500, at: performance.now(), dateAt: Date.now() };
    return servers;
  } catch (error) {
    console.warn('no ICE servers:', error);
    return kept?.token === token ? kept.servers : [];
  }
}
