import type { PhoneError } from "../call/callEvents.ts";
import type { Leg } from "../legs/leg.ts";
import { silentFrame } from "../legs/mixFrames.ts";
import { SpeechQueue } from "../media/speechQueue.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { ConferenceNoun } from "../twiml/dialTwiml.ts";
import { playWaitSound, type SoundSource } from "./waitSound.ts";

/** What a participant may do, and what happens when it comes and goes; all may change but the label. */
export type MemberOptions = ConferenceNoun["options"];

/** Why a participant is in the conference no longer. */
export type LeaveReason =
  | "participant_hung_up"
  | "participant_updated_via_api"
  | "participant_add_failed"
  | "moderator_ended_conference"
  | "conference_ended_via_api";

/** One participant of a conference. */
export class Member {
  readonly leg: Pick<Leg, "sid" | "signal" | "isOver" | "audio" | "emit" | "report">;
  readonly left = Promise.withResolvers<LeaveReason>();
  /** Announcements and beeps that this participant hears. */
  readonly announcements = new SpeechQueue();
  readonly #context: NetworkContext;
  #options: MemberOptions;
  #music: { readonly queue: SpeechQueue; readonly stop: AbortController } | undefined;

  constructor(context: NetworkContext, leg: Member["leg"], options: MemberOptions) {
    this.#context = context;
    this.leg = leg;
    this.#options = options;
  }

  get sid(): string {
    return this.leg.sid;
  }

  get audio(): Leg["audio"] {
    return this.leg.audio;
  }

  get options(): MemberOptions {
    return this.#options;
  }

  change(options: Partial<MemberOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  /** What this participant hears instead of the others. */
  musicFrame(): Uint8Array {
    return this.#music?.queue.nextFrame() ?? silentFrame();
  }

  /** Plays a source, or music without one, until `stopMusic()`; the answer is what was wrong with the source. */
  async startMusic(source: SoundSource | undefined | "silence"): Promise<PhoneError | undefined> {
    this.stopMusic();
    if (source === "silence") return undefined;
    const music = { queue: new SpeechQueue(), stop: new AbortController() };
    this.#music = music;
    const { signal } = this.#context;
    const until = AbortSignal.any([music.stop.signal, signal]);
    return await playWaitSound(this.#context, source, music.queue, until);
  }

  stopMusic(): void {
    this.#music?.stop.abort();
    this.#music?.queue.close();
    this.#music = undefined;
  }
}
