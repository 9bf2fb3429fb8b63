// Our own microphone and camera in one call: opened for it, switched on and off in it, released with it.
// Surprising: a call may end while the browser still asks for permission. What is opened after that is closed at once.

import { openDevices } from '../media/devices';
import type { DeviceProblem, Kind } from '../media/devices';
import type { LocalMedia, Notice } from './call-state';

interface Given {
  /** The track to send from now on, or null for none of this kind. */
  readonly onTrack: (kind: Kind, track: MediaStreamTrack | null) => void;
  readonly onNotice: (notice: Notice) => void;
  readonly onChange: () => void;
}

export class OwnMedia {
  readonly #given: Given;
  readonly #tracks: { audio: MediaStreamTrack | null; video: MediaStreamTrack | null } = { audio: null, video: null };
  #camera: MediaStream | null = null;
  #opening = false;
  #over = false;

  constructor(given: Given) {
    this.#given = given;
  }

  track(kind: Kind): MediaStreamTrack | null {
    return this.#tracks[kind];
  }

  state(): LocalMedia {
    return { microphone: this.#tracks.audio?.enabled ?? false, camera: this.#camera };
  }

  /** `none`: not one of the wanted devices could be had. `over`: the call ended meanwhile. */
  async open(kinds: readonly Kind[]): Promise<{ is: 'open' | 'none' | 'over'; problems: readonly DeviceProblem[] }> {
    const { tracks, problems } = await this.#openUnlessOver(kinds);
    if (this.#over) return { is: 'over', problems };
    tracks.forEach((track) => this.#adopt(track));
    return { is: tracks.length > 0 ? 'open' : 'none', problems };
  }

  async toggle(kind: Kind): Promise<void> {
    const track = this.#tracks[kind];
    if (!track) return this.#turnOn(kind);
    if (kind === 'audio') {
      track.enabled = !track.enabled; // Silence instead of a new description: unmuting is heard at once.
      return this.#given.onChange();
    }
    track.stop(); // So that the camera's light goes off.
    this.#lose(kind);
  }

  end(): void {
    this.#over = true;
    this.#tracks.audio?.stop();
    this.#tracks.video?.stop();
  }

  async #turnOn(kind: Kind): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    const { tracks: [track], problems } = await this.#openUnlessOver([kind]);
    this.#opening = false;
    if (this.#over) return;
    problems.forEach(({ reason }) => this.#given.onNotice(`${kind}.${reason}`));
    if (!track) return;
    this.#adopt(track);
    this.#given.onChange();
    this.#given.onTrack(kind, track);
  }

  async #openUnlessOver(kinds: readonly Kind[]) {
    const opened = await openDevices(kinds);
    if (this.#over) opened.tracks.forEach((track) => track.stop());
    return opened;
  }

  #adopt(track: MediaStreamTrack): void {
    const kind = track.kind === 'video' ? 'video' : 'audio';
    this.#tracks[kind] = track;
    if (kind === 'video') this.#camera = new MediaStream([track]);
    track.onended = () => { // Only an unplugged or withdrawn device; our own stop() raises no event.
      if (this.#over || this.#tracks[kind] !== track) return;
      this.#given.onNotice(`${kind}.unplugged`);
      this.#lose(kind);
    };
  }

  #lose(kind: Kind): void {
    this.#tracks[kind] = null;
    if (kind === 'video') this.#camera = null;
    this.#given.onChange();
    this.#given.onTrack(kind, null);
  }
}
