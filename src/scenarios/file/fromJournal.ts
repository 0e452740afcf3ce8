import { stringify } from "yaml";
import type { CallEvent, TranscriptTurn } from "../../call/callEvent.ts";
import type { JournalEntry } from "../../call/journal.ts";
import { replay } from "../../call/replay.ts";

/** A longer silence of a caller's is kept: the agent may ask whether somebody is there. */
const SILENCE_MS = 4000;
const MAX_MS = 600_000;

/**
 * Makes the text of a scenario of a recorded call: the caller says what was said then, breaks in where the agent was
 * broken in upon, and is silent as long. It expects the same tools and the same end; the built-in engine answers as
 * the model did. Throws a `TypeError` for a journal without texts.
 */
export function scenarioFromJournal(name: string, journal: readonly JournalEntry[]): string {
  const events = eventsOf(journal);
  const turns = turnsOf(events).filter(({ text }) => text.trim() !== "");
  const said = turns.filter(({ role, by }) => role === "caller" && by === "voice");
  if (said.some(({ text }) => /^[•·▪█*]+$/.test(text.replaceAll(/\s/g, "")))) {
    throw new TypeError(
      "Cannot make a scenario: the journal has no texts (JOURNAL_TEXTS=true keeps them)",
    );
  }
  const policy = journal.find((entry) => "policy" in entry);
  const tools = new Map<string, number>();
  for (const event of events) {
    if (event.type !== "toolStarted") continue;
    tools.set(event.name, (tools.get(event.name) ?? 0) + 1);
  }
  const end = events.findLast((event) => event.type === "ended");
  return stringify({
    title: `As recorded: ${name}`,
    ...(policy !== undefined && "policy" in policy && { agent: policy.policy.agent }),
    model: modelRules(turns, events),
    caller: steps(turns, events),
    expect: [
      ...[...tools].map(([name, times]) => ({ tool: { name, times } })),
      ...(end === undefined ? [] : [{ ended: end.end.reason }]),
    ],
  }, { lineWidth: 100 });
}

function eventsOf(journal: readonly JournalEntry[]): readonly CallEvent[] {
  return [...replay(journal)].flatMap(({ commands }) =>
    commands.flatMap((command) => command.type === "publish" ? [command.event] : [])
  );
}

/** As they were in the end, in their order. */
function turnsOf(events: readonly CallEvent[]): readonly TranscriptTurn[] {
  const turns = new Map<string, TranscriptTurn>();
  for (const event of events) if (event.type === "turn") turns.set(event.turn.id, event.turn);
  return [...turns.values()].filter(({ aside }) => aside !== true)
    .toSorted((a, b) => a.startedMs - b.startedMs || a.position - b.position);
}

function steps(turns: readonly TranscriptTurn[], events: readonly CallEvent[]): readonly unknown[] {
  let quietSince = 0;
  const acts: unknown[] = [];
  for (const turn of turns) {
    const { role, by, text, startedMs, endedMs = startedMs } = turn;
    if (role === "agent") {
      quietSince = Math.max(quietSince, endedMs);
      continue;
    }
    const broken = turns.find((other) =>
      other.role === "agent" && other.interrupted && other.startedMs < startedMs &&
      (other.endedMs ?? other.startedMs) >= startedMs - 1500
    );
    const gapMs = startedMs - quietSince;
    if (broken === undefined && gapMs > SILENCE_MS) {
      acts.push({ silence_ms: Math.min(MAX_MS, Math.round(gapMs)) });
    }
    if (by === "keypad") acts.push({ keys: text.replaceAll(/[^0-9A-D*#]/g, "") });
    else if (broken !== undefined) {
      const afterMs = Math.max(0, Math.round(startedMs - broken.startedMs));
      acts.push({ cut_in: { say: text, after_ms: Math.min(MAX_MS, afterMs) } });
    } else acts.push(text);
    quietSince = Math.max(quietSince, endedMs);
  }
  const end = events.findLast((event) => event.type === "ended");
  if (end?.end.reason === "caller_hung_up") acts.push({ hang_up: true });
  return acts;
}

/** What the model said and did after each of the caller's lines. */
function modelRules(
  turns: readonly TranscriptTurn[],
  events: readonly CallEvent[],
): readonly unknown[] {
  const rules: unknown[] = [];
  const callers = turns.filter(({ role }) => role === "caller");
  for (const [index, turn] of callers.entries()) {
    const next = callers[index + 1]?.startedMs ?? Infinity;
    const answer = turns.find(({ role, startedMs }) =>
      role === "agent" && startedMs > turn.startedMs && startedMs <= next
    );
    const calls = toolsBetween(events, turn.id, callers[index + 1]?.id);
    if (answer === undefined && calls.length === 0) continue;
    const says = answer === undefined ? undefined : [answer.text, answer.unheard].join(" ").trim();
    rules.push({
      hears: turn.text,
      ...(says !== undefined && calls.length === 0 && { says }),
      ...(calls.length > 0 && { calls: Object.fromEntries(calls) }),
      once: true,
    });
    const [last] = calls.slice(-1);
    if (last !== undefined && says !== undefined) {
      rules.push({ after_tool: last[0], says, once: true });
    }
  }
  return rules;
}

/** Tools that were called after one of the caller's turns had begun and before the next had. */
function toolsBetween(
  events: readonly CallEvent[],
  fromTurn: string,
  toTurn: string | undefined,
): readonly (readonly [string, unknown])[] {
  const at = (id: string | undefined) =>
    events.findIndex((event) => event.type === "turn" && event.turn.id === id);
  const from = at(fromTurn);
  const to = toTurn === undefined ? events.length : at(toTurn);
  return events.slice(Math.max(0, from), to < 0 ? undefined : to).flatMap((event) =>
    event.type === "toolStarted" ? [[event.name, parsed(event.arguments)] as const] : []
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}
