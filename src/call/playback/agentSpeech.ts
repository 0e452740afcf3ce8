import type { AudioFormat, Base64 } from "../../utils/audio/audioFormat.ts";
import type { CallLeg } from "../callLeg.ts";
import type { Latency } from "../turns/latency.ts";
import type { CommandBuffer } from "../commandBuffer.ts";
import { Interruption } from "./interruption.ts";
import { Playback } from "./playback.ts";
import type { ModelRequest, RefusalKind, SpeechRef } from "../realtimeClient.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { Cut, Heard } from "./spokenItems.ts";
import { Truncation } from "./truncation.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Milliseconds } from "../types.ts";

const MAX_ASIDES = 16;
const MAX_SOUNDED = 64;
const MAX_WORDS = 200;

/**
 * What the agent says: its playout, its interruption, and the truncates, deletes, cancels and
 * transcript updates that follow.
 */
export class AgentSpeech {
  readonly #commands: CommandBuffer;
  readonly #transcript: Transcript;
  readonly #latency: Latency;
  readonly #playback: Playback;
  readonly #truncation: Truncation;
  readonly #interruption = new Interruption();
  #reports: CallLeg["reports"] = "marks";
  #speaking = false;
  #activeResponseId: string | undefined;
  #asideId: string | undefined;
  /** Responses of which anything has come that the caller hears. */
  readonly #sounded = new RecentIds(MAX_SOUNDED);
  /** Where the conversation's speech has got to. */
  #latest: (SpeechRef & { readonly producedMs: Milliseconds }) | undefined;
  #words: (SpeechRef & { readonly text: string }) | undefined;
  #refused = false;
  /** Responses beside the conversation: the model keeps nothing of them that could be cut. */
  readonly #asides = new RecentIds(MAX_ASIDES);

  constructor(commands: CommandBuffer, transcript: Transcript, latency: Latency) {
    this.#commands = commands;
    this.#playback = new Playback(commands);
    this.#truncation = new Truncation(commands);
    this.#transcript = transcript;
    this.#latency = latency;
  }

  get audible(): boolean {
    return this.#playback.audible;
  }

  endsAt(now: Milliseconds): Milliseconds {
    return this.#playback.endsAt(now);
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#interruption.dueAt ?? this.#playback.wakeAt;
  }

  join(format: AudioFormat, reports: CallLeg["reports"], now: Milliseconds): void {
    this.#reports = reports;
    this.#heard(this.#playback.join(format, reports, now), now);
    this.#announce();
  }

  leave(now: Milliseconds): void {
    this.#settle(now);
    this.#playback.leave(now);
  }

  responseStarted(responseId: string): void {
    this.#activeResponseId = responseId;
  }

  asideStarted(responseId: string): void {
    this.#asideId = responseId;
    this.#asides.add(responseId);
  }

