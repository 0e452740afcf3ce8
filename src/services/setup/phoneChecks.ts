import type { Settings } from "../../config/settings.ts";
import type { TwilioNumbers } from "../twilioOutbound.ts";
import { phoneFinding, publicUrlFinding } from "./phoneFinding.ts";
import { check, type SetupCheck } from "./setupCheck.ts";

/** What is asked about the phone: Twilio, and the public address. Never rejects. */
export async function phoneChecks(
  settings: Pick<Settings, "server" | "phone">,
  numbers: Pick<TwilioNumbers, "voiceOf"> | undefined,
): Promise<readonly SetupCheck[]> {
  return [
    check("publicUrl", publicUrlFinding(settings)),
    check("phone", await phoneFinding(settings, numbers)),
  ];
}
