import type { AudioFormat, Base64 } from "../../utils/audio/audioFormat.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { CallLeg, SpeechPiece } from "../callLeg.ts";
import type { HeardSound } from "../callTap.ts";
import { SpeechAudio } from "./speechAudio.ts";
import { type Speech, SpeechQueue } from "./speechQueue.ts";
import { Marks, PIECE_MS } from "./marks.ts";
import { PlayoutEstimate, type Segment, speechOf } from "./playoutEstimate.ts";
import type { HeardSpeech } from "./heardSpeech.ts";
import type { SpeechRef } from "../realtimeClient.ts";
import { PositionReports } from "./positionReports.ts";
import { type Cut, type Heard, SpokenItems } from "./spokenItems.ts";
import type { Milliseconds } from "../types.ts";

/** The leg is kept at most this far ahead of what it plays, but for one piece ... */
const LEAD_MS = 4000;
/** ... and is given more when this little is left. A stall of ours that is longer becomes audible. */
const LOW_MS = 2000;
const FIRST_PIECE_MS = 60;
/**
 * So long after the last speech the model has stopped short. To ask at its very end would be to ask
 * after every piece of a model that is no faster than the caller hears.
 */
const STOPPED_SHORT_MS = 300;
/** Reports that never come must not keep the agent "speaking" for ever. */
const REPORT_GRACE_MS = 3000;
/** Legs report in steps: a remainder this short counts as played. */
const COARSE_MS = 150;
const NOTHING_HEARD: readonly Heard[] = [];

/**
 * What the caller has heard of the agent, per item.
 *
 * Speech is split into short pieces and kept back beyond a bounded lead; how much of it the leg has
 * played is estimated and corrected by its reports. What becomes known as heard is returned.
 */
export class Playback {
  readonly #commands: CommandBuffer;
  readonly #playout = new PlayoutEstimate();
  readonly #heard: HeardSpeech;
  readonly #items: SpokenItems;
  readonly #held = new SpeechQueue();
  #leg: { readonly format: AudioFormat; readonly reports: CallLeg["reports"] } | undefined;
  readonly #marks: Marks;
  readonly #reports = new PositionReports();
  #pausedAt: Milliseconds | undefined;

  constructor(commands: CommandBuffer, heard: HeardSpeech) {
    this.#commands = commands;
    this.#heard = heard;
    this.#items = new SpokenItems(heard);
    this.#marks = new Marks(commands);
  }

  /** From now on speech goes out; what was prepared before is released first. */
  join(format: AudioFormat, reports: CallLeg["reports"], now: Milliseconds): readonly Heard[] {
    this.#leg = { format, reports };
    this.#heard.format = format;
    this.#reports.reset();
    if (reports === "marks") this.#playout.probed(this.#marks.send(), now);
    const heard = this.#unpause(format);
    this.#release(now);
    return heard;
  }

  /** Whether something is still to be heard: with the leg, or kept back. */
  get audible(): boolean {
    return this.#held.size > 0 || this.#playout.segments.length > 0;
  }

  /** The leg is gone, and what it had not played is kept for the next. */
  leave(now: Milliseconds): void {
    this.#leg = undefined;
    this.pause(now);
  }

  /** What the leg has, and when it is thought to play it. */
  get queued(): readonly HeardSound[] {
    return this.#playout.segments.map(({ audio, start }) => ({ audio: audio.bytes, at: start }));
  }

  get paused(): boolean {
    return this.#pausedAt !== undefined;
  }

