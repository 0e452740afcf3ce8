import { bytesPerMs } from "../../utils/audio/audioFormat.ts";
import type { Script, ScriptCall, ScriptReply } from "./scripts.ts";
import { FunctionCallItem } from "./functionCallItem.ts";
import { failures, type FaultSet, type ResponseFault } from "./faults.ts";
import { McpCallItem } from "./mcpCallItem.ts";
import type { SessionMcp } from "./sessionMcp.ts";
import { MessageItem } from "./messageItem.ts";
import type { OutputItem, OutputSink } from "./outputItem.ts";
import { Pace } from "./pace.ts";
import { audioFormatOf } from "./sessionConfig.ts";
import type { SpeechSource, SpokenSentence } from "./speechSource.ts";
import { msPerOutputToken } from "./usage.ts";
import type { SessionConfig, WireResponse } from "./wire.ts";
import type { RealtimeResponseUsage } from "openai/resources/realtime/realtime";

/** How responses are made, the same for all sessions of a server. */
export interface Production {
  readonly script: Script;
  readonly speech: SpeechSource;
  /** Multiple of real time at which audio is produced. */
  readonly speed: number;
  readonly nextDeltaMs: () => number;
}

/** What a response is made with. */
export interface ResponseSetup extends OutputSink {
  /** The session's configuration with the request's own settings in it. */
  readonly config: SessionConfig;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly conversationId: string | null;
  readonly production: Production;
  readonly faults: FaultSet;
  readonly mcp: SessionMcp;
  reply(): ScriptReply | Promise<ScriptReply>;
  /** Counts the tokens of a response that has said this. */
  usage(output: { readonly text: string; readonly audioMs: number }): RealtimeResponseUsage;
  /** Closes the connection in the middle of the response. */
  dropConnection(): void;
  /** Called once, after `response.done`. */
  onEnded(response: RunningResponse): void;
}

/** One response from `response.created` to `response.done`. */
export class RunningResponse {
  readonly id: string;
  readonly #setup: ResponseSetup;
  readonly #pace: Pace;
  readonly #abort = new AbortController();
  readonly #outputs: OutputItem[] = [];
  #open: OutputItem | undefined;
  #audioMs = 0;
  #over = false;
  #fault: ResponseFault | undefined;

  constructor(setup: ResponseSetup) {
    this.id = setup.responseId;
    this.#setup = setup;
    this.#pace = new Pace(setup.production.speed, this.#abort.signal);
  }

  /** Audio produced so far. */
  get audioMs(): number {
    return this.#audioMs;
  }

