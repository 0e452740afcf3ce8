import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readWebhookSecret, signWebhook } from "../../src/utils/webhookSignature.ts";

Deno.test("signWebhook() signs as the Standard Webhooks specification says", () => {
  // The example of the specification's own libraries.
  const known = readWebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;
  const headers = signWebhook(
    { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", payload: '{"test": 2432232314}' },
    { secrets: [known], nowMs: 1_614_265_330_999 },
  );
  assert.deepEqual(headers, {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

Deno.test("signWebhook() signs with every secret while one replaces another", () => {
  const secret = new Uint8Array(32).fill(7);
  const other = new Uint8Array(24);
  const both = signWebhook({ id: "a", payload: "{}" }, { secrets: [secret, other], nowMs: 0 });
  const one = signWebhook({ id: "a", payload: "{}" }, { secrets: [other], nowMs: 0 });
  assert.equal(both["webhook-signature"]?.split(" ")[1], one["webhook-signature"]);
});

Deno.test("readWebhookSecret() takes nothing that is too short, too long or no base64", () => {
  const bytes = (length: number) => `whsec_${Buffer.alloc(length).toString("base64")}`;
  for (const wrong of ["", "whsec_", "whsec_?", bytes(23), bytes(65), bytes(32).slice(6)]) {
    assert.equal(readWebhookSecret(wrong), undefined);
  }
  assert.equal(readWebhookSecret(bytes(24))?.length, 24);
});
