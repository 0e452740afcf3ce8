import type { CallEvidence, RecordedCall } from "../callEvidence.ts";
import { soundSpans } from "../ear/soundSpans.ts";
import type { EarPiece } from "../ear/spokenItem.ts";
import { type CallerSpan, takeTurns } from "../ear/turnTaking.ts";
import { checkCall, type Judge } from "../expect/checkCall.ts";
import { lateBetween } from "../expect/lateMachine.ts";
import { type Verdict, verdict } from "../expect/verdict.ts";
import type { Scenario, ScenarioCaller } from "../scenario.ts";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { present } from "../../utils/present.ts";
import { Caller } from "./caller/caller.ts";
import { type CallWords, noWords, tappedWords, toldWords } from "./words/callWords.ts";
import type { CallerEnd } from "./callerEnd.ts";
import type { ClipSources } from "./caller/clips.ts";
import { findCallId, findRecord } from "./record/findRecord.ts";
import { LatenessMeter } from "./latenessMeter.ts";
import type { ModelTap } from "./model/modelTap.ts";
import { openEnd } from "./openEnd.ts";
import { type Improvise, prepareSteps, type StepSource } from "./caller/prepareSteps.ts";
import type { ScenarioServer } from "./scenarioServer.ts";
import { type Transcribe, transcribeHeard } from "./words/transcribeHeard.ts";

/** What came of one caller's call. */
export interface CallRun {
  readonly evidence: CallEvidence;
  readonly verdicts: readonly Verdict[];
  /** What the caller said or did aloud. */
  readonly spoken: readonly CallerSpan[];
  /** What was played to the caller, in this format, and what the server was sent as mu-law, each with its time. */
  readonly format: AudioFormat;
  readonly heard: readonly EarPiece[];
  readonly said: readonly EarPiece[];
}

/** What came of a scenario. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly calls: readonly CallRun[];
  readonly tookMs: number;
  /** The call of which the scenario was made. */
  readonly recorded?: RecordedCall;
}

export interface RunOptions extends ClipSources {
  readonly judge?: Judge | undefined;
  /** Plays callers who improvise; absent where there is no text model. */
  readonly improvise?: Improvise | undefined;
  readonly onStep?: (caller: number, what: string) => void;
  /** Writes down what was heard where no model is tapped; absent where nobody does. */
  readonly transcribe?: Transcribe | undefined;
  /** Hangs all calls up. */
  readonly signal?: AbortSignal;
}

interface Talk {
  readonly scenario: Scenario;
  readonly who: ScenarioCaller;
  readonly server: ScenarioServer;
  readonly judge: Judge | undefined;
  readonly transcribe: Transcribe | undefined;
  readonly signal: AbortSignal;
}

/**
 * Acts a scenario out with all of its callers, and holds its expectations against each of their calls. Rejects with
 * what the first of them failed with, once the others have hung up.
 */
export async function runScenario(
  scenario: Scenario,
  server: ScenarioServer,
  { onStep = () => {}, judge, improvise, transcribe, signal, ...sources }: RunOptions,
): Promise<ScenarioRun> {
  const startedAt = performance.now();
  const prepared = await Promise.all(
    scenario.callers.map(async (who) => ({
      who,
      steps: await prepareSteps(who, sources, improvise),
    })),
  );
  // Where one of them fails, nobody looks at what the others do, which may cost money: they hang up.
  const failed = new AbortController();
  const stop = AbortSignal.any(signal === undefined ? [failed.signal] : [failed.signal, signal]);
  const talks = prepared.map(({ who, steps }, index) =>
    talk(
      { scenario, who, server, judge, transcribe, signal: stop },
      steps,
      (what) => onStep(index, what),
    ).catch((error) => {
      failed.abort(error);
      throw error;
    })
  );
  await Promise.allSettled(talks);
  failed.signal.throwIfAborted();
  const calls = await Promise.all(talks);
  return { scenario, calls, tookMs: performance.now() - startedAt };
}

