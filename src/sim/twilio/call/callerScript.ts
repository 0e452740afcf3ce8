import type { SimulatedCall } from "./simulatedCall.ts";
import type { SimClock } from "../simClock.ts";
import { AgentSpeech } from "./agentSpeech.ts";

/** What a caller does, in this order, and when the caller gives up. */
export interface CallerScript {
  /** Each is said when it is the caller's turn: text, or mu-law. */
  readonly lines: readonly (string | Uint8Array)[];
  /** The lines break in on the agent that long after it began to speak. */
  readonly interruptAfterMs?: number | undefined;
  readonly digits?: string | undefined;
  /** Called with a description of each step. */
  readonly onStep?: (what: string) => void;
  /** The caller hangs up after that long, whatever happens. */
  readonly maxMs: number;
  /** Until then the caller stays on the line; else, only until the last line is answered. */
  readonly stays?: boolean;
}

/** Follows a script on a call to its end, and then hangs up; resolves when the call is over. */
export async function followScript(
  call: SimulatedCall,
  clock: SimClock,
  script: CallerScript,
): Promise<void> {
  const agent = new AgentSpeech((listener) => call.watch(listener), clock);
  const cancel = clock.at(clock.now() + script.maxMs, () => call.hangUp());
  try {
    await act(call, agent, script);
    await call.ended;
  } finally {
    cancel();
    agent.close();
  }
}

async function act(call: SimulatedCall, agent: AgentSpeech, script: CallerScript): Promise<void> {
  const { lines, digits, interruptAfterMs, stays = false, onStep = () => {} } = script;
  for (const line of lines) {
    if (interruptAfterMs === undefined) await agent.endOfTurn();
    else if (await agent.speaks()) await agent.pause(interruptAfterMs);
    if (agent.gone) return;
    onStep(typeof line === "string" ? `says "${line}"` : "says what is in the file");
    await call.speak(line);
  }
  if (digits !== undefined) {
    await agent.endOfTurn();
    if (agent.gone) return;
    onStep(`presses ${digits}`);
    await call.sendDigits(digits);
  }
  if (stays || lines.length === 0 && digits === undefined) return;
  await agent.endOfTurn();
  if (agent.gone) return;
  onStep("hangs up");
  call.hangUp();
}