  /** Nothing more comes of what was said beside the conversation, and nothing need wait for it. */
  asideOver(responseId: string, now: Milliseconds): void {
    for (const { itemId } of this.#playback.unfinished(responseId)) this.itemDone(itemId, now);
    this.#playback.endPriority(responseId, now);
    if (this.#asideId === responseId) this.#asideId = undefined;
  }

  /** Plays a piece of speech; false where it is not going to be heard, or is no part of the conversation. */
  play(ref: SpeechRef, audio: Base64, durationMs: Milliseconds, now: Milliseconds): boolean {
    if (!(durationMs > 0)) return false;
    const { responseId } = ref;
    if (!this.#playback.isSilenced(responseId) && this.#playback.full) {
      this.abandon(responseId, now);
    }
    if (this.#playback.isSilenced(responseId)) {
      if (!this.#refused) this.#commands.notice("audio_refused");
      this.#refused = true;
      return false;
    }
    this.#settle(now);
    const aside = this.#asides.has(responseId);
    if (!this.#sounded.has(responseId)) {
      this.#sounded.add(responseId);
      if (aside) this.#playback.prioritize(responseId);
    }
    if (!aside) {
      this.#latency.audio(ref.itemId, now);
      const before = this.#latest?.itemId === ref.itemId ? this.#latest.producedMs : 0;
      this.#latest = { ...ref, producedMs: before + durationMs };
    }
    this.#playback.play(ref, audio, durationMs, now);
    this.#announce();
    return !aside;
  }

  /** Whether the caller hears anything of a response. */
  hasSounded(responseId: string): boolean {
    return this.#sounded.has(responseId);
  }

  isSilenced(responseId: string): boolean {
    return this.#playback.isSilenced(responseId);
  }

  /** Whether the model is in the middle of an item of this response. */
  isUnfinished(responseId: string): boolean {
    return this.#playback.unfinished(responseId).length > 0;
  }

  /** A response stops short: what there is of it is heard out, and is all that the model remembers. */
  breakOff(responseId: string, now: Milliseconds): void {
    const latest = this.#latest;
    if (latest === undefined || latest.responseId !== responseId) return;
    const { itemId, contentIndex, producedMs } = latest;
    this.#transcript.brokenOff(itemId, producedMs);
    const audioEndMs = Math.floor(producedMs);
    this.#commands.request({ type: "truncate", itemId, contentIndex, audioEndMs });
    this.itemDone(itemId, now);
  }

  /** Nothing more of a response is waited for, nor heard should it come. */
  abandon(responseId: string, now: Milliseconds): void {
    this.#playback.silence(responseId);
    this.#commands.request({ type: "cancel", responseId });
    if (this.#asides.has(responseId)) return this.asideOver(responseId, now);
    this.breakOff(responseId, now);
    this.responseDone(responseId, now);
  }

  text(ref: SpeechRef, text: string, now: Milliseconds): void {
    if (this.#playback.isSilenced(ref.responseId)) return;
    if (!this.#asides.has(ref.responseId)) {
      const before = this.#words?.itemId === ref.itemId ? this.#words.text : "";
      this.#words = { ...ref, text: (before + text).slice(-MAX_WORDS) };
    }
    this.#transcript.agentText(ref.itemId, text, now);
  }

  /** The end of what the agent said last in the conversation. */
  get lastWords(): string {
    return this.#words?.text ?? "";
  }

  /** A response came without sound: the model forgets what it only wrote, and does not write on. */
  unspoken(responseId: string): void {
    if (this.#words?.responseId !== responseId) return;
    const { itemId } = this.#words;
    this.#words = undefined;
    this.#transcript.unspoken(itemId);
    this.#commands.request({ type: "delete", itemId });
  }

  itemAdded(itemId: string): void {
    const responseId = this.#activeResponseId;
    if (responseId === undefined || this.#asides.has(responseId)) return;
    if (this.#playback.isSilenced(responseId)) {
      this.#truncation.unheard(itemId, responseId);
    }
  }

  itemDone(itemId: string, now: Milliseconds): void {
    this.#heard(this.#playback.complete(itemId), now);
  }

  responseDone(responseId: string, now: Milliseconds): void {
    for (const { itemId } of this.#playback.unfinished(responseId)) this.itemDone(itemId, now);
    this.#truncation.responseDone(responseId);
    if (this.#activeResponseId === responseId) this.#activeResponseId = undefined;
  }

  marked(name: string, now: Milliseconds): void {
    this.#heard(this.#playback.marked(name, now), now);
  }

  rendered(itemId: string, ms: Milliseconds, cleared: boolean, now: Milliseconds): void {
    if (this.#interruption.dueAt === undefined) {
      this.#heard(this.#playback.rendered(itemId, ms, now, { exact: cleared }), now);
    } else if (cleared) {
      this.#settle(now, { itemId, ms });
    }
  }

  /** Silences what is audible and what the running response will still bring. */
  stop(now: Milliseconds, cancels: boolean): void {
    this.#settle(now);
    const { cuts, isLegCleared } = this.#playback.interrupt(now);
    this.#silenceResponse(this.#activeResponseId, cancels);
    this.#silenceResponse(this.#asideId, true);
    for (const cut of cuts) if (!cut.complete) this.#playback.silence(cut.responseId);
    this.#announce();
    if (cuts.length === 0) return;
    this.#interruption.begin(cuts, now);
    if (this.#reports === "marks" || !isLegCleared) this.#settle(now);
  }

  pause(now: Milliseconds): void {
    this.#playback.pause(now);
  }

  resume(now: Milliseconds): boolean {
    const paused = this.#playback.paused;
    this.#heard(this.#playback.resume(now), now);
    return paused;
  }

  refused(request: ModelRequest, kind: RefusalKind, availableMs: Milliseconds | undefined): void {
    this.#truncation.refused(request, kind, availableMs);
  }

  /** The call is over: what was not heard was not said, and only the transcript has to show it. */
  close(now: Milliseconds): void {
    this.#settle(now);
    for (const cut of this.#playback.end(now)) this.#record(cut, now);
    this.#announce();
  }

  /** The model's connection is gone: what it said there can be neither truncated nor deleted. */
  modelLost(now: Milliseconds): void {
    for (const { itemId, producedMs } of this.#playback.unfinished()) {
      this.#transcript.brokenOff(itemId, producedMs);
      this.itemDone(itemId, now);
    }
    if (this.#activeResponseId !== undefined) this.#truncation.forget(this.#activeResponseId);
    this.#activeResponseId = undefined;
    if (this.#asideId !== undefined) this.asideOver(this.#asideId, now);
  }

  /** How far a running response has got with the caller. */
  progressOf(responseId: string): "nothing" | "some" | "silenced" {
    if (this.#playback.isSilenced(responseId)) return "silenced";
    return this.#sounded.has(responseId) ? "some" : "nothing";
  }

  tick(now: Milliseconds): void {
    if (now >= (this.#interruption.dueAt ?? Infinity)) this.#settle(now);
    const playout = this.#playback.tick(now);
    if (playout === "stalled") this.#commands.notice("playout_stalled");
    else if (playout === "lost") this.stop(now, true);
    else this.#heard(playout, now);
  }

  #silenceResponse(responseId: string | undefined, cancels: boolean): void {
    if (responseId === undefined || this.#playback.isSilenced(responseId)) return;
    this.#playback.silence(responseId);
    if (cancels) this.#commands.request({ type: "cancel", responseId });
  }

  #heard(heard: readonly Heard[], now: Milliseconds): void {
    for (const { itemId, finished } of heard) {
      this.#latency.heard(itemId, now);
      if (finished) this.#transcript.heard(itemId, now);
    }
    if (heard.length > 0) this.#announce();
  }

  /** Has the model forget what was cut off, at the exact place if the leg has reported it. */
  #settle(now: Milliseconds, exact?: { readonly itemId: string; readonly ms: Milliseconds }): void {
    if (this.#interruption.dueAt === undefined) return;
    const cuts = this.#interruption.settle(exact);
    const kept = cuts.filter((cut) => !this.#asides.has(cut.responseId));
    this.#truncation.cutOff(kept, this.#activeResponseId);
    for (const cut of cuts) this.#record(cut, now);
  }

  #record(cut: Cut, now: Milliseconds): void {
    const { itemId, heardMs, producedMs, complete } = cut;
    this.#commands.publish({ type: "interrupted", itemId, heardMs: Math.round(heardMs) });
    this.#transcript.cut(itemId, heardMs, producedMs, complete, now);
  }

  #announce(): void {
    if (this.#speaking === this.audible) return;
    this.#speaking = this.audible;
    this.#commands.publish({ type: "speaking", who: "agent", on: this.#speaking });
  }
}
