import type { RecordedCall, RecordedTool, RecordedTurn } from "../callEvidence.ts";
import { present } from "../../utils/present.ts";
import { isWithPerson } from "./recordedFarEnd.ts";
import { type Exchange, exchangesOf } from "./exchanges.ts";

/** A recorded call beside the same call of today. */
export interface CallDifference {
  readonly callId: string;
  readonly exchanges: readonly Exchange[];
  readonly tools: readonly ToolDifference[];
  readonly end: Pair<string>;
  readonly outcome: Pair<string>;
  /** The median, as the server counts them: from where it found the end of the caller's turn. */
  readonly answersMs: Pair<number>;
  readonly costUsd: Pair<number>;
}

/** Absent where it is not known. */
export interface Pair<Value> {
  readonly then?: Value;
  readonly now?: Value;
}

/** One call of a tool, with its arguments; absent where it was, or is, not made. */
export interface ToolDifference {
  readonly name: string;
  readonly then?: { readonly arguments: unknown };
  readonly now?: { readonly arguments: unknown };
  readonly isSame: boolean;
}

/** Compares what was heard, done and measured in a recorded call with the same of today. */
export function callDifference(then: RecordedCall, now: RecordedCall): CallDifference {
  return {
    callId: then.id,
    exchanges: exchangesOf(talkOf(then), talkOf(now)),
    tools: toolsOf(then.tools, now.tools),
    end: present({ then: then.end?.reason, now: now.end?.reason }),
    outcome: present({ then: then.outcome, now: now.outcome }),
    answersMs: present({ then: answerMs(then), now: answerMs(now) }),
    costUsd: present({ then: then.costUsd, now: now.costUsd }),
  };
}

/** With a machine there is no talk: what is said to it is one piece. */
function talkOf(call: RecordedCall): readonly RecordedTurn[] {
  return isWithPerson(call) ? call.turns : call.turns.filter(({ role }) => role === "agent");
}

/** The first call of a tool beside its first, and so on; those that are left over stand alone. */
function toolsOf(
  then: readonly RecordedTool[],
  now: readonly RecordedTool[],
): readonly ToolDifference[] {
  const left = [...now];
  const pairs = then.map((was): ToolDifference => {
    const at = left.findIndex(({ name }) => name === was.name);
    const [is] = at < 0 ? [] : left.splice(at, 1);
    return {
      name: was.name,
      then: { arguments: was.arguments },
      ...(is !== undefined && { now: { arguments: is.arguments } }),
      isSame: is !== undefined && sameJson(was.arguments, is.arguments),
    };
  });
  return [
    ...pairs,
    ...left.map(({ name, arguments: args }): ToolDifference => ({
      name,
      now: { arguments: args },
      isSame: false,
    })),
  ];
}

function answerMs({ latenciesMs = [] }: RecordedCall): number | undefined {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const median = sorted[Math.ceil(sorted.length / 2) - 1];
  return median === undefined ? undefined : Math.round(median);
}

/** Whatever the order of their fields. */
function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1));
}
