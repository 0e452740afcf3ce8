import type { CallerStep, ScenarioCaller } from "../scenario.ts";
import { present } from "../../utils/present.ts";
import type { Caller, PreparedStep } from "./caller.ts";
import { type Clip, clipOf, type ClipSources, utteranceClip } from "./clips.ts";

/** The steps of a caller, one after the other, as the call goes. */
export type StepSource = (caller: Caller) => AsyncIterable<PreparedStep>;

/** What a caller who improvises says next, and whether that is the last; undefined where nothing came. */
export type Improvise = (
  part: { readonly persona: string; readonly goal: string },
  /** The conversation so far, as the caller has heard it. */
  said: readonly { readonly who: "agent" | "caller"; readonly text: string }[],
) => Promise<{ readonly words: string; readonly isLast: boolean } | undefined>;

type Improvised = Extract<CallerStep, { type: "improvise" }>;

/**
 * Makes the sounds of a caller's steps before the call; lines that are improvised are made as they come. Throws a
 * `TypeError` where there is nobody to improvise.
 */
export async function prepareSteps(
  { steps, voice }: ScenarioCaller,
  sources: ClipSources,
  improvise: Improvise | undefined,
): Promise<StepSource> {
  const prepared = await Promise.all(
    steps.map(async (step) => ({ step, clip: await clipOf(step, voice, sources) })),
  );
  if (improvise === undefined && steps.some(({ type }) => type === "improvise")) {
    throw new TypeError(
      "Cannot improvise: that takes a text model, and so a key (ANALYSIS_API_KEY)",
    );
  }
  return async function* (caller) {
    for (const { step, clip } of prepared) {
      if (step.type !== "improvise") yield { step, ...present({ clip }) };
      else if (improvise !== undefined) {
        const speak = (words: string) => utteranceClip({ words }, voice, sources);
        yield* improvised(step, caller, improvise, speak);
      }
    }
  };
}

async function* improvised(
  { persona, goal, maxTurns }: Improvised,
  caller: Caller,
  improvise: Improvise,
  speak: (words: string) => Promise<Clip>,
): AsyncGenerator<PreparedStep> {
  const said: { who: "agent" | "caller"; text: string }[] = [];
  let sinceMs = -Infinity;
  for (let turn = 0; turn < maxTurns; turn++) {
    await caller.agentsTurn();
    const heard = caller.heard(sinceMs);
    sinceMs = caller.nowMs;
    if (heard !== "") said.push({ who: "agent", text: heard });
    const next = await improvise({ persona, goal }, said);
    if (next === undefined) return;
    const { words, isLast } = next;
    said.push({ who: "caller", text: words });
    yield { step: { type: "say", what: { words }, when: "now" }, clip: await speak(words) };
    if (isLast) return;
  }
}
