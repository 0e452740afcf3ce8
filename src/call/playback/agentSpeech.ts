import type { AudioFormat, Base64 } from "../../utils/audio/audioFormat.ts";
import type { CallLeg } from "../callLeg.ts";
import type { HeardSound } from "../callTap.ts";
import type { Latency } from "../turns/latency.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import { Interruption } from "./interruption.ts";
import { HeardSpeech } from "./heardSpeech.ts";
import { LatestWords } from "./latestWords.ts";
import { Playback } from "./playback.ts";
import * as prompts from "../model/prompts.ts";
import type { ModelRequest, RefusalKind, SpeechRef } from "../realtimeClient.ts";
import type { Heard } from "./spokenItems.ts";
import { SpokenResponses } from "./spokenResponses.ts";
import { Truncation } from "./truncation.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Milliseconds } from "../types.ts";

/**
 * What the agent says: its playout, its interruption, and the truncates, deletes, cancels and
 * transcript updates that follow.
 */
export class AgentSpeech {
  /** Which responses run, have sounded, or are silenced. */
  readonly responses = new SpokenResponses();
  /** What the agent has written last in the conversation. */
  readonly words = new LatestWords();
  readonly heardSpeech: HeardSpeech;
  readonly #commands: CommandBuffer;
  readonly #transcript: Transcript;
  readonly #latency: Latency;
  readonly #playback: Playback;
  readonly #truncation: Truncation;
  readonly #interruption: Interruption;
  #reports: CallLeg["reports"] = "marks";
  #speaking = false;
  /** Where the conversation's speech has got to. */
  #latest: { readonly ref: SpeechRef; producedMs: Milliseconds } | undefined;
  #refused = false;

  constructor(commands: CommandBuffer, transcript: Transcript, latency: Latency) {
    this.#commands = commands;
    this.#transcript = transcript;
    this.#latency = latency;
    this.heardSpeech = new HeardSpeech(commands, transcript.entries);
    this.#playback = new Playback(commands, this.heardSpeech);
    const parts = { responses: this.responses, truncation: new Truncation(commands) };
    this.#truncation = parts.truncation;
    this.#interruption = new Interruption(commands, transcript, this.heardSpeech, parts);
  }

  get audible(): boolean {
    return this.#playback.audible;
  }

  get queued(): readonly HeardSound[] {
    return this.#playback.queued;
  }

  endsAt(now: Milliseconds): Milliseconds {
    return this.#playback.endsAt(now);
  }

  /** Whether the leg has yet to say where it fell silent. */
  get isSettling(): boolean {
    return this.#interruption.dueAt !== undefined;
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
    this.#interruption.settle();
    this.#playback.leave(now);
  }

