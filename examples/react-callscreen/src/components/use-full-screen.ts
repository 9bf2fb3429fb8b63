import { useEffect, useState } from 'react';
import type { RefObject } from 'react';

/** `toggle` is null where the browser has no full screen for pages (iPhones). */
export function useFullScreen(element: RefObject<HTMLElement | null>): { on: boolean; toggle: (() => void) | null } {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const look = () => setOn(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  const toggle = () => {
    const done = document.fullscreenElement ? document.exitFullscreen() : element.current?.requestFullscreen();
    done?.catch(() => {}); // Refused in some frames; the call goes on in its window.
  };
  return { on, toggle: document.fullscreenEnabled ? toggle : null };
}
