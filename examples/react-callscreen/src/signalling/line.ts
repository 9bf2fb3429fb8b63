// One WebSocket, from its opening to its end.
// Surprising: browsers deliver the last events of a socket long after its successor is open. So a line that was dropped
// hears nothing any more, whatever its socket still says.

import { readMessage } from './wire';
import type { Message } from './wire';

export interface LineEars {
  readonly onOpen: () => void;
  readonly onMessage: (message: Message) => void;
  readonly onClose: (code: number, lived: { wasOpen: boolean; openMs: number }) => void;
}

export class Line {
  readonly #socket: WebSocket;
  #openedAt: number | null = null;
  #dropped = false;

  constructor(url: URL, { onOpen, onMessage, onClose }: LineEars) {
    this.#socket = new WebSocket(url);
    this.#socket.onopen = () => {
      if (this.#dropped) return;
      this.#openedAt = performance.now();
      onOpen();
    };
    this.#socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = this.#dropped ? null : readMessage(data);
      if (message) onMessage(message);
    };
    this.#socket.onclose = ({ code }) => {
      if (this.#dropped) return;
      this.#dropped = true;
      const openMs = this.#openedAt === null ? 0 : performance.now() - this.#openedAt;
      onClose(code, { wasOpen: this.#openedAt !== null, openMs });
    };
  }

  send(text: string): boolean {
    if (this.#dropped || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** Closes it and hears nothing of it any more. */
  drop(): void {
    this.#dropped = true;
    this.#socket.close(1000);
  }
}
