import type { OpenModel } from "../../call/realtimeClient.ts";
import type { SessionDependencies } from "../../call/session.ts";
import type { Agents } from "../../config/agents.ts";
import { setTimer } from "../../utils/clock.ts";
import { createDigitMask } from "./digitMask.ts";
import type { EventHub } from "../events.ts";
import type { Toolbox } from "../tools.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

export interface SessionSources {
  readonly openModel: OpenModel;
  readonly agents: Pick<Agents, "ofCall">;
  readonly toolsOf: Toolbox;
  readonly events: EventHub;
  readonly sendDigits: SessionDependencies["sendDigits"];
  readonly journal?: NonNullable<SessionDependencies["journal"]>;
  readonly log: Pick<Log, "error">;
}

/** What the session of every call depends on. */
export function createSessionDependencies(
  { openModel, agents, toolsOf, events, sendDigits, journal, log }: SessionSources,
): SessionDependencies {
  const masked = createDigitMask();
  return {
    openModel,
    async runTool({ id, request }, call, signal) {
      const agent = agents.ofCall(request);
      if (agent === undefined) return { output: '{"error":"There are no tools."}', ok: false };
      return await toolsOf(agent).run(call, {
        signal,
        callId: id,
        direction: request.direction,
        agent: agent.name,
        ...(request.direction !== "web" &&
          present({ caller: request.caller, callerProven: request.callerProven })),
        now: () => new Date(),
        timeZone: agent.timezone,
      });
    },
    sendDigits,
    publish: ({ id }, event) => events.publish(id, masked(id, event)),
    onError: ({ id }, error) => log.error("Call failed", { callId: id, error }),
    now: () => performance.now(),
    setTimer,
    ...present({ journal }),
  };
}
