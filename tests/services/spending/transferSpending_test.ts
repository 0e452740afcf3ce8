import assert from "node:assert/strict";
import { costOf, isTransferOpen, spentBy } from "../../../src/services/spending.ts";
import { type CallRecord, noUsage } from "../../../src/services/store.ts";

const minute = 60_000;
const call: CallRecord = {
  id: "call_1",
  direction: "inbound",
  agent: "desk",
  callSid: `CA${"0".repeat(32)}`,
  status: "ended",
  startedAt: 0,
  answeredAt: 0,
  endedAt: 10 * minute,
  end: { reason: "transferred", detail: "sales" },
  usage: noUsage,
  instanceId: "inst_1",
};

Deno.test("of a talk in the course of a call both legs count, and of one after it, too", () => {
  assert.equal(spentBy({ ...call, personMs: 4 * minute }).minutes, 14);
  assert.equal(spentBy({ ...call, personMs: 4 * minute, askedMs: 3 * minute }).minutes, 17);
  assert.equal(spentBy({ ...call, personMs: 4 * minute, transferredMs: minute }).minutes, 16);
  assert.equal(spentBy(call).minutes, 10);
});

Deno.test("a call whose talk was counted is over, one that was put through after its end may not be", () => {
  assert.equal(isTransferOpen({ ...call, personMs: 0 }), false);
  assert.equal(isTransferOpen(call), true);
  const failed = {
    ...call,
    personMs: 0,
    end: { reason: "model_failed", transferTo: "desk" },
  } as const;
  assert.equal(isTransferOpen(failed), true);
  assert.equal(isTransferOpen({ ...failed, transferredMs: 1 }), false);
});

Deno.test("each person's minutes cost by where they were called, and a SIP line no more than the least", () => {
  const usd = (personLegs: readonly { readonly ms: number; readonly number?: string }[]) =>
    costOf({
      usage: noUsage,
      phone: { direction: "inbound", connectedMs: 10 * minute, personLegs },
    }).parts.telephony ?? 0;
  const alone = usd([]);
  const rounded = (dollars: number) => Math.round(dollars * 1e4) / 1e4;
  assert.equal(rounded(usd([{ ms: 2 * minute, number: "+14155550199" }]) - alone), 0.04);
  assert.equal(rounded(usd([{ ms: minute, number: "sip:desk@pbx.example.com" }]) - alone), 0.02);
  const two = [{ ms: 1, number: "+14155550199" }, { ms: minute, number: "+306912345678" }];
  assert.equal(rounded(usd(two) - alone), 0.17);
});
