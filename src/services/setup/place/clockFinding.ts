import type { ServerClock } from "../../openai.ts";
import type { Finding } from "../setupCheck.ts";

/** More than a slow answer and whole seconds explain. */
const WARN_MS = 5000;
/** Signatures of webhooks and keys of sessions are refused beyond it. */
const BROKEN_MS = 5 * 60_000;

/** How far this machine's clock is from that of a server which was asked; undefined where none was. */
export function clockFinding(clock: ServerClock | undefined): Finding | undefined {
  if (clock === undefined) return undefined;
  const { host, serverMs, askedMs, answeredMs } = clock;
  // It was written while the answer was waited for, in whole seconds.
  const early = askedMs - (serverMs + 1000);
  const late = serverMs - answeredMs;
  const offMs = Math.max(early, late, 0);
  const isAhead = early > late;
  const seconds = Math.round(offMs / 1000);
  if (offMs <= WARN_MS) {
    return {
      code: "clock_ok",
      state: "ok",
      text: "The clock agrees with that of {host}.",
      values: { host },
    };
  }
  return {
    code: "clock_wrong",
    state: offMs > BROKEN_MS ? "broken" : "warning",
    text: isAhead
      ? "The clock of this machine is {seconds} s ahead of that of {host}."
      : "The clock of this machine is {seconds} s behind that of {host}.",
    remedy: "Have the system keep its time by NTP: timedatectl set-ntp true.",
    values: { seconds, host },
  };
}
