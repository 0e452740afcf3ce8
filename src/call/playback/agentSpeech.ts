import type { Base64 } from "../../utils/audioFormat.ts";
import type { AudioFormat } from "../../utils/audioFormat.ts";
import type { CallLeg } from "../callLeg.ts";
import { Truncation } from "./truncation.ts";
import type { Latency } from "../turns/latency.ts";
import type { CommandBuffer } from "../commandBuffer.ts";
import { Playback } from "./playback.ts";
import type { ModelRequest, RefusalKind, SpeechRef } from "../realtimeClient.ts";
import { RecentIds } from "../../utils/recentIds.ts";
import type { Cut, Heard } from "./spokenItems.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Milliseconds } from "../types.ts";

/** How long a leg that reports positions may take to tell where exactly it fell silent. */
const EXACT_POSITION_MS = 500;
const MAX_ASIDES = 16;
const MAX_SOUNDED = 64;
const MAX_WORDS = 200;

/** What the agent says: played, heard, cut off, and what the model and the transcript are told of it. */
export class AgentSpeech {
  readonly #outbox: CommandBuffer;
  readonly #transcript: Transcript;
  readonly #latency: Latency;
  readonly #playback = new Playback();
  readonly #cuts = new Truncation();
  #reports: CallLeg["reports"] = "marks";
  #speaking = false;
  #unsettled: { readonly cuts: readonly Cut[]; readonly dueAt: Milliseconds } | undefined;
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

  constructor(outbox: CommandBuffer, transcript: Transcript, latency: Latency) {
    this.#outbox = outbox;
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
    return this.#unsettled?.dueAt ?? this.#playback.wakeAt;
  }

  join(format: AudioFormat, reports: CallLeg["reports"], now: Milliseconds): void {
    this.#reports = reports;
    const { commands, heard } = this.#playback.join(format, reports, now);
    this.#outbox.pushAll(commands);
    this.#heard(heard, now);
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
    this.#outbox.pushAll(this.#playback.firstIsOver(responseId, now));
    if (this.#asideId === responseId) this.#asideId = undefined;
  }

  /** Tells whether the audio is going to be heard, as part of the conversation. */
  speech(ref: SpeechRef, audio: Base64, durationMs: Milliseconds, now: Milliseconds): boolean {
    if (!(durationMs > 0)) return false;
    const { responseId } = ref;
    if (!this.#playback.isSilenced(responseId) && this.#playback.full) {
      this.abandon(responseId, now);
    }
    if (this.#playback.isSilenced(responseId)) {
      if (!this.#refused) this.#outbox.notice("audio_refused");
      this.#refused = true;
      return false;
    }
    this.#settle(now);
    const aside = this.#asides.has(responseId);
    if (!this.#sounded.has(responseId)) {
      this.#sounded.add(responseId);
      if (aside) this.#playback.putFirst(responseId);
    }
    if (!aside) {
      this.#latency.audio(ref.itemId, now);
      const before = this.#latest?.itemId === ref.itemId ? this.#latest.producedMs : 0;
      this.#latest = { ...ref, producedMs: before + durationMs };
    }
    this.#outbox.pushAll(this.#playback.speech(ref, audio, durationMs, now));
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
    this.#outbox.publish(this.#transcript.brokenOff(itemId, producedMs));
    this.#request([
      { type: "truncate", itemId, contentIndex, audioEndMs: Math.floor(producedMs) },
    ]);
    this.itemDone(itemId, now);
  }

  /** Nothing more of a response is waited for, nor heard should it come. */
  abandon(responseId: string, now: Milliseconds): void {
    this.#playback.silence(responseId);
    this.#request([{ type: "cancel", responseId }]);
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
    this.#outbox.publish(this.#transcript.agentText(ref.itemId, text, now));
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
    this.#outbox.publish(this.#transcript.unspoken(itemId));
    this.#request([{ type: "delete", itemId }]);
  }

