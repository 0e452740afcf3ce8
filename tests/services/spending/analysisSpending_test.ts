import assert from "node:assert/strict";
import { readSettings } from "../../../src/config/env.ts";
import { createAnalysisSpending } from "../../../src/services/spending/analysisSpending.ts";
import { spentBy } from "../../../src/services/spending/callUsage.ts";
import { createCallAccounts } from "../../../src/services/spending/callAccounts.ts";
import { listPrices, readPrices, textModelUsd } from "../../../src/services/spending/pricing.ts";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import { openStore } from "../../../src/services/store/store.ts";

const usage = { inputTokens: 1_000_000, cachedTokens: 400_000, outputTokens: 100_000 };

Deno.test("textModelUsd() counts cached tokens as part of the input, and knows dated snapshots", () => {
  assert.equal(textModelUsd({ model: "gpt-5-mini", ...usage }), 0.36);
  assert.equal(textModelUsd({ model: "gpt-5-mini-2025-08-07", ...usage }), 0.36);
  assert.equal(textModelUsd({ model: "own-model", ...usage }), null);
  const prices = readPrices('{"text":{"own-model":{"input":0,"cached":0,"output":0}}}');
  assert.equal(textModelUsd({ model: "own-model", ...usage }, prices), 0);
  assert.equal(textModelUsd({ model: "gpt-5-mini", ...usage }, prices), 0.36);
});

Deno.test("an analysis counts for its own limit of the day and for that of the server", async () => {
  const now = () => Date.UTC(2027, 0, 1);
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now });
  const settings = readSettings({
    OPENAI_API_KEY: "sk-x",
    ANALYSIS_MODEL: "gpt-5-mini",
    ANALYSIS_DAILY_USD: "1",
    DAILY_USD: "30",
  });
  const spending = createAnalysisSpending({
    budget: store.budget,
    accountsOf: createCallAccounts(settings, "secret"),
    settings,
    prices: listPrices,
    incidents: { report() {} },
    now,
    log: { warn() {} },
  });
  const used = async (scope: "analysis" | "server") =>
    (await store.budget.used({ scope, subject: "" }, now())).usdToday;
  const first = await spending.reserve("gpt-5-mini", usage);
  assert.deepEqual([await used("analysis"), await used("server")], [0.36, 0.36]);
  await first?.settle(0.2, { isAll: true });
  assert.deepEqual([await used("analysis"), await used("server")], [0.2, 0.2]);
  // What an endpoint used that did not answer is not known: all that was reserved counts.
  await (await spending.reserve("gpt-5-mini", usage))?.settle(0, { isAll: false });
  assert.equal(await used("server"), 0.56);
  await (await spending.reserve("gpt-5-mini", usage))?.settle(0.44, { isAll: true });
  assert.equal(await spending.reserve("gpt-5-mini", usage), undefined);
  await store.close();
});

Deno.test("spentBy() leaves the analysis out, which was counted when it was made", () => {
  const parts = { text: 0.1, audio: 0.4, transcription: 0, telephony: 0 };
  const call = {
    id: "call_a",
    direction: "web",
    agent: "desk",
    status: "ended",
    startedAt: 0,
    answeredAt: 0,
    endedAt: 60_000,
    instanceId: "here",
    usage: { ...noUsage, inputText: 1 },
  } as const;
  const priced = { ...call, cost: { usd: 0.52, parts: { ...parts, analysis: 0.02 } } };
  assert.deepEqual(spentBy(priced), { minutes: 1, usd: 0.5, leastUsd: false });
  assert.deepEqual(spentBy({ ...call, cost: { usd: 0.5, parts } }).usd, 0.5);
});
