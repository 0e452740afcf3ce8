import type { SimulatedCall } from "../../sim/twilio/phoneNetwork.ts";
import type { CallEvidence, RecordedCall } from "../callEvidence.ts";
import { alignHeard } from "../ear/alignHeard.ts";
import { heardLines } from "../ear/heardLines.ts";
import { soundSpans } from "../ear/soundSpans.ts";
import type { EarPiece, SpokenItem } from "../ear/spokenItem.ts";
import { type CallerSpan, takeTurns } from "../ear/turnTaking.ts";
import { checkCall, type Judge } from "../expect/checkCall.ts";
import type { Verdict } from "../expect/verdict.ts";
import type { Scenario, ScenarioCaller } from "../scenario.ts";
import { present } from "../../utils/present.ts";
import { clipOf, type ClipSources } from "./clips.ts";
import type { TappedSession } from "./modelTap.ts";
import { PhoneCaller, type PreparedStep } from "./phoneCaller.ts";
import { readRecord } from "./readRecord.ts";
import type { ScenarioServer } from "./scenarioServer.ts";

/** What came of one caller's call. */
export interface CallRun {
  readonly evidence: CallEvidence;
  readonly verdicts: readonly Verdict[];
  /** What the caller said or did aloud. */
  readonly spoken: readonly CallerSpan[];
  /** What was played to the caller and what the network sent of the caller, each with its time. */
  readonly heard: readonly EarPiece[];
  readonly said: readonly EarPiece[];
}

/** What came of a scenario. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly calls: readonly CallRun[];
  readonly tookMs: number;
}

export interface RunOptions extends ClipSources {
  readonly judge?: Judge | undefined;
  readonly onStep?: (caller: number, what: string) => void;
}

const RECORD_TRIES = 100;
const RECORD_EVERY_MS = 100;

/** Acts a scenario out with all of its callers, and holds its expectations against each of their calls. */
export async function runScenario(
  scenario: Scenario,
  server: ScenarioServer,
  { onStep = () => {}, judge, ...sources }: RunOptions,
): Promise<ScenarioRun> {
  const startedAt = performance.now();
  const prepared = await Promise.all(
    scenario.callers.map((caller) => prepare(caller, sources)),
  );
  const talks: Promise<CallRun>[] = [];
  for (const [index, caller] of scenario.callers.entries()) {
    const call = await ring(scenario, caller, server);
    const session = server.tap === undefined ? undefined : await server.tap.nextHearing();
    talks.push(
      talk(
        { scenario, server, call, session, judge },
        prepared[index] ?? [],
        (what) => onStep(index, what),
      ),
    );
  }
  const calls = await Promise.all(talks);
  return { scenario, calls, tookMs: performance.now() - startedAt };
}

function prepare(
  { steps, voice }: ScenarioCaller,
  sources: ClipSources,
): Promise<readonly PreparedStep[]> {
  return Promise.all(steps.map(async (step) => {
    if (step.type === "improvise") throw new TypeError("Cannot improvise: there is no text model");
    return { step, ...present({ clip: await clipOf(step, voice, sources) }) };
  }));
}

/** Calls in, or has the server call and answers. */
async function ring(
  { called, agent, variables, context }: Scenario,
  { from, line: { delayMs, jitterMs, stall, lossPercent, noise } }: ScenarioCaller,
  { network, request }: ScenarioServer,
): Promise<SimulatedCall> {
  const link = { delayMs, jitterMs, ...present({ stall }) };
  const line = { toApp: link, fromApp: link, lossPercent, ...present({ noise }) };
  if (called === undefined) return network.call({ ...present({ from }), line });
  const answer = await request("/api/outbound/initiate", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ to: from ?? "+14155550123", ...present({ agent, context }), variables }),
  });
  if (!answer.ok) throw new Error(`Cannot call: ${await answer.text()}`);
  await answer.body?.cancel();
  return await network.nextCall();
}

async function talk(
  { scenario, server, call, session, judge }: {
    readonly scenario: Scenario;
    readonly server: ScenarioServer;
    readonly call: SimulatedCall;
    readonly session: TappedSession | undefined;
    readonly judge: Judge | undefined;
  },
  steps: readonly PreparedStep[],
  onStep: (what: string) => void,
): Promise<CallRun> {
  const { clock } = server.network.context;
  const items = () => itemsFor(server, session);
  const caller = new PhoneCaller({
    ...{ call, clock, items, onStep },
    tellWords: (words) => {
      if (session !== undefined) server.tellWords?.(session.index, words);
    },
  });
  const cancel = clock.at(clock.now() + scenario.maxMs, () => call.hangUp());
  try {
    await caller.act(steps);
    await caller.leave();
    await call.settled;
  } finally {
    cancel();
    caller.close();
  }
  const record = await recordOf(server, call.sid);
  const heard = call.heard();
  const said = call.said();
  const { acts } = caller;
  const evidence: CallEvidence = {
    lines: heardLines(alignHeard(heard, items())),
    taking: takeTurns({
      agent: soundSpans(heard, "pcmu"),
      caller: acts.spans,
      quiet: acts.quiet,
      endMs: call.talkMs,
    }),
    missed: acts.missed,
    endMs: call.talkMs,
    ...present({ record }),
  };
  const verdicts = await checkCall(scenario.expect, evidence, judge);
  return { evidence, verdicts, spoken: acts.spans, heard, said };
}

/** Those of the call's own session first: other sessions may have prepared what it plays. */
function itemsFor(
  { tap }: ScenarioServer,
  session: TappedSession | undefined,
): readonly SpokenItem[] {
  const others = tap?.sessions.filter((other) => other !== session) ?? [];
  return [session, ...others].flatMap((one) => one?.items ?? []);
}

/** The record of a call, once it is closed. */
async function recordOf(
  { request, network }: ScenarioServer,
  callSid: string,
): Promise<RecordedCall | undefined> {
  const { clock } = network.context;
  let id: string | undefined;
  for (let tries = 0; tries < RECORD_TRIES; tries++) {
    if (id === undefined) {
      const page = await answerOf(request("/api/calls?limit=100"));
      id = (page?.["calls"] as readonly { id: string; callSid: string }[] | undefined)
        ?.find((call) => call.callSid === callSid)?.id;
    } else {
      const record = await answerOf(request(`/api/calls/${id}`));
      if (record?.["status"] === "ended") return readRecord(record);
    }
    await clock.wait(RECORD_EVERY_MS);
  }
  return undefined;
}

async function answerOf(asked: Promise<Response>): Promise<Record<string, unknown> | undefined> {
  const answer = await asked;
  if (answer.ok) return await answer.json();
  await answer.body?.cancel();
  return undefined;
}
