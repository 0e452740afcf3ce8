import { strict as assert } from "node:assert";
import { createTwilioRequest } from "../../../src/services/twilioOutbound/twilioRequest.ts";

Deno.test("an answer that is too long is said to be, and not that none came in time", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ text: "x".repeat(300 * 1024) }),
  );
  try {
    const request = createTwilioRequest(
      { accountSid: `AC${"0".repeat(32)}`, authToken: "token" },
      {},
    );
    await assert.rejects(request(`http://127.0.0.1:${server.addr.port}/`), {
      code: "provider_unreachable",
      message: "Twilio's answer is too long to be read.",
    });
  } finally {
    await server.shutdown();
  }
});
