// Microphone, camera, and playing what the other side sends. Nothing here may stop a call that could go on with less:
// a camera that fails costs the picture, not the conversation.

// The names differ between browsers and their versions; the words we have for people do not.
const kReasons = {
  NotAllowedError: 'denied', SecurityError: 'denied', PermissionDeniedError: 'denied',
  NotFoundError: 'missing', DevicesNotFoundError: 'missing', OverconstrainedError: 'missing',
  NotReadableError: 'inUse', AbortError: 'inUse', TrackStartError: 'inUse',
};

const kConstraints = { audio: true, video: { facingMode: 'user' } };

/**
 * Opens the wanted devices ('audio', 'video'). If that fails as a whole, each is tried alone.
 * @param {string[]} kinds
 * @returns {Promise<{audio: MediaStreamTrack?, video: MediaStreamTrack?, problems: {kind: string, reason: string}[]}>}
 */
export async function openDevices(kinds) {
  const opened = { audio: null, video: null, problems: [] };
  const take = (stream) => stream.getTracks().forEach((track) => { opened[track.kind] = track; });
  const together = await tryOpen(kinds);
  if (together.stream) {
    take(together.stream);
    return opened;
  }
  if (kinds.length === 1) {
    opened.problems.push({ kind: kinds[0], reason: together.reason });
    return opened;
  }
  // One after the other: two requests at once would show two permission questions at once.
  for (const kind of kinds) {
    const alone = await tryOpen([kind]);
    if (alone.stream) take(alone.stream);
    else opened.problems.push({ kind, reason: alone.reason });
  }
  return opened;
}

async function tryOpen(kinds) {
  if (!navigator.mediaDevices?.getUserMedia) return { reason: 'unsupported' };
  try {
    const constraints = Object.fromEntries(kinds.map((kind) => [kind, kConstraints[kind]]));
    return { stream: await navigator.mediaDevices.getUserMedia(constraints) };
  } catch (error) {
    return { reason: kReasons[error?.name] ?? 'failed' };
  }
}

/**
 * Shows a stream. Setting the same srcObject again restarts the element and makes a pending play() reject with
 * AbortError: the well-known black picture.
 * @returns {Promise<'playing' | 'blocked'>} blocked: the browser wants a gesture before it lets sound out.
 */
export async function show(element, stream) {
  if (element.srcObject !== stream) element.srcObject = stream;
  if (stream === null) return 'playing';
  try {
    await element.play();
  } catch (error) {
    if (error?.name === 'NotAllowedError') return 'blocked';
    // AbortError: a newer load took over and plays by its own play() or by autoplay.
  }
  return 'playing';
}
