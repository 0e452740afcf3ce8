import { strict as assert } from "node:assert";
import { twilioHost } from "../../../src/services/twilioOutbound.ts";

for (
  const [apiUrl, host] of [
    ["https://api.twilio.com", "https://monitor.twilio.com"],
    ["https://api.dublin.ie1.twilio.com", "https://monitor.dublin.ie1.twilio.com"],
    // A simulator, and a proxy, answer for all of Twilio's hosts.
    ["http://127.0.0.1:8089", "http://127.0.0.1:8089"],
    ["https://api.twilio.example", "https://api.twilio.example"],
  ] as const
) {
  Deno.test(`beside ${apiUrl}, Twilio's monitor is at ${host}`, () => {
    assert.equal(twilioHost(apiUrl, "monitor"), host);
  });
}
