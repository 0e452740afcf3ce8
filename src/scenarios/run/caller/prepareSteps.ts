import type { CallerStep, ScenarioCaller } from "../../scenario.ts";
import { present } from "../../../utils/present.ts";
import type { Caller, PreparedStep } from "./caller.ts";
import { type Clip, clipOf, type ClipSources, utteranceClip } from "./clips.ts";
import { NotRehearsed } from "../notRehearsed.ts";

/** The steps of a caller, one after the other, as the call goes. */
export type StepSource = (caller: Caller) => AsyncIterable<PreparedStep>;

/** What a caller who improvises says next, and whether that is the last; `failed` says why nothing came. */
export type Improvise = (
  part: { readonly persona: string; readonly goal: string },
  /** The conversation so far, as the caller has heard it. */
  said: readonly { readonly who: "agent" | "caller"; readonly text: string }[],
) => Promise<
  { readonly words: string; readonly isLast: boolean } | { readonly failed: string }
>;

type Improvised = Extract<CallerStep, { type: "improvise" }>;

/**
 * Makes the sounds of a caller's steps before the call; lines that are improvised are made as they come. Throws
 * `NotRehearsed` where there is nobody to improvise.
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
    throw new NotRehearsed("improvising takes a text model: ANALYSIS_MODEL, and a key for it");
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
  step: Improvised,
  caller: Caller,
  improvise: Improvise,
  speak: (words: string) => Promise<Clip>,
): AsyncGenerator<PreparedStep> {
  const { persona, goal, maxTurns } = step;
  const said: { who: "agent" | "caller"; text: string }[] = [];
  let sinceMs = -Infinity;
  for (let turn = 0; turn < maxTurns; turn++) {
    await caller.agentsTurn();
    if (caller.isGone) {
      if (turn === 0) caller.acts.leaveOut(step, caller.nowMs);
      return;
    }
    const heard = caller.heard(sinceMs);
    sinceMs = caller.nowMs;
    if (heard !== "") said.push({ who: "agent", text: heard });
    const next = await improvise({ persona, goal }, said);
    if ("failed" in next) {
      const what = `the text model did not play the caller on: ${next.failed}`;
      return caller.acts.miss({ what, atMs: caller.nowMs, step });
    }
    const { words, isLast } = next;
    if (words === "") return;
    said.push({ who: "caller", text: words });
    const clip = await speak(words);
    if (caller.isGone) return;
    yield { step: { type: "say", what: { words }, when: "now" }, clip };
    if (isLast) return;
  }
}
