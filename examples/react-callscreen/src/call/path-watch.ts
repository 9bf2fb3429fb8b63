// Watches over the network path of one call: says when it is troubled, looks for a new one, and finds out what kind it is.

import type { Path } from './call-state';

const WOBBLE_MS = 1_500;       // A path is often back by itself by then, and a relay that has ended runs again.
const LOOKS_MS = [300, 3_000]; // When the path is looked at: at once, and when better pairs have been checked.

interface Given {
  readonly isCaller: () => boolean;
  readonly restart: () => void;
  readonly look: () => Promise<Path | null>;
  readonly onChange: () => void;
  readonly onConnected: () => void;
  readonly onFailed: () => void;
}

export class PathWatch {
  troubled = false;
  path: Path | null = null;
  readonly #given: Given;
  #wasConnected = false;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(given: Given) {
    this.#given = given;
  }

  is(state: RTCPeerConnectionState): void {
    const away = state === 'disconnected' || state === 'failed';
    this.troubled = away || (this.#wasConnected && state !== 'connected');
    if (state === 'connected') {
      clearTimeout(this.#timer);
      this.#wasConnected = true;
      void this.#find();
      return this.#given.onConnected();
    }
    if (state === 'failed') this.#given.onFailed();
    // At the first doubt: browsers say "failed" only ten seconds later. One side only: two restarts would cross.
    if (away && this.#given.isCaller()) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.#given.restart, state === 'failed' ? 0 : WOBBLE_MS);
    }
    this.#given.onChange();
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  // ICE may find a better path within moments of the first one.
  async #find(): Promise<void> {
    for (const ms of LOOKS_MS) {
      await new Promise((resolve) => { setTimeout(resolve, ms); });
      const path = await this.#given.look().catch(() => null);
      if (this.#over) return;
      if (!path || (path.relayed === this.path?.relayed && path.protocol === this.path.protocol)) continue;
      this.path = path;
      this.#given.onChange();
    }
  }
}