  /** Nothing more comes of what was said beside the conversation, and nothing need wait for it. */
  asideOver(responseId: string, now: Milliseconds): void {
    for (const { itemId } of this.#playback.unfinished(responseId)) this.itemDone(itemId, now);
    this.#playback.endPriority(responseId, now);
    this.#transcript.agent.wordsOver((one) => one === responseId);
    this.responses.asideEnded(responseId);
  }

  /** Plays a piece of speech; false where it is not going to be heard, or is no part of the conversation. */
  play(ref: SpeechRef, audio: Base64, durationMs: Milliseconds, now: Milliseconds): boolean {
    if (!(durationMs > 0)) return false;
    const { responses } = this;
    const { responseId } = ref;
    if (!responses.isSilenced(responseId) && this.#playback.full) this.abandon(responseId, now);
    if (responses.isSilenced(responseId)) {
      if (!this.#refused) this.#commands.notice("audio_refused");
      this.#refused = true;
      return false;
    }
    this.#interruption.settle();
    const aside = responses.isAside(responseId);
    if (responses.sounded(responseId) && aside) {
      // A filler that has stopped in the middle: what it still brings would be heard within the answer.
      const { asideId = responseId } = responses;
      if (asideId !== responseId && responses.hasSounded(asideId)) this.abandon(asideId, now);
      this.#playback.prioritize(responseId);
    }
    if (!aside) {
      this.#latency.audio(ref.itemId, now);
      const before = this.#latest?.ref.itemId === ref.itemId ? this.#latest.producedMs : 0;
      this.#latest = { ref, producedMs: before + durationMs };
    }
    this.#playback.play(ref, audio, durationMs, now);
    this.#announce();
    return !aside;
  }

  /** The next piece of what `play` has played last; false where `play` is to decide about it. */
  playOn(ref: SpeechRef, audio: Base64, durationMs: Milliseconds, now: Milliseconds): boolean {
    const latest = this.#latest;
    if (latest?.ref !== ref || !(durationMs > 0) || this.#playback.full) return false;
    latest.producedMs += durationMs;
    this.#playback.play(ref, audio, durationMs, now);
    return true;
  }

  /** Whether the model is in the middle of an item of this response. */
  isUnfinished(responseId: string): boolean {
    return this.#playback.unfinished(responseId).length > 0;
  }

  /** A response stops short: what there is of it is heard out, and is all that the model remembers. */
  breakOff(responseId: string, now: Milliseconds): void {
    if (this.#latest?.ref.responseId !== responseId) return;
    const { ref: { itemId, contentIndex }, producedMs } = this.#latest;
    this.#transcript.agent.brokenOff(itemId, producedMs);
    const audioEndMs = Math.floor(producedMs);
    this.#commands.request({ type: "truncate", itemId, contentIndex, audioEndMs });
    this.itemDone(itemId, now);
  }

  /** The latest item, if it is one of this response's. */
  latestItemOf(responseId: string | undefined): string | undefined {
    const ref = this.#latest?.ref;
    return ref?.responseId === responseId ? ref?.itemId : undefined;
  }

  /** Nothing more of a response is waited for, nor heard should it come. */
  abandon(responseId: string, now: Milliseconds): void {
    this.responses.silence(responseId);
    this.#commands.request({ type: "cancel", responseId });
    if (this.responses.isAside(responseId)) return this.asideOver(responseId, now);
    this.breakOff(responseId, now);
    this.responseDone(responseId, now);
  }

  text(ref: SpeechRef, text: string, now: Milliseconds): void {
    if (this.responses.isSilenced(ref.responseId)) return;
    const aside = this.responses.isAside(ref.responseId);
    if (!aside) this.words.add(ref, text);
    this.#transcript.agent.said(ref.itemId, text, aside, now);
  }

  /** A response came without sound: the model forgets what it only wrote, and does not write on. */
  unspoken(responseId: string): void {
    const itemId = this.words.takeBack(responseId);
    if (itemId === undefined) return;
    this.#transcript.agent.unspoken(itemId);
    this.#commands.request({ type: "delete", itemId });
  }

  itemAdded(itemId: string): void {
    const responseId = this.responses.activeId;
    if (responseId === undefined || this.responses.isAside(responseId)) return;
    if (this.responses.isSilenced(responseId)) {
      this.#truncation.unheard(itemId, responseId);
    }
  }

  itemDone(itemId: string, now: Milliseconds): void {
    this.#heard(this.#playback.complete(itemId), now);
  }

  responseDone(responseId: string, now: Milliseconds): void {
    for (const { itemId } of this.#playback.unfinished(responseId)) this.itemDone(itemId, now);
    this.#truncation.responseDone(responseId);
    this.#ended(responseId);
  }

  marked(name: string, now: Milliseconds): void {
    this.#heard(this.#playback.marked(name, now), now);
  }

  rendered(itemId: string, ms: Milliseconds, cleared: boolean, now: Milliseconds): void {
    if (this.#interruption.dueAt === undefined) {
      this.#heard(this.#playback.rendered(itemId, ms, cleared, now), now);
    } else if (cleared) {
      this.#interruption.settle({ itemId, ms });
    }
  }

  /** Silences what is audible and what the running response will still bring. */
  stop(now: Milliseconds, cancels: boolean): void {
    this.#interruption.settle();
    const cutAt = this.#playback.silentAt(now);
    const { cuts, isLegCleared } = this.#playback.interrupt(now);
    this.#silenceResponse(this.responses.activeId, cancels);
    this.#silenceResponse(this.responses.asideId, true);
    for (const cut of cuts) if (!cut.complete) this.responses.silence(cut.responseId);
    this.#announce();
    if (cuts.length === 0) return this.heardSpeech.settle(cuts);
    this.#interruption.begin(cuts, now, cutAt);
    if (this.#reports === "marks" || !isLegCleared) this.#interruption.settle();
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
    const isWhole = this.#truncation.refused(request, kind, availableMs);
    if (!isWhole || request.type !== "truncate") return;
    const heard = this.#transcript.agent.cutText(request.itemId);
    if (heard !== undefined) this.#commands.request(prompts.heardOnly(heard));
  }

  /** The call is over: what was not heard was not said, and only the transcript has to show it. */
  close(now: Milliseconds): void {
    this.#interruption.settle();
    const cutAt = this.#playback.silentAt(now);
    this.#interruption.close(this.#playback.end(now), cutAt);
    this.#transcript.agent.wordsOver();
    this.#announce();
  }

  /** The model's connection is gone: the next one is only told of what was said over it. */
  modelLost(now: Milliseconds): void {
    this.#interruption.settle();
    for (const { itemId, responseId } of this.#playback.unheard) {
      if (this.responses.isAside(responseId)) continue;
      this.responses.saidWithoutModel(responseId);
      this.#transcript.agent.saidWithoutModel(itemId);
    }
    for (const { itemId, producedMs } of this.#playback.unfinished()) {
      this.#transcript.agent.brokenOff(itemId, producedMs);
      this.itemDone(itemId, now);
    }
    const { activeId, asideId } = this.responses;
    if (activeId !== undefined) {
      this.#truncation.forget(activeId);
      this.#ended(activeId);
    }
    if (asideId !== undefined) this.asideOver(asideId, now);
  }

  tick(now: Milliseconds): void {
    if (now >= (this.#interruption.dueAt ?? Infinity)) this.#interruption.settle();
    const playout = this.#playback.tick(now);
    if (playout === "stalled") this.#commands.notice("playout_stalled");
    else if (playout === "lost") this.stop(now, true);
    else this.#heard(playout, now);
  }

  /** Words that came after the end of a response that is over are over with it, too. */
  #ended(responseId: string): void {
    this.responses.ended(responseId);
    this.#transcript.agent.wordsOver((one) => !this.responses.isRunning(one));
  }

  #silenceResponse(responseId: string | undefined, cancels: boolean): void {
    if (responseId === undefined || this.responses.isSilenced(responseId)) return;
    this.responses.silence(responseId);
    if (cancels) this.#commands.request({ type: "cancel", responseId });
  }

  #heard(heard: readonly Heard[], now: Milliseconds): void {
    for (const one of heard) {
      this.#latency.heard(one.itemId, now);
      if (one.finished) this.#transcript.agent.heard(one, now);
      else this.#transcript.agent.heardSoFar(one);
    }
    if (heard.length > 0) this.#announce();
  }

  #announce(): void {
    if (this.#speaking === this.audible) return;
    this.#speaking = this.audible;
    this.#commands.publish({ type: "speaking", who: "agent", on: this.#speaking });
  }
}
