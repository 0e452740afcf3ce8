import type { TwilioProblem } from "../../services/twilioOutbound.ts";
import { shown } from "./numberChanges.ts";

/** What Twilio refused or lacked, with its own words where it has said why. */
export function problemLine({ message, twilioMessage }: TwilioProblem): string {
  return twilioMessage === undefined ? message : `${message} ${shown(twilioMessage)}`;
}
