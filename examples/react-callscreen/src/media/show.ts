import { nameOf } from './devices';

/**
 * Shows a stream. Setting the same srcObject again restarts the element and makes a pending play() reject with
 * AbortError: the well-known black picture. So it is set only when it differs.
 * @returns blocked: the browser wants a gesture before it lets sound out.
 */
export async function show(element: HTMLMediaElement, stream: MediaStream | null): Promise<'playing' | 'blocked'> {
  if (element.srcObject !== stream) element.srcObject = stream;
  if (stream === null) return 'playing';
  try {
    await element.play();
  } catch (error) {
    if (nameOf(error) === 'NotAllowedError') return 'blocked';
    // AbortError: a newer load took over and plays by its own play() or by autoplay.
  }
  return 'playing';
}
