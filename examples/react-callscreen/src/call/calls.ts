// The calls of this page: there is one at most. Passes what the server says to the call that it concerns.

import type { Kind } from '../media/devices';
import { readCandidate, readCaller, readDescription, offersVideo } from '../signalling/wire';
import type { CallEvent, Message } from '../signalling/wire';
import { Store } from '../store';
import { Call } from './call';
import type { CallGiven, CallStart } from './call';
import type { CallState, Ended, Notice } from './call-state';

interface Given extends Pick<CallGiven, 'send' | 'iceServers' | 'forgetIceServers'> {
  readonly onEnded: (ended: Ended) => void;
  readonly onNotice: (notice: Notice) => void;
}

const NONE: CallState = { phase: 'none' };

export class Calls {
  readonly state = new Store<CallState>(NONE);
  readonly #given: Given;
  #call: Call | null = null;

  constructor(given: Given) {
    this.#given = given;
  }

  // ── What the person does ────────────────────────────────────────────────────────────────────────────────────────

  dial(peerId: string, { video }: { video: boolean }): void {
    if (!this.#call) void this.#begin({ role: 'caller', peerId, video, offer: null }).dial();
  }

  accept({ video }: { video: boolean }): void {
    void this.#call?.accept({ video });
  }

  hangup(): void {
    this.#call?.hangup();
  }

  async toggle(kind: Kind): Promise<void> {
    await this.#call?.toggle(kind);
  }

  // ── What the server says ────────────────────────────────────────────────────────────────────────────────────────

  handle({ event, payload }: Message): void {
    switch (event as CallEvent) {
      case 'call:offer': return this.#offered(payload);
      case 'call:answer': {
        const answer = readDescription('answer', payload);
        return answer ? this.#call?.answered(answer) : undefined;
      }
      case 'call:ice': {
        const candidate = readCandidate(payload);
        return candidate ? this.#call?.candidate(candidate) : undefined;
      }
      case 'call:hangup': return this.#call?.hungUp();
      default: // A newer server may say more; this page speaks the four events only.
    }
  }

  socketLost(): void {
    this.#call?.socketLost();
  }

  #offered(payload: unknown): void {
    const [offer, peerId] = [readDescription('offer', payload), readCaller(payload)];
    if (!offer || peerId === null) return;
    if (!this.#call) this.#begin({ role: 'callee', peerId, video: offersVideo(offer), offer });
    else if (peerId === this.#call.peerId) this.#call.offered(offer);
  }

  #begin(start: CallStart): Call {
    const { send, iceServers, forgetIceServers, onNotice } = this.#given;
    const call: Call = new Call({
      send, iceServers, forgetIceServers, onNotice,
      onChange: () => { if (this.#call === call) this.state.set(call.state()); },
      onEnded: (ended) => {
        this.#call = null;
        this.state.set(NONE);
        this.#given.onEnded(ended);
      },
    }, start);
    this.#call = call;
    this.state.set(call.state());
    return call;
  }
}
