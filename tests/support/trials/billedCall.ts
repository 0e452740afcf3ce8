import type { CallPolicy } from "../../../src/call/types.ts";
import type { ToolCall } from "../../../src/call/realtimeClient.ts";
import { ModelInputs } from "../../../src/services/openai/modelInputs.ts";
import { PendingRequests } from "../../../src/services/openai/pendingRequests.ts";
import type { ClientEvent } from "../../../src/services/openai/wire/clientRequests.ts";
import { responseUsageOf } from "../../../src/services/openai/wire/eventParts.ts";
import { readServerEvent } from "../../../src/services/openai/wire/serverEvents.ts";
import { addUsage, usageOfResponse } from "../../../src/services/spending/callUsage.ts";
import {
  addSavings,
  CompactionSavings,
  savedUsd,
} from "../../../src/services/spending/compactionSavings.ts";
import { costOf } from "../../../src/services/spending/pricing.ts";
import { type CallUsage, noUsage } from "../../../src/services/store.ts";
import { fitContext } from "../../../src/sim/openai/contextWindow.ts";
import { type ConversationEntry, StoredItem } from "../../../src/sim/openai/conversation.ts";
import { PromptCache } from "../../../src/sim/openai/promptCache.ts";
import { promptOf, usageOf } from "../../../src/sim/openai/usage.ts";
import type { SessionConfig } from "../../../src/sim/openai/wire.ts";
import { CallDriver } from "../call/callDriver.ts";
import { type IdleSession, idleSession } from "../openai/idleSession.ts";
import { agentItem, callerItem, toolItem } from "../openai/wireItems.ts";

export interface BilledCallOptions {
  readonly model: string;
  readonly instructions: string;
  readonly truncation?: SessionConfig["truncation"];
  /** Of so many responses one finds nothing in the cache. */
  readonly missEvery?: number;
  readonly policy?: Partial<CallPolicy>;
}

/** One exchange of a conversation; the agent is interrupted where less is heard than said. */
export interface Exchange {
  readonly text: string;
  readonly ms: number;
  readonly reply: string;
  readonly replyMs: number;
  readonly heardMs?: number;
  /** Silence before the caller speaks again. */
  readonly pauseMs: number;
  readonly tool?: { readonly name: string; readonly ms: number; readonly output: string };
}

/** So often the call's requests reach the server, and its answers the call. */
const STEP_MS = 100;
/** Silence in a turn besides speech: before it, and until its end is noticed. */
const PADDING_MS = 800;
const TRANSCRIBED_AFTER_MS = 600;
const FILLER = { text: "One moment, please.", audioMs: 1500 };

/** What a model set up by Parley does with what it does not take in any more. */
const RETENTION = { type: "retention_ratio", retention_ratio: 0.8 } as const;

/**
 * A call in virtual time: its own decisions and requests, and behind them the simulator's conversation and
 * its bill.
 */
export class BilledCall {
  readonly call: CallDriver;
  /** The usage of every response. */
  readonly responses: CallUsage[] = [];
  readonly #session: IdleSession;
  #cache = new PromptCache();
  readonly #requests = new PendingRequests((event) => this.#receive(event));
  readonly #inputs = new ModelInputs((id) => this.#requests.originalOf(id));
  readonly #missEvery: number;
  /** What the server has to say and has not said yet. */
  readonly #answers: unknown[] = [];
  readonly #asked: Extract<ClientEvent, { type: "response.create" }>[] = [];
  #events = 0;
  #items = 0;

