// Where the STUN and TURN servers of a call come from: the server gives them, each time for a limited time. That is
// measured by a clock that nobody can set, so a device whose date is wrong calls like any other.

import { savedToken } from './session.js';

const kAskMs = 3_000; // A call must not wait longer for a relay that it may not need.

let kept = null;

/**
 * Never rejects: without an answer a call may still connect directly.
 * @returns {Promise<RTCIceServer[]>}
 */
export async function iceServers() {
  const token = savedToken();
  if (kept?.token === token && performance.now() < kept.until) return kept.servers;
  try {
    const response = await fetch('api/ice-servers', {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(kAskMs),
    });
    if (response.status === 404) return []; // A backend stands there that has no relay.
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const { iceServers: servers, ttl } = await response.json();
    // Used for half of its life, so that what a call begins with lasts a while.
    kept = { token, servers, until: performance.now() + ttl * 500 };
    return servers;
  } catch (error) {
    console.warn('no ICE servers:', error);
    return kept?.token === token ? kept.servers : [];
  }
}
