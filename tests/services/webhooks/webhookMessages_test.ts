import assert from "node:assert/strict";
import type { TransferStep } from "../../../src/call/transfer.ts";
import { messageOf } from "../../../src/services/webhooks/webhookMessages.ts";

Deno.test("each person of a list that is called has messages of their own, also when told again", () => {
  const steps: readonly TransferStep[] = [
    { step: "requested", by: "agent", atOnce: true },
    { step: "ringing", target: 0 },
    { step: "ringing", target: 1 },
    { step: "answered", target: 1 },
    { step: "answered", target: 0 },
  ];
  const ids = [...steps, ...steps].map((step) => {
    const event = { type: "transfer", number: 1, alias: "sales", mode: "warm", ...step } as const;
    return messageOf({ id: 1, callId: "call_1", atMs: 0, event }, undefined)?.id;
  });
  assert.equal(new Set(ids.slice(0, steps.length)).size, steps.length);
  assert.deepEqual(ids.slice(steps.length), ids.slice(0, steps.length));
});
