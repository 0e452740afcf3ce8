import assert from "node:assert/strict";
import { costByModels } from "../../../src/services/records/costByModels.ts";
import { costOf, listPrices } from "../../../src/services/spending/pricing.ts";
import { type HandoffRecord, noUsage } from "../../../src/services/store.ts";

const handoff = (usageBefore: HandoffRecord["usageBefore"], model: string): HandoffRecord => ({
  ...{ atMs: 1, from: "receptionist", to: "billing" },
  ...{ model, transcriptionModel: "gpt-transcribe", usageBefore },
});

Deno.test("what each agent's model has used is charged at the price of that model", () => {
  const first = { ...noUsage, inputText: 1_000_000, outputAudio: 1000 };
  const all = { ...first, inputText: 3_000_000, outputAudio: 5000 };
  const [large, small] = ["gpt-realtime-2.1", "gpt-realtime-mini"];
  const usdOf = (usage: typeof all, model: string) =>
    costOf({ usage, model }, listPrices).usd ?? NaN;
  const cost = costByModels(
    { usage: all, model: large, handoffs: [handoff(first, small)] },
    listPrices,
  );
  const then = { ...noUsage, inputText: 2_000_000, outputAudio: 4000 };
  assert.equal(cost.usd?.toFixed(6), (usdOf(first, large) + usdOf(then, small)).toFixed(6));
  const same = costByModels(
    { usage: all, model: large, handoffs: [handoff(first, large)] },
    listPrices,
  );
  assert.equal(same.usd, usdOf(all, large));
});

Deno.test("a model without a price makes the cost of the call unknown, also where it had it for a while", () => {
  const used = { ...noUsage, inputText: 10 };
  const cost = costByModels(
    {
      usage: { ...noUsage, inputText: 20 },
      model: "unheard-of",
      handoffs: [handoff(used, "gpt-realtime-2.1")],
    },
    listPrices,
  );
  assert.equal(cost.usd, null);
  assert.equal(cost.parts.text, null);
});
