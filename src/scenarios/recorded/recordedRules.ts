import type { RecordedCall, RecordedTool, RecordedTurn } from "../callEvidence.ts";

/** What the model said and did in one go. */
interface Answer {
  readonly says: readonly string[];
  readonly calls: readonly RecordedTool[];
}

/**
 * What the model said and did in a recorded call, as rules for the built-in engine, each for once: after each of the
 * caller's lines, and after each tool. What the server had the agent say, it has it say again.
 */
export function recordedRules({ turns, tools }: RecordedCall): readonly unknown[] {
  const callers = turns.filter(({ role, by }) => role === "caller" && by !== "whisper");
  return callers.flatMap((turn, index) => {
    const fromMs = turn.startedMs;
    const toMs = callers[index + 1]?.startedMs ?? Infinity;
    const within = ({ startedMs }: { readonly startedMs: number }) =>
      startedMs > fromMs && startedMs <= toMs;
    const said = turns.filter((one) =>
      one.role === "agent" && one.isDictated !== true && within(one)
    );
    return rulesOf(turn, answersOf(said, tools.filter(within)));
  });
}

/** What is said belongs to the tools that are called next; tools without a word between them are called at once. */
function answersOf(
  said: readonly RecordedTurn[],
  called: readonly RecordedTool[],
): readonly Answer[] {
  const acts = [
    ...said.map((turn) => ({ atMs: turn.startedMs, turn })),
    ...called.map((tool) => ({ atMs: tool.startedMs, tool })),
  ].toSorted((a, b) => a.atMs - b.atMs);
  const answers: { says: string[]; calls: RecordedTool[] }[] = [];
  for (const act of acts) {
    let last = answers.at(-1);
    if (last === undefined || isAnother(last.calls, act)) {
      answers.push(last = { says: [], calls: [] });
    }
    if ("turn" in act) last.says.push(wholeText(act.turn));
    else last.calls.push(act.tool);
  }
  return answers;
}

/** A rule names each tool once. */
function isAnother(
  called: readonly RecordedTool[],
  act: { readonly turn: RecordedTurn } | { readonly tool: RecordedTool },
): boolean {
  return "turn" in act ? called.length > 0 : called.some(({ name }) => name === act.tool.name);
}

function rulesOf({ text, by }: RecordedTurn, answers: readonly Answer[]): readonly unknown[] {
  return answers.flatMap(({ says, calls }, index) => {
    const after = answers[index - 1]?.calls.at(-1)?.name;
    const when = index === 0
      ? { hears: by === "keypad" ? `pressed these keys: ${text}` : text }
      : { after_tool: after };
    return [{
      ...when,
      ...(says.length > 0 && { says: says.join(" ") }),
      ...(calls.length > 0 && {
        calls: Object.fromEntries(calls.map((tool) => [tool.name, tool.arguments])),
      }),
      once: true,
    }];
  });
}

function wholeText({ text, unheard = "" }: RecordedTurn): string {
  return `${text} ${unheard}`.trim();
}