  start(): void {
    this.#setup.emit({ type: "response.created", response: this.#wire("in_progress") });
    this.#run().catch((error) =>
      this.#finish("failed", { error: { ...failures.serverError, message: String(error) } })
    );
  }

  /** Cuts the response off: what it has produced stays, as an incomplete item. */
  cancel(reason: "turn_detected" | "client_cancelled"): void {
    const cut = this.#open;
    const late = this.#setup.faults.has("lateDeltas") && cut instanceof MessageItem;
    if (late) cut.repeatDelta();
    this.#finish("cancelled", { reason });
    for (let count = 0; late && count < lateDeltas; count++) cut.repeatDelta();
  }

  /** Stops without an event, as when the connection is gone. */
  drop(): void {
    this.#over = true;
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { faults } = this.#setup;
    const failure = faults.consumeFailure();
    if (failure) return this.#finish("failed", { error: failure });
    const beside = this.#setup.conversationId === null;
    this.#fault = beside ? undefined : faults.consumeResponseFault();
    const isUnasked = this.#fault === "emptyResponse" || this.#fault === "stuckResponse";
    const reply = isUnasked ? {} : await this.#setup.reply();
    if (reply.fault !== undefined) faults.add(reply.fault);
    if (!beside) this.#fault ??= faults.consumeResponseFault();
    if (this.#fault === "emptyResponse") return this.#finish("completed");
    if (this.#fault === "stuckResponse") await this.#pace.pause(Infinity);
    if (this.#over) return;
    if (!this.#over && reply.delayMs) await this.#pace.pause(reply.delayMs);
    if (!this.#over && (reply.say !== undefined || reply.audioMs !== undefined)) {
      await this.#say(reply.say ?? "", reply.audioMs);
    }
    for (const call of reply.tools ?? []) {
      if (!this.#over) await this.#call(call, reply.incomplete !== undefined);
    }
    if (reply.incomplete) this.#finish("incomplete", { reason: reply.incomplete });
    else this.#finish("completed");
  }

  async #say(text: string, audioMs?: number): Promise<void> {
    const { config, production: { speech } } = this.#setup;
    const modality = this.#fault === "textOnly" ? "text" : config.output_modalities[0];
    const output = this.#begin(new MessageItem(this.#setup, this.#outputs.length, modality));
    if (modality === "text") {
      output.expect(text, 0);
      output.sendText();
    } else {
      const format = audioFormatOf(config.audio.output.format);
      const sentences = audioMs === undefined
        ? speech.speak(text, format, this.#abort.signal)
        : speech.tone(text, audioMs, format);
      if (this.#setup.faults.has("oneGiantDelta")) await this.#sendAtOnce(output, sentences);
      else await this.#stream(output, sentences, bytesPerMs(format));
    }
    if (!this.#over) this.#close("completed");
  }

  async #stream(
    output: MessageItem,
    sentences: AsyncIterable<SpokenSentence>,
    perMs: number,
  ): Promise<void> {
    const { config, faults, production } = this.#setup;
    const limit = config.max_output_tokens;
    const maxMs = limit === "inf" ? Infinity : limit * msPerOutputToken;
    for await (const { text, bytes, durationMs } of sentences) {
      output.expect(text, durationMs);
      for (let atMs = 0; atMs < durationMs;) {
        const wait = this.#pace.reach(this.#audioMs);
        if (wait) await wait;
        if (this.#over) return;
        if (this.#audioMs >= maxMs) {
          return this.#finish("incomplete", { reason: "max_output_tokens" });
        }
        const ms = Math.min(Math.max(1, Math.round(production.nextDeltaMs())), durationMs - atMs);
        this.#audioMs += ms;
        output.sendAudio(bytes.subarray(atMs * perMs, (atMs + ms) * perMs), ms);
        atMs += ms;
        if (faults.consume("closeMidSentence")) return this.#setup.dropConnection();
        if (this.#audioMs >= middleMs) {
          if (this.#fault === "stuckMidSentence") await this.#pace.pause(Infinity);
          if (this.#over) return;
          if (this.#fault === "failMidSentence") {
            return this.#finish("failed", { error: failures.serverError });
          }
        }
      }
    }
  }

  async #sendAtOnce(
    output: MessageItem,
    sentences: AsyncIterable<SpokenSentence>,
  ): Promise<void> {
    const parts: Uint8Array[] = [];
    for await (const { text, bytes, durationMs } of sentences) {
      output.expect(text, durationMs);
      parts.push(bytes);
      this.#audioMs += durationMs;
    }
    if (this.#over) return;
    const whole = new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
    if (!this.#over) output.sendAudio(whole, this.#audioMs);
  }

  async #call(call: ScriptCall, cut: boolean): Promise<void> {
    const { config, mcp } = this.#setup;
    const isFunction = config.tools.some((tool) =>
      tool.type === "function" && tool.name === call.name
    );
    const remote = isFunction ? undefined : mcp.find(call.name);
    const at = this.#outputs.length;
    const output: FunctionCallItem | McpCallItem = this.#begin(
      remote === undefined
        ? new FunctionCallItem(this.#setup, at, call)
        : new McpCallItem(this.#setup, at, remote, mcp),
    );
    const text = cut ? call.arguments.slice(0, call.arguments.length / 2) : call.arguments;
    for (let at = 0; at < text.length; at += argumentChars) {
      output.sendArguments(text.slice(at, at + argumentChars));
      // Lets a cancellation in between, as a real model's pieces would.
      await this.#pace.pause(0);
      if (this.#over) return;
    }
    this.#close(cut ? "incomplete" : "completed");
  }

  #begin<Kind extends OutputItem>(output: Kind): Kind {
    this.#outputs.push(output);
    this.#open = output;
    return output;
  }

  #close(status: "completed" | "incomplete"): void {
    const output = this.#open;
    this.#open = undefined;
    const twice = output instanceof FunctionCallItem && this.#setup.faults.has("duplicateToolCall");
    if (twice) output.close(status, { announcements: 2 });
    else output?.close(status);
  }

  #finish(
    status: "completed" | "cancelled" | "incomplete" | "failed",
    details?: Omit<NonNullable<WireResponse["status_details"]>, "type">,
  ): void {
    if (this.#over) return;
    this.drop();
    this.#close(status === "completed" ? "completed" : "incomplete");
    const text = this.#outputs.map((output) => output.entry.text).join(" ");
    const response: WireResponse = {
      ...this.#wire(status),
      ...(details && { status_details: { type: status, ...details } }),
      ...(status !== "failed" && { usage: this.#setup.usage({ text, audioMs: this.#audioMs }) }),
    };
    this.#setup.emit({ type: "response.done", response });
    const remaining = tokenLimit - (response.usage?.total_tokens ?? 0);
    this.#setup.emit({
      type: "rate_limits.updated",
      rate_limits: [{ name: "tokens", limit: tokenLimit, remaining, reset_seconds: 0.1 }],
    });
    this.#setup.onEnded(this);
  }

  #wire(status: NonNullable<WireResponse["status"]>): WireResponse {
    const { config, conversationId, metadata } = this.#setup;
    const { format, voice } = config.audio.output;
    return {
      id: this.id,
      object: "realtime.response",
      conversation_id: conversationId,
      status,
      metadata,
      output: this.#outputs.map((output) => output.entry.item),
      output_modalities: [...config.output_modalities],
      audio: { output: { format, voice: typeof voice === "string" ? voice : voice.id } },
      max_output_tokens: config.max_output_tokens,
    };
  }
}

const lateDeltas = 2;
const argumentChars = 12;
const tokenLimit = 250_000;

// Where in a sentence a response stops that does so in the middle.
const middleMs = 600;
