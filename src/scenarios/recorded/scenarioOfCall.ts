import { stringify } from "yaml";
import type { Agent } from "../../config/agents.ts";
import type { RecordedCall, RecordedTurn } from "../callEvidence.ts";
import { isRefused } from "../toolRefused.ts";
import { isWithPerson, recordedFarEnd } from "./recordedFarEnd.ts";
import { recordedNumbers } from "./recordedNumbers.ts";
import { recordedRules } from "./recordedRules.ts";
import { recordedSteps } from "./recordedSteps.ts";
import { recordedTools } from "./recordedTools.ts";
import { recordedVariables } from "./recordedVariables.ts";

/** The text of a scenario's file, and what of the call cannot be acted out again, in half sentences. */
export interface MadeScenario {
  readonly text: string;
  readonly notes: readonly string[];
}

const MAX_STEPS = 200;
const MAX_RULES = 200;
/** Today's agent may take longer. */
const MARGIN_SECONDS = 60;

/**
 * Makes a scenario of a recorded call: the caller does the same, what is at the numbers is the same, and the same tools
 * and the same end are expected. `agent` is the call's own as it is today; with `answersTools` its tools answer as they
 * did then. Throws a `TypeError` for a call without words.
 */
export function scenarioOfCall(
  call: RecordedCall,
  agent: Agent | undefined,
  { answersTools = true }: { readonly answersTools?: boolean } = {},
): MadeScenario {
  if (call.turns.length === 0) throw new TypeError("nobody has said anything in it");
  if (call.turns.every(isMasked)) throw new TypeError(NO_TEXTS);
  const { direction = "inbound" } = call;
  const {
    durationMs = Math.max(...call.turns.map(({ startedMs, endedMs = startedMs }) => endedMs)),
  } = call;
  const isPlaced = direction === "outbound";
  const { steps, notes: stepNotes } = !isPlaced || isWithPerson(call)
    ? recordedSteps(call)
    : { steps: [{ silence_ms: Math.min(600_000, Math.round(durationMs) + 10_000) }], notes: [] };
  const { numbers, notes: numberNotes } = recordedNumbers(call, agent?.transfers ?? {});
  const { values, missing } = agent === undefined || direction === "inbound"
    ? { values: {}, missing: [] }
    : recordedVariables(call, agent);
  const rules = recordedRules(call);
  const tools = answersTools ? recordedTools(call, agent) : [];
  const text = stringify({
    title: `As recorded: ${call.id}`,
    ...(call.agent !== undefined && { agent: call.agent }),
    ...(direction === "web" && { leg: "browser" }),
    ...(isPlaced && { called: recordedFarEnd(call) }),
    ...(Object.keys(values).length > 0 && { variables: values }),
    ...(Object.keys(numbers).length > 0 && { numbers }),
    max_seconds: Math.min(3600, Math.max(120, Math.ceil(durationMs / 1000) + MARGIN_SECONDS)),
    model: rules.slice(0, MAX_RULES),
    ...(tools.length > 0 && { tools }),
    caller: steps.slice(0, MAX_STEPS),
    expect: expectations(call),
  }, { lineWidth: 100 });
  return {
    text,
    notes: [
      ...stepNotes,
      ...numberNotes,
      ...(steps.length > MAX_STEPS ? [`only its first ${MAX_STEPS} steps are acted out`] : []),
      ...(missing.length > 0 ? [`no value is known for ${missing.join(", ")}`] : []),
      ...endNotes(call),
    ],
  };
}

/** What a call without texts lacks. */
export const NO_TEXTS = "its texts are masked";

function expectations(call: RecordedCall): readonly unknown[] {
  const { tools, transfers, end, outcome, answeredBy } = call;
  const times = new Map<string, number>();
  for (const { name } of tools.filter((tool) => !isRefused(tool))) {
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  const reached = transfers.filter(({ isConnected }) => isConnected).map(({ alias }) => alias);
  return [
    ...[...times].map(([name, times]) => ({ tool: { name, times } })),
    ...[...new Set(reached)].map((alias) => ({ transferred_to: alias })),
    ...(outcome === undefined ? [] : [{ outcome }]),
    ...(answeredBy === undefined ? [] : [{ answered_by: answeredBy }]),
    ...(end !== undefined && isReproducible(call) ? [{ ended: end.reason }] : []),
  ];
}

/** An end that the rehearsed server comes to by itself. */
function isReproducible({ end }: RecordedCall): boolean {
  return end !== undefined && !ACCIDENTS.has(end.reason);
}

function endNotes(call: RecordedCall): readonly string[] {
  if (call.end === undefined) return ["how it ended is not known"];
  return isReproducible(call) ? [] : [`no call comes to ${call.end.reason} by itself`];
}

const ACCIDENTS: ReadonlySet<string> = new Set([
  ...["operator_hung_up", "spend_limit", "model_failed", "leg_failed", "server_stopped"],
  ...["internal_error", "refused", "outside_hours"],
]);

/** As journals without texts have it: letters are `x`, digits `0`. */
function isMasked({ text }: RecordedTurn): boolean {
  return /^[x0\p{P}\p{S}\s]*$/u.test(text);
}