  itemAdded(itemId: string): void {
    const responseId = this.#activeResponseId;
    if (responseId === undefined || this.#asides.has(responseId)) return;
    if (this.#playback.isSilenced(responseId)) {
      this.#cuts.unheard(itemId, responseId);
    }
  }

  itemDone(itemId: string, now: Milliseconds): void {
    const { commands, heard } = this.#playback.complete(itemId);
    this.#outbox.pushAll(commands);
    this.#heard(heard, now);
  }

  responseDone(responseId: string, now: Milliseconds): void {
    for (const { itemId } of this.#playback.unfinished(responseId)) this.itemDone(itemId, now);
    this.#request(this.#cuts.responseDone(responseId));
    if (this.#activeResponseId === responseId) this.#activeResponseId = undefined;
  }

  marked(name: string, now: Milliseconds): void {
    this.#heard(this.#playback.marked(name, now), now);
  }

  rendered(itemId: string, ms: Milliseconds, cleared: boolean, now: Milliseconds): void {
    if (this.#unsettled === undefined) {
      this.#heard(this.#playback.rendered(itemId, ms, now, { exact: cleared }), now);
    } else if (cleared) {
      this.#settle(now, itemId, ms);
    }
  }

  /** Silences what is audible and what the running response will still bring. */
  stop(now: Milliseconds, cancels: boolean): void {
    this.#settle(now);
    const { commands, cuts } = this.#playback.interrupt(now);
    this.#outbox.pushAll(commands);
    this.#silence(this.#activeResponseId, cancels);
    this.#silence(this.#asideId, true);
    for (const cut of cuts) if (!cut.complete) this.#playback.silence(cut.responseId);
    this.#announce();
    if (cuts.length === 0) return;
    this.#unsettled = { cuts, dueAt: now + EXACT_POSITION_MS };
    if (this.#reports === "marks" || commands.length === 0) this.#settle(now);
  }

  pause(now: Milliseconds): void {
    this.#outbox.pushAll(this.#playback.pause(now));
  }

  resume(now: Milliseconds): boolean {
    const paused = this.#playback.paused;
    const { commands, heard } = this.#playback.resume(now);
    this.#outbox.pushAll(commands);
    this.#heard(heard, now);
    return paused;
  }

  refused(request: ModelRequest, kind: RefusalKind, availableMs: Milliseconds | undefined): void {
    if (request.type !== "truncate") return;
    this.#outbox.notice("truncate_refused");
    const next = this.#cuts.refused(request, kind, availableMs);
    if (next !== undefined) this.#request([next]);
  }

  /** The call is over: what was not heard was not said, and nobody needs to be told but the transcript. */
  close(now: Milliseconds): void {
    this.#settle(now);
    for (const cut of this.#playback.interrupt(now).cuts) this.#record(cut, now);
    this.#announce();
  }

  /** The model's connection is gone: it can be told nothing of what it said there. */
  modelLost(now: Milliseconds): void {
    for (const { itemId, producedMs } of this.#playback.unfinished()) {
      this.#outbox.publish(this.#transcript.brokenOff(itemId, producedMs));
      this.itemDone(itemId, now);
    }
    if (this.#activeResponseId !== undefined) this.#cuts.responseDone(this.#activeResponseId);
    this.#activeResponseId = undefined;
    if (this.#asideId !== undefined) this.asideOver(this.#asideId, now);
  }

  /** How far a running response has got with the caller. */
  progressOf(responseId: string): "nothing" | "some" | "silenced" {
    if (this.#playback.isSilenced(responseId)) return "silenced";
    return this.#sounded.has(responseId) ? "some" : "nothing";
  }

  tick(now: Milliseconds): void {
    if (this.#unsettled !== undefined && now >= this.#unsettled.dueAt) this.#settle(now);
    const { commands, heard, playout } = this.#playback.tick(now);
    this.#outbox.pushAll(commands);
    this.#heard(heard, now);
    if (playout === "stalled") this.#outbox.notice("playout_stalled");
    if (playout === "lost") this.stop(now, true);
  }

  #silence(responseId: string | undefined, cancels: boolean): void {
    if (responseId === undefined || this.#playback.isSilenced(responseId)) return;
    this.#playback.silence(responseId);
    if (cancels) this.#request([{ type: "cancel", responseId }]);
  }

  #heard(heard: readonly Heard[], now: Milliseconds): void {
    for (const { itemId, finished } of heard) {
      this.#outbox.publish(this.#latency.heard(itemId, now));
      if (finished) this.#outbox.publish(this.#transcript.heard(itemId, now));
    }
    if (heard.length > 0) this.#announce();
  }

  /** Tells the model what was cut off, at the exact place if the leg has named it. */
  #settle(now: Milliseconds, itemId?: string, ms?: Milliseconds): void {
    const unsettled = this.#unsettled;
    if (unsettled === undefined) return;
    this.#unsettled = undefined;
    const cuts = itemId === undefined || ms === undefined
      ? unsettled.cuts
      : exactCuts(unsettled.cuts, itemId, ms);
    const kept = cuts.filter((cut) => !this.#asides.has(cut.responseId));
    this.#request(this.#cuts.requests(kept, this.#activeResponseId));
    for (const cut of cuts) this.#record(cut, now);
  }

  #record(cut: Cut, now: Milliseconds): void {
    const { itemId, heardMs, producedMs, complete } = cut;
    this.#outbox.publish({ type: "interrupted", itemId, heardMs: Math.round(heardMs) });
    this.#outbox.publish(this.#transcript.cut(itemId, heardMs, producedMs, complete, now));
  }

  #request(requests: readonly ModelRequest[]): void {
    for (const request of requests) this.#outbox.push({ type: "model", request });
  }

  #announce(): void {
    if (this.#speaking === this.audible) return;
    this.#speaking = this.audible;
    this.#outbox.publish({ type: "speaking", who: "agent", on: this.#speaking });
  }
}

/** Before the item where the leg fell silent everything was heard, behind it nothing. */
function exactCuts(cuts: readonly Cut[], itemId: string, ms: Milliseconds): readonly Cut[] {
  // Not found: the leg was still at an earlier item, which had been heard whole.
  const at = cuts.findIndex((cut) => cut.itemId === itemId);
  return cuts.map((cut, index) => {
    if (index < at) return { ...cut, heardMs: cut.producedMs };
    return { ...cut, heardMs: index > at ? 0 : Math.min(Math.max(ms, 0), cut.sentMs) };
  }).filter((cut) => !cut.complete || cut.heardMs < cut.producedMs);
}
