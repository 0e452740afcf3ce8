import { AnsweringMachine } from "../ending/answeringMachine.ts";
import { Closing } from "../ending/closing.ts";
import { OptOut } from "../ending/optOut.ts";
import { Handover } from "../ending/handover.ts";
import { AgentHandoff } from "../handoff/agentHandoff.ts";
import { MustHears } from "../heard/mustHears.ts";
import { Opening } from "../heard/opening.ts";
import { ToolGate } from "../heard/toolGate.ts";
import { ConnectionLifecycle } from "../model/connectionLifecycle.ts";
import { InputStall } from "../model/inputStall.ts";
import { KeptSentences } from "../playback/keptSentences.ts";
import { CallRecording } from "../recording/callRecording.ts";
import type { ResumedCall } from "../resumedCall.ts";
import { CallerTurns } from "../turns/callerTurns.ts";
import { GoOn } from "../turns/goOn.ts";
import { Greeting } from "../turns/greeting.ts";
import { OutageBridge } from "../turns/outageBridge.ts";
import { OutageSpeech } from "../turns/outageSpeech.ts";
import { ResponseDeadlines } from "../turns/responseDeadlines.ts";
import { ResponseOutcomes } from "../turns/responseOutcomes.ts";
import { ToolEffects } from "../turns/toolEffects.ts";
import { ToolTurns } from "../turns/toolTurns.ts";
import { CallTransfer } from "../transfer/callTransfer.ts";
import type { Milliseconds } from "../types.ts";
import { LegPresence } from "./legPresence.ts";
import type { MachineParts } from "./machineParts.ts";

export type DecidingParts = ReturnType<typeof createDecidingParts>;

/** Creates the parts that decide about one call, each with those that it asks or tells. */
export function createDecidingParts(
  call: MachineParts,
  { startedAt, now, resumed }: {
    readonly startedAt: Milliseconds;
    readonly now: Milliseconds;
    readonly resumed: ResumedCall | undefined;
  },
) {
  const leg = new LegPresence(call, resumed?.connectedMs !== undefined);
  const kept = new KeptSentences(call, resumed?.turns.map(({ id }) => id) ?? []);
  const mustHears = new MustHears(call, startedAt, resumed);
  const transfer = new CallTransfer(call, now, resumed?.transferred);
  const closing = new Closing(call, kept, mustHears, transfer);
  const handoff = new AgentHandoff(call, resumed?.handoffs);
  const gate = new ToolGate(call, mustHears);
  const effects = new ToolEffects(call, closing, transfer);
  const tools = new ToolTurns(call, effects, gate, handoff);
  const connection = new ConnectionLifecycle(call, tools, handoff, now);
  if (transfer.isUnderWay) connection.park(now);
  transfer.use({ closing, leg, connection });
  const recording = new CallRecording(
    call,
    startedAt,
    mustHears,
    (keys, beganAt, at) => caller.optsOut(keys, beganAt, at),
    resumed,
  );
  const opening = new Opening(call, kept, mustHears, recording);
  const greeting = new Greeting(call, kept, connection, closing, opening, resumed);
  const optOut = new OptOut(call, closing);
  const caller: CallerTurns = new CallerTurns(call, greeting, kept, optOut);
  const bridge = new OutageBridge(
    call,
    kept,
    () => connection.owes || tools.calls.running > 0 || greeting.isAwaited,
  );
  const outcomes = new ResponseOutcomes(call, tools, connection);
  return {
    leg,
    kept,
    mustHears,
    transfer,
    closing,
    handoff,
    tools,
    connection,
    greeting,
    caller,
    optOut,
    bridge,
    outcomes,
    handover: new Handover(call, closing),
    answeringMachine: new AnsweringMachine(call, closing, greeting, {
      startedAt,
      farEnd: resumed?.connectedMs === undefined ? "undecided" : resumed.farEnd,
    }),
    outageSpeech: new OutageSpeech(call, greeting, kept, connection),
    inputStall: new InputStall(call, caller, connection, now),
    deadlines: new ResponseDeadlines(call, tools, outcomes),
    goOn: new GoOn(call),
    recording,
  };
}
