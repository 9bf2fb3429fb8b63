// What a call took, as its two pages saw it: each function here runs in a page.

/** Before the page's own scripts: notes when somebody calls or answers, and when the search for a path begins and ends. */
export function watchTimes() {
  const times = { clickedAt: null, searchingAt: null, connectedAt: null };
  window.lab = { times, flow: [] };
  addEventListener('click', ({ target }) => {
    if (target.closest?.('#dial-video, #answer-video')) times.clickedAt = performance.now();
  }, true);
  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) {
      super(...args);
      this.addEventListener('connectionstatechange', () => {
        if (this.connectionState === 'connecting') times.searchingAt ??= performance.now();
        if (this.connectionState === 'connected') times.connectedAt ??= performance.now();
      });
    }
  };
}

/** From now on notes, ten times a second, when decoded frames have grown. */
export function watchFlow() {
  let before = null;
  setInterval(async () => {
    const stats = [...(await window.test.peers.at(-1).getStats()).values()];
    const frames = stats.reduce((sum, { framesDecoded = 0 }) => sum + framesDecoded, 0);
    if (frames !== before) window.lab.flow.push({ at: performance.now(), frames });
    before = frames;
  }, 100);
}

/** The longest time without a new frame, once ten have come after it; null before. */
export function healedGap() {
  const { flow } = window.lab;
  const gaps = flow.slice(1).map(({ at, frames }, i) => ({ ms: Math.round(at - flow[i].at), frames }));
  const longest = gaps.reduce((a, b) => (b.ms > a.ms ? b : a), { ms: 0 });
  return longest.ms > 1_000 && flow.at(-1).frames >= longest.frames + 10 ? longest.ms : null;
}

/**
 * The pair of candidates in use: {local, remote} with {type, protocol (local: how a relay is reached, if it is one),
 * address}, or null.
 */
export async function selectedPair() {
  const stats = [...(await window.test.peers.at(-1).getStats()).values()];
  const byId = (id) => stats.find((report) => report.id === id);
  // Firefox has no transport report, but marks the pair.
  const pair = byId(stats.find(({ type }) => type === 'transport')?.selectedCandidatePairId) ?? stats.find(({ selected }) => selected);
  const [local, remote] = [byId(pair?.localCandidateId), byId(pair?.remoteCandidateId)];
  if (!local || !remote) return null;
  const described = ({ candidateType, protocol, relayProtocol, address }) => ({ type: candidateType, protocol: relayProtocol ?? protocol, address });
  return { local: described(local), remote: described(remote) };
}