  constructor(options: BilledCallOptions) {
    const { model, instructions, truncation = RETENTION, missEvery = Infinity, policy } = options;
    this.#missEvery = missEvery;
    this.#session = idleSession({ model, instructions, truncation }, (event) => {
      this.#answers.push(event);
    });
    const maxMs = 24 * 3_600_000;
    this.call = new CallDriver({ maxMs, idleMs: maxMs, fillerAfterMs: 2500, ...policy }).live();
  }

  get conversation(): readonly ConversationEntry[] {
    return this.#session.conversation.entries;
  }

  get usage(): CallUsage {
    return this.responses.reduce(addUsage, noUsage);
  }

  get usd(): number {
    return costOf({ usage: this.usage, model: this.#session.config.model }).usd ?? NaN;
  }

  /** Dollars that the record of the call says were saved. */
  get recordedSavings(): number {
    const compaction = new CompactionSavings();
    const savings = this.call.all("publish")
      .flatMap(({ event }) => compaction.follow(event) ?? [])
      .reduce(addSavings, { inputText: 0, inputAudio: 0, cachedText: 0, cachedAudio: 0 });
    return savedUsd(savings, { usage: this.usage, model: this.#session.config.model }) ?? NaN;
  }

  exchange({ text, ms, reply, replyMs, heardMs = replyMs, pauseMs, tool }: Exchange): void {
    this.#speak(text, ms);
    if (tool !== undefined) this.#use(tool);
    this.#answer(reply, replyMs, tool && "tool_result");
    this.#pass(heardMs);
    if (heardMs < replyMs) return;
    while (this.#isAgentAudible) this.#pass(STEP_MS);
    this.#pass(pauseMs);
  }

  get #isAgentAudible(): boolean {
    return this.call.machine.snapshot()
      .some((event) => event.type === "speaking" && event.who === "agent" && event.on);
  }

  #pass(ms: number): void {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.call.advance(Math.min(left, STEP_MS));
      this.#communicate();
    }
  }

  #speak(text: string, ms: number): void {
    const itemId = this.#newId("item");
    this.call.input({ type: "speechStarted", itemId });
    this.#communicate();
    this.#pass(ms);
    this.call.input({ type: "speechStopped", itemId });
    const item = new StoredItem(itemId, callerItem(itemId), { audioMs: ms + PADDING_MS });
    const placed = { item_id: itemId, previous_item_id: this.#insert(item) };
    this.#answers.push({ type: "input_audio_buffer.committed", ...placed });
    this.#communicate();
    this.#pass(TRANSCRIBED_AFTER_MS);
    this.call.input({ type: "callerText", itemId, text, final: true });
  }

  #answer(text: string, ms: number, purpose?: "tool_result"): void {
    const read = this.#read();
    const itemId = this.#newId("item");
    const item = new StoredItem(itemId, agentItem(itemId));
    const responseId = this.call.begin(purpose);
    const previous_item_id = this.#insert(item);
    item.addAudio(ms);
    const words = text.split(/(?=\s)/);
    for (const [index, word] of words.entries()) {
      item.addWord({ text: word, endMs: (index + 1) * ms / words.length });
    }
    item.answered = true;
    this.#answers.push({ type: "conversation.item.added", previous_item_id, item: item.item });
    this.#communicate();
    this.call.words(responseId, itemId, text);
    this.call.sound(responseId, itemId, ms);
    const ref = { responseId, itemId, contentIndex: 0 };
    this.call.input({ type: "speechDone", ref });
    this.#done(responseId, read({ text, audioMs: ms }));
  }

  /** A response that calls a tool, and what is asked of the model until it has its output. */
  #use({ name, ms, output }: NonNullable<Exchange["tool"]>): void {
    const read = this.#read();
    const call = { callId: this.#newId("call"), name, arguments: '{"number":"12345"}' };
    const item = new StoredItem(this.#newId("item"), toolItem(call));
    this.#insert(item);
    item.answered = true;
    const responseId = this.call.begin();
    this.#done(responseId, read({ text: call.arguments, audioMs: 0 }), [call]);
    this.#pass(ms);
    this.call.input({ type: "toolReturned", callId: call.callId, output, ok: true });
    this.#communicate();
    while (this.#isAgentAudible) this.#pass(STEP_MS);
  }

  #insert(item: StoredItem): string | null {
    const { conversation } = this.#session;
    const { lastId } = conversation;
    conversation.insert(item);
    return lastId;
  }

  #done(responseId: string, usage: CallUsage, toolCalls: readonly ToolCall[] = []): void {
    this.responses.push(usage);
    this.call.input({ type: "responseDone", responseId, status: "completed", toolCalls, usage });
    this.#communicate();
  }

  /** Reads the conversation for a response that begins now; returns what gives its usage. */
  #read(instructions = this.#session.config.instructions) {
    const { conversation } = this.#session;
    const config = { ...this.#session.config, instructions };
    fitContext(conversation, config);
    if ((this.responses.length + 1) % this.#missEvery === 0) this.#cache = new PromptCache();
    const read = this.#cache.read(promptOf(config, conversation.entries));
    conversation.markAnswered();
    return (output: { readonly text: string; readonly audioMs: number }) => {
      const usage = responseUsageOf(usageOf(read, output));
      return usage === undefined ? noUsage : usageOfResponse(usage);
    };
  }

  /** Takes the call's requests to the server and what it says to the call, until there is nothing more. */
  #communicate(): void {
    for (;;) {
      const requests = this.call.takeRequests();
      const answers = this.#answers.splice(0);
      if (requests.length + answers.length === 0) break;
      for (const request of requests) this.#requests.send(request);
      for (const answer of answers) this.#hear(answer);
    }
    for (const { response } of this.#asked.splice(0)) {
      if (response?.conversation === "none") this.#fill(response.instructions);
    }
  }

  #fill(instructions: string | undefined): void {
    const read = this.#read(instructions);
    const responseId = this.call.begin("filler", { aside: true });
    this.call.sound(responseId, this.#newId("aside"), FILLER.audioMs);
    this.#done(responseId, read(FILLER));
  }

  #receive(event: ClientEvent): string {
    const event_id = this.#newId("event");
    if (event.type === "response.create") this.#asked.push(event);
    else {
      const refusal = this.#session.perform(event);
      if (refusal) this.#answers.push({ type: "error", error: { ...refusal, event_id } });
    }
    return event_id;
  }

  #hear(answer: unknown): void {
    const event = readServerEvent(answer);
    switch (event?.type) {
      case "itemDeleted":
      case "itemAdded":
      case "committed":
        for (const input of this.#requests.follow(event)) this.call.input(input);
        for (const input of this.#inputs.of(event)) this.call.input(input);
        return;
      case "error": {
        const refusal = this.#requests.refused(event.error);
        if (refusal !== undefined) this.call.input(refusal);
      }
    }
  }

  #newId(kind: string): string {
    return kind === "event" ? `event_${++this.#events}` : `${kind}_${++this.#items}`;
  }
}
