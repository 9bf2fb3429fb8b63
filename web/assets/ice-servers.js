// Where the STUN and TURN servers of a call come from. The server hands out none yet, so calls connect over addresses
// that the two browsers can reach directly; when it does, this is the one place that asks for them.

/** @returns {Promise<RTCIceServer[]>} */
export async function iceServers() {
  return [];
}
