// A WebSocket that a test opens, feeds and closes by hand.

import { vi } from 'vitest';

type Handler<E> = ((event: E) => void) | null;

export class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];

  readonly url: URL;
  readonly sent: string[] = [];
  readyState = 0;
  onopen: Handler<Event> = null;
  onmessage: Handler<{ data: unknown }> = null;
  onclose: Handler<{ code: number }> = null;

  constructor(url: URL) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  // ── What a server does ──

  /** On a socket that the page has closed: the event comes late. */
  open(): void {
    if (this.readyState === 0) this.readyState = FakeSocket.OPEN;
    this.onopen?.(new Event('open'));
  }

  says(data: unknown): void {
    this.onmessage?.({ data: typeof data === 'string' ? data : JSON.stringify(data) });
  }

  ends(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  get isOpen(): boolean {
    return this.readyState === FakeSocket.OPEN;
  }
}

/** From now on the page's sockets are fakes. */
export function fakeSockets(): typeof FakeSocket {
  FakeSocket.all = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  return FakeSocket;
}
