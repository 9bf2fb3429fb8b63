import { useCallback, useEffect, useState } from 'react';
import type { RefObject } from 'react';

import type { RemoteMedia } from '../call/call-state';
import { show } from '../media/show';

/** Plays what the other side sends. `blocked`: the browser lets no sound out before a gesture; `play` is for that one. */
export function usePlayback(element: RefObject<HTMLVideoElement | null>, remote: RemoteMedia | null): { blocked: boolean; play: () => void } {
  const [blocked, setBlocked] = useState(false);
  const tracks = remote?.tracks ?? 0;
  const stream = tracks > 0 && remote ? remote.stream : null;

  const play = useCallback(() => {
    if (element.current) void show(element.current, stream).then((result) => setBlocked(result === 'blocked'));
  }, [element, stream]);

  useEffect(play, [play, tracks]); // Each new track is a new reason to play: the first may have been blocked.
  return { blocked, play };
}