async function talk(
  { scenario, who, server, judge, transcribe, signal }: Talk,
  steps: StepSource,
  onStep: (what: string) => void,
): Promise<CallRun> {
  signal.throwIfAborted();
  const { clock } = server.network.context;
  if (who.afterMs > 0) await clock.wait(who.afterMs, signal);
  const opened = await openEnd(scenario, who, server, signal);
  const { end } = opened;
  const lateness = new LatenessMeter(clock, end);
  let callId: string | undefined;
  const finding = findCallId(server, opened).then((found) => callId = found);
  const live = liveWords(server, end, () => callId);
  const caller = new Caller({
    ...{ end, clock, words: live, onStep },
    lateMs: (sinceMs) => lateBetween(lateness.late, sinceMs, Infinity),
    lineMs: who.line.delayMs + who.line.jitterMs,
    async tellWords(words) {
      if (server.tellWords === undefined) return;
      const found = await finding;
      if (found !== undefined) server.tellWords(found, words);
    },
  });
  const hangUp = () => end.hangUp();
  const cancel = clock.at(clock.now() + scenario.maxMs, hangUp);
  signal.addEventListener("abort", hangUp);
  if (signal.aborted) hangUp();
  try {
    await caller.act(steps(caller));
    await caller.leave();
    await end.settled;
  } catch (error) {
    end.hangUp();
    throw error;
  } finally {
    cancel();
    signal.removeEventListener("abort", hangUp);
    lateness.close();
    caller.close();
  }
  const withAnalysis = scenario.expect.some(({ type }) => type === "analysis");
  const found = await finding;
  signal.throwIfAborted();
  const record = found === undefined ? undefined : await findRecord(server, found, withAnalysis);
  const heard = end.heard();
  const { acts } = caller;
  const { line } = who;
  const words = live.by === "record" && record !== undefined
    ? toldWords(() => record.turns, end)
    : live;
  const written = transcribe === undefined || live.by === "model"
    ? undefined
    : await transcribeHeard({
      ...{ pieces: heard, format: end.format, endMs: end.talkMs },
      ...present({ turns: record?.turns }),
    }, transcribe);
  const evidence: CallEvidence = {
    ...(written !== undefined && "lines" in written ? { lines: written.lines, wordsBy: "ear" } : {
      lines: words.lines(heard),
      wordsBy: words.by,
      ...present({ notTranscribed: written?.untold }),
    }),
    taking: takeTurns({
      agent: soundSpans(heard, end.format),
      caller: acts.turns,
      quiet: acts.quiet,
      endMs: end.talkMs,
    }),
    said: acts.turns,
    missed: acts.missed,
    endMs: end.talkMs,
    lineWandersMs: line.jitterMs + (line.stall?.ms ?? 0),
    late: lateness.late,
    ...present({ record }),
  };
  const verdicts = explained(
    await checkCall(scenario.expect, evidence, judge, scenario.lineOf),
    server.tap,
  );
  return { evidence, verdicts, spoken: acts.spans, format: end.format, heard, said: end.said() };
}

function liveWords(
  { tap, turns }: ScenarioServer,
  end: CallerEnd,
  callId: () => string | undefined,
): CallWords {
  if (tap !== undefined) return tappedWords(tap, end, callId);
  if (turns === undefined) return noWords(end.format);
  return toldWords(() => {
    const id = callId();
    return id === undefined ? [] : turns.of(id);
  }, end);
}

/** What fails while a real model has a fault of its own may be nobody else's: its words come first. */
function explained(verdicts: readonly Verdict[], tap: ModelTap | undefined): readonly Verdict[] {
  const [fault] = tap === undefined || tap.isInStep ? [] : tap.faults;
  const isMute = tap?.sessions.every(({ items }) => items.length === 0);
  if (fault === undefined || !isMute && verdicts.every(({ state }) => state !== "failed")) {
    return verdicts;
  }
  const found = `${fault.code}: ${fault.message}`;
  return [verdict("the model answers without a fault of its own", false, found), ...verdicts];
}
