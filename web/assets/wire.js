// The shapes of the four events. Front ends differ: some send `sdp` and `candidate` as the browser's objects, some as
// bare strings. We send objects and read both, so that this page can call any of them.

/** @returns {RTCSessionDescriptionInit | null} */
export function readDescription(type, payload) {
  const sdp = payload?.sdp;
  const text = typeof sdp === 'string' ? sdp : sdp?.sdp;
  return typeof text === 'string' && text !== '' ? { type, sdp: text } : null;
}

/** @returns {RTCIceCandidateInit | null} null for the end of the candidates, which a peer connection works out alone. */
export function readCandidate(payload) {
  const candidate = payload?.candidate;
  if (typeof candidate === 'string') {
    return candidate === '' ? null : withMid({ candidate, sdpMid: payload.sdpMid, sdpMLineIndex: payload.sdpMLineIndex });
  }
  if (typeof candidate?.candidate !== 'string' || candidate.candidate === '') return null;
  return withMid(candidate);
}

/** Does the sender of this offer mean to show itself? Only then does the callee see "video call". */
export function offersVideo(description) {
  const sections = description.sdp.split(/^m=/m).slice(1);
  return sections.some((section) => /^video [1-9]/.test(section) && /^a=(sendrecv|sendonly)\s*$/m.test(section));
}

// addIceCandidate() throws unless one of the two says which media section is meant.
function withMid({ candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null }) {
  const unplaced = sdpMid === null && sdpMLineIndex === null;
  return { candidate, sdpMid, sdpMLineIndex: unplaced ? 0 : sdpMLineIndex, usernameFragment };
}
