import type { CallEvidence, RecordedCall } from "../callEvidence.ts";
import { soundSpans } from "../ear/soundSpans.ts";
import type { EarPiece } from "../ear/spokenItem.ts";
import { type CallerSpan, takeTurns } from "../ear/turnTaking.ts";
import { checkCall, type Judge } from "../expect/checkCall.ts";
import type { Verdict } from "../expect/verdict.ts";
import type { LineConditions, Scenario, ScenarioCaller } from "../scenario.ts";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { present } from "../../utils/present.ts";
import { Caller } from "./caller.ts";
import { type CallWords, noWords, tappedWords, toldWords } from "./callWords.ts";
import type { ClipSources } from "./clips.ts";
import { callIdOf, findRecord } from "./findRecord.ts";
import { LatenessMeter } from "./latenessMeter.ts";
import type { TappedSession } from "./modelTap.ts";
import { type OpenedEnd, openEnd } from "./openEnd.ts";
import { type Improvise, prepareSteps, type StepSource } from "./prepareSteps.ts";
import type { ScenarioServer } from "./scenarioServer.ts";

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
  /** Hangs all calls up. */
  readonly signal?: AbortSignal;
}

/** A server has a call's record by then. */
const FOUND_MS = 60_000;
const FIND_EVERY_MS = 250;

interface Talk {
  readonly scenario: Scenario;
  readonly line: LineConditions;
  readonly server: ScenarioServer;
  readonly opened: OpenedEnd;
  readonly session: TappedSession | undefined;
  readonly judge: Judge | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Acts a scenario out with all of its callers, and holds its expectations against each of their calls. */
export async function runScenario(
  scenario: Scenario,
  server: ScenarioServer,
  { onStep = () => {}, judge, improvise, signal, ...sources }: RunOptions,
): Promise<ScenarioRun> {
  const startedAt = performance.now();
  const prepared = await Promise.all(
    scenario.callers.map((caller) => prepareSteps(caller, sources, improvise)),
  );
  const talks: Promise<CallRun>[] = [];
  for (const [index, caller] of scenario.callers.entries()) {
    const { opened, session } = await begin(scenario, caller, server);
    const steps = prepared[index];
    if (steps === undefined) continue;
    talks.push(
      talk(
        { scenario, line: caller.line, server, opened, session, judge, signal },
        steps,
        (what) => onStep(index, what),
      ),
    );
  }
  const calls = await Promise.all(talks);
  return { scenario, calls, tookMs: performance.now() - startedAt };
}

/** One caller after the other begins: the next session that hears somebody is then this caller's. */
async function begin(scenario: Scenario, caller: ScenarioCaller, server: ScenarioServer) {
  const opened = await openEnd(scenario, caller, server);
  if (server.tap === undefined) return { opened, session: undefined };
  const session = await Promise.race([
    server.tap.nextHearing(),
    opened.end.settled.then(() => undefined),
  ]);
  return { opened, session };
}

async function talk(
  { scenario, line, server, opened: { end, id }, session, judge, signal }: Talk,
  steps: StepSource,
  onStep: (what: string) => void,
): Promise<CallRun> {
  const { clock } = server.network.context;
  const lateness = new LatenessMeter(clock, end);
  const live = liveWords(server, { end, id }, session);
  const caller = new Caller({
    ...{ end, clock, words: live, onStep },
    tellWords: (words) => {
      if (session !== undefined) server.tellWords?.(session.index, words);
    },
  });
  const hangUp = () => end.hangUp();
  const cancel = clock.at(clock.now() + scenario.maxMs, hangUp);
  signal?.addEventListener("abort", hangUp);
  if (signal?.aborted) hangUp();
  try {
    await caller.act(steps(caller));
    await caller.leave();
    await end.settled;
  } finally {
    cancel();
    signal?.removeEventListener("abort", hangUp);
    lateness.close();
    caller.close();
  }
  const withAnalysis = scenario.expect.some(({ type }) => type === "analysis");
  const record = await findRecord(server, id, withAnalysis);
  const heard = end.heard();
  const { acts } = caller;
  const words = live.by === "record" && record !== undefined
    ? toldWords(() => record.turns, end)
    : live;
  const evidence: CallEvidence = {
    lines: words.lines(heard),
    wordsBy: words.by,
    taking: takeTurns({
      agent: soundSpans(heard, end.format),
      caller: acts.spans,
      quiet: acts.quiet,
      endMs: end.talkMs,
    }),
    missed: acts.missed,
    endMs: end.talkMs,
    lineWandersMs: line.jitterMs + (line.stall?.ms ?? 0),
    late: lateness.moments,
    ...present({ record }),
  };
  const verdicts = await checkCall(scenario.expect, evidence, judge, scenario.lineOf);
  return { evidence, verdicts, spoken: acts.spans, format: end.format, heard, said: end.said() };
}

function liveWords(
  { tap, turns, request, network }: ScenarioServer,
  { end, id }: OpenedEnd,
  session: TappedSession | undefined,
): CallWords {
  if (tap !== undefined) return tappedWords(tap, session);
  if (turns === undefined) return noWords(end.format);
  let callId = "callId" in id ? id.callId : undefined;
  const find = async (callSid: string) => {
    while (callId === undefined && end.talkMs < FOUND_MS && !isOver) {
      callId = await callIdOf(request, callSid);
      if (callId === undefined) await network.context.clock.wait(FIND_EVERY_MS);
    }
  };
  let isOver = false;
  end.settled.then(() => isOver = true);
  if ("callSid" in id) find(id.callSid).catch(() => {});
  return toldWords(() => callId === undefined ? [] : turns.of(callId), end);
}
