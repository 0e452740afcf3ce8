import type { CallEvent } from "./callAnswers.ts";

/** Who speaks in a call, as its events tell it; the agent first where both do. */
export interface Speaking {
  readonly who: "agent" | "caller" | "listen";
  tell(event: CallEvent): void;
}

export function createSpeaking(): Speaking {
  const on = { agent: false, caller: false };
  return {
    get who() {
      return on.agent ? "agent" : on.caller ? "caller" : "listen";
    },
    tell(event) {
      if (event.type === "speaking") on[event.who] = event.on;
    },
  };
}
