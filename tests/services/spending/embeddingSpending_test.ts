import assert from "node:assert/strict";
import { readSettings } from "../../../src/config/env.ts";
import { createCallAccounts } from "../../../src/services/spending/callAccounts.ts";
import { createEmbeddingSpending } from "../../../src/services/spending/embeddingSpending.ts";
import { listPrices, type Prices, readPrices } from "../../../src/services/spending/pricing.ts";
import { openStore } from "../../../src/services/store/store.ts";

const now = () => Date.UTC(2027, 0, 1);

async function openSpending(model: string, dailyUsd: string, prices: Prices = listPrices) {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now });
  const settings = readSettings({
    OPENAI_API_KEY: "sk-x",
    KNOWLEDGE_EMBEDDINGS_KEY: "sk-x",
    KNOWLEDGE_EMBEDDINGS_MODEL: model,
    DAILY_USD: dailyUsd,
  });
  const told: string[] = [];
  const spending = createEmbeddingSpending({
    budget: store.budget,
    accountsOf: createCallAccounts(settings, "secret"),
    settings,
    prices,
    incidents: { report: ({ code }) => told.push(code) },
    now,
    log: { warn() {} },
  });
  const used = async () =>
    (await store.budget.used({ scope: "server", subject: "" }, now())).usdToday;
  return { spending, used, told, [Symbol.asyncDispose]: () => store.close() };
}

Deno.test("vectors count for the server's limit by what the endpoint used, up to the limit", async () => {
  await using opened = await openSpending("text-embedding-3-small", "0.05");
  const { spending, used, told } = opened;
  const first = await spending.reserve(2_000_000);
  assert.equal(await used(), 0.04);
  await first?.settle(1_000_000);
  assert.equal(await used(), 0.02);
  // A question costs less than what can be counted, and is never free.
  await (await spending.reserve(10))?.settle(9);
  assert.equal(await used(), 0.020001);
  await (await spending.reserve(10))?.settle(0);
  assert.equal(await used(), 0.020001);
  assert.equal(await spending.reserve(2_000_000), undefined);
  assert.deepEqual(told, ["knowledge_embeddings_limit"]);
});

Deno.test("a model without a known price is told of, and one that is free costs nothing", async () => {
  await using unknown = await openSpending("own-model", "5");
  assert.deepEqual(unknown.told, ["price_unknown"]);
  await (await unknown.spending.reserve(1_000_000))?.settle(1_000_000);
  const prices = readPrices('{"text":{"own-model":{"input":0,"cached":0,"output":0}}}');
  await using free = await openSpending("own-model", "5", prices);
  await (await free.spending.reserve(1_000_000))?.settle(1_000_000);
  assert.deepEqual([await free.used(), free.told], [0, []]);
});
