import type { CallCommand } from "../../call/callCommand.ts";
import type { CallEvent, TranscriptTurn } from "../../call/callEvent.ts";
import type { JournalEntry } from "../../call/journal.ts";
import type { ResponsePurpose } from "../../call/realtimeClient.ts";
import { replay } from "../../call/replay.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";
import { present } from "../../utils/present.ts";
import type { RecordedCall, RecordedTool, RecordedTurn } from "../callEvidence.ts";

type Transfer = RecordedCall["transfers"][number];

/**
 * What is known of a call by its journal, lived through again: the same as its record, without outcome and cost, and
 * with what the server had the agent say. Throws a `SyntaxError` for a journal that does not begin with its call.
 */
export function recordOfJournal(id: string, journal: readonly JournalEntry[]): RecordedCall {
  const turns = new Map<string, TranscriptTurn>();
  const tools = new Map<string, RecordedTool>();
  const transfers = new Map<number, Transfer>();
  const latencies = new Map<string, number>();
  const dictation = new Dictation();
  let facts: Partial<RecordedCall> = {};
  let startedAt = 0;
  for (const { at, entry, commands } of replay(journal)) {
    // Each session has its own clock.
    if ("policy" in entry) startedAt = at - (entry.resumed?.elapsedMs ?? 0);
    dictation.follow(entry, commands);
    for (const command of commands) {
      if (command.type === "publish") note(command.event, Math.round(at - startedAt));
    }
  }
  return {
    ...{ id, ...facts },
    turns: [...turns.values()]
      .filter(({ aside, text }) => aside !== true && text.trim() !== "")
      .toSorted((a, b) => a.startedMs - b.startedMs || a.position - b.position)
      .map((turn) => turnOf(turn, dictation.isDictated(turn.id))),
    tools: [...tools.values()],
    latenciesMs: [...latencies.values()],
    transfers: [...transfers.values()],
  };

  function note(event: CallEvent, atMs: number): void {
    switch (event.type) {
      case "started":
      case "resumed":
        facts = { agent: event.agent, direction: event.direction, ...facts };
        return;
      case "connected":
        facts = { answeredMs: atMs, ...facts };
        return;
      case "turn":
        turns.set(event.turn.id, event.turn);
        return;
      case "toolStarted": {
        const { toolCallId, name } = event;
        tools.set(toolCallId, { name, arguments: recordIn(event.arguments), startedMs: atMs });
        return;
      }
      case "toolEnded": {
        const known = tools.get(event.toolCallId);
        const { ok, output, durationMs } = event;
        if (known !== undefined) {
          tools.set(event.toolCallId, { ...known, ok, output, durationMs });
        }
        return;
      }
      case "latency":
        latencies.set(event.itemId, event.latency.totalMs);
        return;
      case "pickup":
        facts = { ...facts, answeredBy: event.who === "person" ? "human" : event.who };
        return;
      case "transfer":
        transfers.set(event.number, transferAfter(transfers.get(event.number), event));
        return;
      case "ended": {
        const { reason, detail } = event.end;
        facts = { ...facts, end: { reason, ...present({ detail }) }, durationMs: event.durationMs };
        return;
      }
    }
  }
}

/** Which of the agent's words the server had it say, by the response in which they came. */
class Dictation {
  readonly #instructed = new Map<ResponsePurpose, boolean>();
  readonly #responses = new Set<string>();
  readonly #items = new Set<string>();

  follow(entry: JournalEntry, commands: readonly CallCommand[]): void {
    if ("speech" in entry) this.#said(entry.speech);
    else if ("input" in entry) {
      const { input } = entry;
      if (input.type === "speechText") this.#said(input.ref);
      if (input.type === "responseStarted" && input.purpose !== undefined) {
        if (this.#instructed.get(input.purpose) === true) this.#responses.add(input.responseId);
      }
    }
    for (const command of commands) {
      if (command.type === "speakKept") this.#items.add(command.ref.itemId);
      if (command.type !== "model" || command.request.type !== "respond") continue;
      const { purpose, instructions } = command.request.request;
      this.#instructed.set(purpose, instructions !== undefined);
    }
  }

  isDictated(itemId: string): boolean {
    return this.#items.has(itemId);
  }

  #said({ itemId, responseId }: { readonly itemId: string; readonly responseId: string }): void {
    if (this.#responses.has(responseId)) this.#items.add(itemId);
  }
}

function transferAfter(
  known: Transfer | undefined,
  event: Extract<CallEvent, { type: "transfer" }>,
): Transfer {
  const { alias, step } = event;
  const before = known ?? { alias, step, isConnected: false };
  return {
    ...{ ...before, step, isConnected: before.isConnected || step === "connected" },
    ...("target" in event && { target: event.target }),
    ...(event.step === "failed" && { why: event.why }),
    ...(event.step === "ended" && { spokeMs: event.spokeMs }),
  };
}

function turnOf(
  { id, role, text, interrupted, unheard, by, startedMs, endedMs }: TranscriptTurn,
  isDictated: boolean,
): RecordedTurn {
  return {
    ...{ id, role, text, interrupted, by, startedMs, isDictated },
    ...present({ unheard, endedMs }),
  };
}

function recordIn(json: string): Record<string, unknown> {
  const value = jsonOrUndefined(json);
  return isRecord(value) ? value : {};
}
