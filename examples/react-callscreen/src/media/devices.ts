// Opening the microphone and the camera. Nothing here may stop a call that could go on with less: a camera that fails
// costs the picture, not the conversation.

export type Kind = 'audio' | 'video';
export type DeviceReason = 'denied' | 'missing' | 'inUse' | 'failed' | 'unsupported';

export interface DeviceProblem {
  readonly kind: Kind;
  readonly reason: DeviceReason;
}

export interface Opened {
  readonly tracks: readonly MediaStreamTrack[];
  readonly problems: readonly DeviceProblem[];
}

// The names differ between browsers and their versions; the words we have for people do not.
const REASONS = new Map<string, DeviceReason>([
  ['NotAllowedError', 'denied'], ['SecurityError', 'denied'], ['PermissionDeniedError', 'denied'],
  ['NotFoundError', 'missing'], ['DevicesNotFoundError', 'missing'], ['OverconstrainedError', 'missing'],
  ['NotReadableError', 'inUse'], ['AbortError', 'inUse'], ['TrackStartError', 'inUse'],
]);

const CONSTRAINTS = { audio: true, video: { facingMode: 'user' } } as const;

/** Opens the wanted devices. If that fails as a whole, each is tried alone. */
export async function openDevices(kinds: readonly Kind[]): Promise<Opened> {
  const together = await tryOpen(kinds);
  if ('tracks' in together) return { tracks: together.tracks, problems: [] };
  if (kinds.length === 1) return { tracks: [], problems: kinds.map((kind) => ({ kind, reason: together.reason })) };
  // One after the other: two requests at once would show two permission questions at once.
  const tracks: MediaStreamTrack[] = [];
  const problems: DeviceProblem[] = [];
  for (const kind of kinds) {
    const alone = await tryOpen([kind]);
    if ('tracks' in alone) tracks.push(...alone.tracks);
    else problems.push({ kind, reason: alone.reason });
  }
  return { tracks, problems };
}

async function tryOpen(kinds: readonly Kind[]): Promise<{ tracks: MediaStreamTrack[] } | { reason: DeviceReason }> {
  // Absent on insecure pages and in some in-app browsers, whatever the types say.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (!devices?.getUserMedia) return { reason: 'unsupported' };
  try {
    const stream = await devices.getUserMedia(Object.fromEntries(kinds.map((kind) => [kind, CONSTRAINTS[kind]])));
    return { tracks: stream.getTracks() };
  } catch (error) {
    return { reason: REASONS.get(nameOf(error)) ?? 'failed' };
  }
}

export const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : '');