  /** When all that is known of will have been heard, or is waited for no more. */
  endsAt(now: Milliseconds): Milliseconds {
    if (this.#reports.isStalled(now)) return this.#reports.givesUpAt ?? now;
    return Math.max(now, this.#playout.queueEnd) + this.#held.totalMs;
  }

  /** Whether more is kept back than any answer is long. */
  get full(): boolean {
    return this.#held.full;
  }

  /** Of two responses that speak at a time, this one is heard first. */
  prioritize(responseId: string): void {
    this.#held.prioritize(responseId);
  }

  /** A response that was put first has said all that it will. */
  endPriority(responseId: string, now: Milliseconds): void {
    if (this.#held.endPriority(responseId)) this.#release(now);
  }

  /** Audio from the model, unless `full`. */
  play(ref: SpeechRef, audio: Base64, durationMs: Milliseconds, now: Milliseconds): void {
    const offsetMs = this.#items.produced(ref, durationMs);
    this.#held.enqueue({ ref, audio: new SpeechAudio(audio), offsetMs, durationMs });
    this.#release(now);
    this.#held.keepNewest();
  }

  /** The model has said all of an item; the leg is asked to report when it has been played. */
  complete(itemId: string): readonly Heard[] {
    const known = this.#items.complete(itemId);
    if (known === undefined) return NOTHING_HEARD;
    if (known.finished) {
      // What was put back by a pause has been heard by now, and would not be skipped later.
      this.#held.remove(itemId);
      return [known];
    }
    const last = this.#unmarkedEnd;
    if (last?.ref.itemId === itemId) last.mark = this.#marks.send();
    return NOTHING_HEARD;
  }

  marked(name: string, now: Milliseconds): readonly Heard[] {
    return this.#items.played(this.#playout.marked(name, now));
  }

  /** A reported position; where the leg is paused, `exact` is the place where it fell silent. */
  rendered(
    itemId: string,
    ms: Milliseconds,
    exact: boolean,
    now: Milliseconds,
  ): readonly Heard[] {
    const position = this.#items.rendered(itemId, ms, exact && this.paused ? 0 : undefined);
    if (position === undefined) return NOTHING_HEARD;
    const { advanced, ...at } = position;
    if (!exact && this.#leg?.reports === "positions") this.#reports.reported(advanced, now);
    const heard = this.#items.played(this.#playout.rendered(itemId, at.heardMs, now));
    if (this.#playout.last === undefined) this.#reports.settle();
    if (!advanced || heard.some((one) => one.itemId === itemId)) return heard;
    return [...heard, { ...at, finished: false }];
  }

  /**
   * Gives the leg more where it runs low, and stops waiting for reports that never came; `stalled` and
   * `lost` where it has stopped to play, and where it has to be given up.
   */
  tick(now: Milliseconds): readonly Heard[] | "stalled" | "lost" {
    const state = this.#reports.tick(now);
    if (
      state === "stalled" && this.#held.isEmpty &&
      this.#items.unheardMs(this.#playout.segments) <= COARSE_MS
    ) {
      this.#reports.settle();
      return this.#items.played(this.#playout.clear(now));
    }
    if (state !== undefined) return state;
    this.#release(now);
    const last = this.#unmarkedEnd;
    if (last !== undefined && now >= this.#playout.queueEnd + STOPPED_SHORT_MS) {
      this.#playout.markLate(last, this.#marks.send(), now);
    }
    if (this.#reports.reporting) return NOTHING_HEARD;
    return this.#items.played(this.#playout.expire(now, REPORT_GRACE_MS));
  }

  /** When `tick` has something to do. */
  get wakeAt(): Milliseconds | undefined {
    const flows = !this.#held.isEmpty && this.#leg !== undefined && !this.paused;
    const releaseAt = flows ? this.#playout.queueEnd - LOW_MS : undefined;
    if (this.#reports.reporting) return this.#reports.wakeAt(releaseAt);
    if (releaseAt !== undefined) return releaseAt;
    if (this.#unmarkedEnd !== undefined) return this.#playout.queueEnd + STOPPED_SHORT_MS;
    const last = this.#playout.last;
    return last === undefined ? undefined : last.end + REPORT_GRACE_MS;
  }

  /** Silences the agent but keeps what was not heard, so that `resume` can go on from there. */
  pause(now: Milliseconds): void {
    if (this.paused || !this.audible) return;
    this.#pausedAt = now;
    this.#held.enqueueFirst(this.#clearPlayout(now).map(speechOf));
    if (this.#leg !== undefined) this.#commands.push({ type: "clear" });
  }

  /** Goes on where `pause` stopped. */
  resume(now: Milliseconds): readonly Heard[] {
    if (!this.paused || this.#leg === undefined) return NOTHING_HEARD;
    const heard = this.#unpause(this.#leg.format);
    this.#release(now);
    return heard;
  }

  /** When the agent fell silent: now, unless it was paused before, or had been given no more to say. */
  silentAt(now: Milliseconds): Milliseconds {
    if (this.#pausedAt !== undefined) return this.#pausedAt;
    const isDry = this.#playout.isIdle(now) && this.#held.isEmpty;
    return isDry && this.#playout.queueEnd > -Infinity ? this.#playout.queueEnd : now;
  }

  /** Silences the agent for good; returns what was cut off, in the order of speaking. */
  interrupt(now: Milliseconds): { readonly cuts: readonly Cut[]; readonly isLegCleared: boolean } {
    const isLegCleared = this.audible && this.#leg !== undefined && !this.paused;
    if (isLegCleared) this.#commands.push({ type: "clear" });
    return { cuts: this.end(now), isLegCleared };
  }

  /** Cuts off at the end of the call, whose leg is closed anyway. */
  end(now: Milliseconds): readonly Cut[] {
    this.#clearPlayout(now);
    this.#held.clear();
    this.#pausedAt = undefined;
    return this.#items.cut();
  }

  /** Items of which the caller has not heard all, however much of them has come. */
  get unheard(): readonly SpeechRef[] {
    return this.#items.all;
  }

  /** What the model has not finished, of one response or of all. */
  unfinished(responseId?: string): readonly Cut[] {
    return this.#items.unfinished(responseId);
  }

  #release(now: Milliseconds): void {
    const leg = this.#leg;
    if (leg === undefined || this.paused || this.#reports.isStalled(now)) return;
    for (;;) {
      const { queueEnd } = this.#playout;
      const startsBurst = now >= queueEnd;
      const pieceMs = this.#pieceMs(startsBurst);
      // Longer pieces do not take the leg further ahead.
      const isAhead = queueEnd - now + pieceMs >= LEAD_MS + PIECE_MS;
      if (this.#held.isEmpty || isAhead) return;
      if (leg.reports === "marks" && this.#playout.isIdle(now)) {
        this.#playout.probed(this.#marks.send(), now);
      }
      const speech = this.#held.dequeue(pieceMs, leg.format);
      if (speech === undefined) return;
      this.#commands.push({ type: "play", piece: this.#write(speech, startsBurst, now) });
    }
  }

  #pieceMs(startsBurst: boolean): Milliseconds {
    if (startsBurst) return FIRST_PIECE_MS;
    return this.#leg?.reports === "marks" ? this.#marks.pieceMs : PIECE_MS;
  }

  #write(speech: Speech, startsBurst: boolean, now: Milliseconds): SpeechPiece {
    const { ref: { itemId }, offsetMs, durationMs } = speech;
    const audio = speech.audio.base64;
    const segment = this.#playout.write(speech, now);
    this.#items.sent(itemId, offsetMs + durationMs);
    this.#reports.expect(now);
    if (this.#leg?.reports === "positions") {
      return offsetMs > 0 ? { itemId, audio, durationMs, offsetMs } : { itemId, audio, durationMs };
    }
    const endsItem = this.#items.endsAt(itemId, offsetMs + durationMs);
    const mark = this.#marks.markFor({ durationMs, startsBurst, endsItem });
    segment.mark = mark;
    return mark === undefined ? { itemId, audio, durationMs } : { itemId, audio, durationMs, mark };
  }

  /** The last piece, if the leg would play it and report nothing: the model has stopped short. */
  get #unmarkedEnd(): Segment | undefined {
    const { last } = this.#playout;
    const reportsEnd = this.#leg?.reports !== "marks" || !this.#held.isEmpty;
    return reportsEnd || last?.mark !== undefined ? undefined : last;
  }

  /** What is played again begins where the caller stopped hearing it, which may be at its end. */
  #unpause(format: AudioFormat): readonly Heard[] {
    if (!this.paused) return NOTHING_HEARD;
    this.#pausedAt = undefined;
    const progress = this.#items.progress();
    for (const { itemId, heardMs } of progress) {
      if (heardMs > 0) this.#held.skip(itemId, heardMs, format);
    }
    return progress.filter(({ finished }) => finished);
  }

  #clearPlayout(now: Milliseconds): readonly Segment[] {
    const { segments } = this.#playout;
    // Of a leg that reports, only what it has reported was heard.
    if (!this.#reports.reporting) {
      this.#items.estimate((segment) => this.#playout.playedMs(segment, now), segments);
    }
    this.#reports.settle();
    this.#marks.cleared();
    return this.#heard.cleared(this.#playout.clear(now));
  }
}
