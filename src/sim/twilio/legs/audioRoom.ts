import type { SimClock } from "../simClock.ts";
import type { LegAudio, Mouth } from "./leg.ts";

/** Somebody in a room. */
export interface RoomMember {
  readonly audio: LegAudio;
}

/** What everybody said in one frame. */
export type Said<Member> = ReadonlyMap<Member, Uint8Array>;

const frameMs = 20;

/** Carries audio between its members, a frame of 20 ms at a time; runs while somebody is in it. */
export class AudioRoom<Member extends RoomMember> {
  readonly #clock: SimClock;
  readonly #mix: (listener: Member, said: Said<Member>) => Uint8Array;
  readonly #mouths = new Map<Member, Mouth>();
  #startedAt = 0;
  #frames = 0;
  #cancel: (() => void) | undefined;

  /** `mix` makes the frame that a member hears. */
  constructor(clock: SimClock, mix: (listener: Member, said: Said<Member>) => Uint8Array) {
    this.#clock = clock;
    this.#mix = mix;
  }

  add(member: Member): void {
    if (this.#mouths.has(member)) return;
    if (this.#mouths.size === 0) {
      this.#startedAt = this.#clock.now();
      this.#frames = 0;
      this.#wait();
    } else this.#carry();
    this.#mouths.set(member, member.audio.open());
  }

  remove(member: Member): void {
    this.#mouths.get(member)?.close();
    this.#mouths.delete(member);
    if (this.#mouths.size === 0) this.#cancel?.();
  }

  #wait(): void {
    const next = this.#startedAt + (this.#frames + 1) * frameMs;
    this.#cancel = this.#clock.at(next, () => {
      this.#carry();
      this.#wait();
    });
  }

  /** Up to now, also where the process was held up: whoever joins later has no part in it. */
  #carry(): void {
    const elapsed = this.#clock.now() - this.#startedAt;
    for (; (this.#frames + 1) * frameMs <= elapsed; this.#frames++) {
      // Mixed at its end, a frame is heard a frame later than it was said.
      const atMs = this.#startedAt + (this.#frames + 1) * frameMs;
      const said = new Map([...this.#mouths].map(([it, mouth]) => [it, mouth.nextFrame()]));
      for (const member of said.keys()) member.audio.hear(this.#mix(member, said), atMs);
    }
  }
}
