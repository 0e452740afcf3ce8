import type { MachineParts } from "../machine/machineParts.ts";
import type { CallEnd } from "../types.ts";
import type { AnsweringMachine } from "./answeringMachine.ts";
import type { Closing } from "./closing.ts";

const BUSY_TONE = "busy_tone";

/** How a call ends on whose line there is only a busy tone: as planned, where its end had begun. */
export function busyToneEnd(
  { menu }: Pick<MachineParts, "menu">,
  { closing, answeringMachine }: {
    readonly closing: Pick<Closing, "leavesMessage" | "cutShort">;
    readonly answeringMachine: Pick<AnsweringMachine, "waiting">;
  },
): CallEnd {
  // What began with the tone was taken for the beep of a machine.
  const planned = closing.leavesMessage ? undefined : closing.cutShort();
  if (planned !== undefined) return planned;
  const isNobody = menu.awaitsPerson || answeringMachine.waiting;
  return { reason: isNobody ? "not_answered" : "caller_hung_up", detail: BUSY_TONE };
}
