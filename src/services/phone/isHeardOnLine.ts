import type { SessionEnd } from "../../call/types.ts";

/** What only the sound of the line has shown: nobody is there, and the carrier's call goes on until it is told. */
const HEARD: ReadonlySet<string | undefined> = new Set(["busy_tone", "declined"]);

/** Whether a call ended by what was heard on its line, and not by the carrier's word. */
export function isHeardOnLine({ reason, detail }: Pick<SessionEnd, "reason" | "detail">): boolean {
  return (reason === "not_answered" || reason === "caller_hung_up") && HEARD.has(detail);
}
