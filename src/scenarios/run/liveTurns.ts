import { isRecord } from "../../utils/isRecord.ts";
import { present } from "../../utils/present.ts";
import type { ToldTurn } from "../ear/recordedLines.ts";

/** What a server says of the lines of calls that are under way. */
export interface LiveTurns {
  of(callId: string): readonly ToldTurn[];
  close(): Promise<void>;
}

const MAX_EVENT_CHARACTERS = 2 ** 20;
const MAX_TURNS = 2000;

/** Follows the events of all calls, of an answer of `GET /api/events`. */
export function followTurns(answer: Response): LiveTurns {
  const calls = new Map<string, Map<string, ToldTurn>>();
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  const done = read().catch(() => {});

  async function read(): Promise<void> {
    let text = "";
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) return;
      text += next.value;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        take(text.slice(0, end));
        text = text.slice(end + 2);
      }
      if (text.length > MAX_EVENT_CHARACTERS) text = "";
    }
  }

  function take(block: string): void {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined || !/^event: turn$/m.test(block)) return;
    const value = parsed(data);
    if (!isRecord(value) || typeof value["callId"] !== "string") return;
    const turn = turnIn(value["event"]);
    if (turn === undefined) return;
    const turns = calls.get(value["callId"]) ?? new Map<string, ToldTurn>();
    calls.set(value["callId"], turns);
    if (turns.size < MAX_TURNS || turns.has(turn.id)) turns.set(turn.id, turn);
  }

  return {
    of: (callId) => [...calls.get(callId)?.values() ?? []],
    async close() {
      await reader?.cancel().catch(() => {});
      await done;
    },
  };
}

function turnIn(event: unknown): ToldTurn | undefined {
  const turn = isRecord(event) ? event["turn"] : undefined;
  if (!isRecord(turn)) return undefined;
  const { id, role, text, startedMs, endedMs, interrupted, final } = turn;
  if (typeof id !== "string" || typeof text !== "string" || typeof startedMs !== "number") {
    return undefined;
  }
  if (role !== "agent" && role !== "caller") return undefined;
  return {
    ...{ id, role, text, startedMs },
    interrupted: interrupted === true,
    isOpen: final !== true,
    ...present({ endedMs: typeof endedMs === "number" ? endedMs : undefined }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
