import assert from "node:assert/strict";
import {
  createTwilioFaults,
  TwilioProblem,
  warnUnlessAway,
} from "../../../src/services/twilioOutbound.ts";

Deno.test("that Twilio is away is logged once, and once that it is back; each try is counted", () => {
  const logged: string[] = [];
  const write = (message: string) => void logged.push(message);
  const log = { info: write, warn: write };
  const faults = createTwilioFaults({ incidents: { report() {}, resolve() {} }, log });
  const away = new TwilioProblem(504, "provider_unreachable", "Twilio did not answer in time.");
  const refused = new TwilioProblem(502, "provider_failed", "Twilio could not do this.");
  for (const answer of ["success", "refusal"] as const) {
    for (let attempt = 0; attempt < 3; attempt++) {
      faults.recordRefusal(away);
      warnUnlessAway(log, "Call not looked at", { error: away });
    }
    if (answer === "success") faults.recordSuccess(false);
    else faults.recordRefusal(refused);
  }
  warnUnlessAway(log, "Call not looked at", { error: refused });
  assert.deepEqual(logged, [
    "Twilio cannot be reached",
    "Twilio can be reached again",
    "Twilio cannot be reached",
    "Twilio can be reached again",
    "Twilio refused a request",
    "Call not looked at",
  ]);
  assert.equal(faults.counts().get("provider_unreachable"), 6);
});
