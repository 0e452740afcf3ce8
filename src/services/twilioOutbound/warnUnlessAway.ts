import type { Log } from "../../utils/logger.ts";
import { TwilioProblem } from "./twilioProblem.ts";

/**
 * Logs that a look at Twilio failed, which is repeated by itself: not where Twilio cannot be reached, as
 * that is logged once for all requests.
 */
export function warnUnlessAway(
  log: Pick<Log, "warn">,
  message: string,
  fields: { readonly error: unknown; readonly callId?: string },
): void {
  const { error } = fields;
  if (error instanceof TwilioProblem && error.code === "provider_unreachable") return;
  log.warn(message, fields);
}
