import type { CallEvent } from "./callAnswers.ts";

/** Who speaks in a call, by its events; the agent where both do. */
export interface ActiveSpeaker {
  readonly who: "agent" | "caller" | "listen";
  apply(event: CallEvent): void;
}

/** Starts with silence. */
export function createActiveSpeaker(): ActiveSpeaker {
  const on = { agent: false, caller: false };
  return {
    get who() {
      return on.agent ? "agent" : on.caller ? "caller" : "listen";
    },
    apply(event) {
      if (event.type === "speaking") on[event.who] = event.on;
    },
  };
}
