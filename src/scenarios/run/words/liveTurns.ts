import { isRecord } from "../../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../../utils/jsonOrUndefined.ts";
import { present } from "../../../utils/present.ts";
import { sleep } from "../../../utils/sleep.ts";
import type { ToldTurn } from "../../ear/recordedLines.ts";
import { NotRehearsed } from "../notRehearsed.ts";

/** What a server says of the lines of calls that are under way. */
export interface LiveTurns {
  /** Throws `NotRehearsed` once the server's events do not come any more. */
  of(callId: string): readonly ToldTurn[];
  close(): Promise<void>;
}

const MAX_EVENT_CHARACTERS = 2 ** 20;
const MAX_TURNS = 2000;

/** Of calls that are over; what was said in them is asked for soon after. */
const MAX_ENDED = 200;
const MAX_CALLS = 10_000;
const MAX_TRIES = 10;
const RETRY_MS = 2000;

/**
 * Follows the events of all calls. `open` asks `GET /api/events` for those after an id, and rejects where it cannot;
 * a stream that breaks off is opened again where it was. Rejects where the first cannot be opened.
 */
export async function followTurns(
  open: (lastId: string | undefined) => Promise<Response>,
  { retryMs = RETRY_MS }: { readonly retryMs?: number } = {},
): Promise<LiveTurns> {
  const calls = new Map<string, Map<string, ToldTurn>>();
  const ended: string[] = [];
  const closed = new AbortController();
  let lastId: string | undefined;
  let isLost = false;
  let reader = readerOf(await open(undefined));
  const done = follow();

  async function follow(): Promise<void> {
    for (let tries = 0; !closed.signal.aborted && tries < MAX_TRIES; tries++) {
      const before = lastId;
      await read().catch(() => {});
      if (lastId !== before) tries = 0;
      await sleep(retryMs, { signal: closed.signal });
      if (closed.signal.aborted) return;
      reader = await open(lastId).then(readerOf, () => undefined);
      if (closed.signal.aborted) await reader?.cancel().catch(() => {});
    }
    isLost = true;
  }

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
    lastId = /^id: (.*)$/m.exec(block)?.[1] ?? lastId;
    const data = /^data: (.*)$/m.exec(block)?.[1];
    const type = /^event: (turn|ended)$/m.exec(block)?.[1];
    if (data === undefined || type === undefined) return;
    const value = jsonOrUndefined(data);
    if (!isRecord(value) || typeof value["callId"] !== "string") return;
    const { callId } = value;
    if (type === "ended") return end(callId);
    const turn = turnIn(value["event"]);
    if (turn === undefined) return;
    const turns = calls.get(callId) ?? new Map<string, ToldTurn>();
    calls.set(callId, turns);
    forgetOldest();
    if (turns.size < MAX_TURNS || turns.has(turn.id)) turns.set(turn.id, turn);
  }

  function end(callId: string): void {
    if (!calls.has(callId)) return;
    ended.push(callId);
    if (ended.length > MAX_ENDED) calls.delete(ended.shift() ?? "");
  }

  /** The end of a call may be among what was missed. */
  function forgetOldest(): void {
    const [oldest] = calls.size > MAX_CALLS ? calls.keys() : [];
    if (oldest !== undefined) calls.delete(oldest);
  }

  return {
    of(callId) {
      if (isLost) throw new NotRehearsed("the server does not tell of its calls any more");
      return [...calls.get(callId)?.values() ?? []];
    },
    async close() {
      closed.abort();
      await reader?.cancel().catch(() => {});
      await done;
    },
  };
}

function readerOf({ body }: Response): ReadableStreamDefaultReader<string> | undefined {
  return body?.pipeThrough(new TextDecoderStream()).getReader();
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
