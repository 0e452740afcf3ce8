import assert from "node:assert/strict";
import {
  costOf,
  listPrices,
  readPrices,
  withTelephony,
} from "../../../src/services/spending/pricing.ts";
import { readSettings } from "../../../src/config/env.ts";
import { addUsage } from "../../../src/services/spending/callUsage.ts";
import { type CallUsage, noUsage } from "../../../src/services/store/calls/callRecord.ts";

const model = "gpt-realtime-2.1";
const transcriptionModel = "gpt-transcribe";

Deno.test("case 43: cached tokens are part of the input and cost less", () => {
  const usage = use({
    inputText: 10_000,
    cachedText: 4000,
    inputAudio: 20_000,
    cachedAudio: 15_000,
    outputText: 1000,
    outputAudio: 3000,
  });
  // Text 6000 at 4, 4000 at 0.40, 1000 at 24; audio 5000 at 32, 15000 at 0.40, 3000 at 64; per million.
  assert.deepEqual(costOf({ usage, model }), {
    usd: 0.4076,
    parts: { text: 0.0496, audio: 0.358, transcription: 0, telephony: 0 },
  });
});

Deno.test("case 43: more cached than read costs as if all had been cached", () => {
  const usage = use({ inputText: 1_000_000, cachedText: 9_000_000 });
  assert.equal(costOf({ usage, model }).usd, 0.4);
});

Deno.test("case 43: several responses add up, those beside the conversation too", () => {
  const response = use({ inputText: 1000, outputAudio: 500, responses: 1 });
  const usage = [response, response, response].reduce(addUsage, noUsage);
  assert.equal(usage.responses, 3);
  assert.equal(costOf({ usage, model }).usd, 0.108);
});

Deno.test("case 43: transcription is billed apart, by time or by tokens", () => {
  const byTime = use({ transcriptionSeconds: 90 });
  assert.deepEqual(
    costOf({ usage: byTime, model, transcriptionModel }).parts.transcription,
    0.00675,
  );
  const byTokens = use({ transcriptionInput: 100_000, transcriptionOutput: 10_000 });
  assert.equal(
    costOf({ usage: byTokens, transcriptionModel: "gpt-4o-mini-transcribe" }).usd,
    0.175,
  );
  // It has no price per token, so that this is not known.
  assert.equal(costOf({ usage: byTokens, model, transcriptionModel }).usd, null);
});

Deno.test("case 43: a price that is not known is null, never 0", () => {
  const usage = use({ inputAudio: 10, transcriptionSeconds: 60 });
  const cost = costOf({ usage, model: "somebody-elses-model", transcriptionModel });
  assert.deepEqual(cost, {
    usd: null,
    parts: { text: 0, audio: null, transcription: 0.0045, telephony: 0 },
  });
  for (const model of [undefined, "", "__proto__", "constructor", "toString"]) {
    assert.equal(costOf({ usage, model, transcriptionModel }).usd, null);
  }
});

Deno.test("case 43: what was not used costs nothing, whatever its price", () => {
  assert.equal(costOf({ usage: noUsage }).usd, 0);
  assert.equal(costOf({ usage: noUsage, model: "somebody-elses-model" }).usd, 0);
});

Deno.test("case 43: a dated snapshot costs what its model does", () => {
  const usage = use({ inputText: 1_000_000 });
  assert.equal(costOf({ usage, model: "gpt-realtime-2025-08-28" }).usd, 4);
  assert.equal(costOf({ usage, model: "gpt-realtime-mini-2025-12-15" }).usd, 0.6);
});

Deno.test("case 43: sums are exact to the millionth of a dollar", () => {
  const usage = use({ inputText: 1, outputText: 1, outputAudio: 1, inputAudio: 1 });
  const { usd, parts } = costOf({ usage, model });
  assert.deepEqual(parts, { text: 0.000028, audio: 0.000096, transcription: 0, telephony: 0 });
  assert.equal(usd, 0.000124);
});

Deno.test("costOf() counts every minute on the phone that has begun, where a price is set", () => {
  const phone = { direction: "outbound", connectedMs: 61_000 } as const;
  const priced = withTelephony(listPrices, 0.014);
  assert.deepEqual(costOf({ usage: noUsage, phone }, priced).usd, 0.028);
  assert.deepEqual(costOf({ usage: noUsage, phone: { ...phone, connectedMs: 0 } }, priced).usd, 0);
  const legs = { ...phone, connectedMs: 121_000, transferredMs: 60_000 };
  assert.deepEqual(costOf({ usage: noUsage, phone: legs }, priced).usd, 0.056);
});

Deno.test("case 140: a minute on the phone without a price is estimated on the safe side, never free", () => {
  const hour = 60 * 60_000;
  const cost = (direction: "inbound" | "outbound", number?: string) =>
    costOf({ usage: noUsage, phone: { direction, connectedMs: hour, number } });
  assert.deepEqual(cost("inbound"), {
    usd: 1.2,
    parts: { text: 0, audio: 0, transcription: 0, telephony: 1.2 },
    telephonyEstimated: true,
  });
  assert.equal(cost("outbound", "+14155550123").usd, 1.2);
  assert.equal(cost("outbound", "+18095550123").usd, 36);
  assert.equal(cost("outbound", "+491701234567").usd, 9);
  assert.equal(cost("outbound", "+263771234567").usd, 36);
  assert.equal(cost("outbound").usd, 36);
  const priced = costOf(
    { usage: noUsage, phone: { direction: "inbound", connectedMs: hour } },
    withTelephony(listPrices, 0),
  );
  assert.deepEqual([priced.usd, "telephonyEstimated" in priced], [0, false]);
});

Deno.test("readPrices() replaces what it is given and keeps the rest", () => {
  const flat = { input: 1, cached: 1, output: 1 };
  const prices = readPrices(JSON.stringify({
    asOf: "2027-01-31",
    models: { mine: { text: flat, audio: flat } },
    telephony: { inboundPerMinute: 0.01 },
  }));
  const usage = use({ inputText: 1_000_000 });
  assert.equal(prices.asOf, "2027-01-31");
  assert.equal(costOf({ usage, model: "mine" }, prices).usd, 1);
  assert.equal(costOf({ usage, model }, prices).usd, 4);
  assert.deepEqual(prices.telephony, { inboundPerMinute: 0.01 });
});

Deno.test("readPrices() names what is wrong", () => {
  const flat = { input: 1, cached: 1, output: 1 };
  const wrong = [
    ["{", /they are no JSON/],
    ["[]", /the file/],
    ['{"modles":{}}', /modles/],
    [JSON.stringify({ models: { mine: { text: flat } } }), /models\.mine\.audio/],
    [
      JSON.stringify({ models: { mine: { text: { ...flat, input: -1 }, audio: flat } } }),
      /models\.mine\.text\.input/,
    ],
    ['{"transcription":{"x":{"perMinute":"0.1"}}}', /transcription\.x\.perMinute/],
    ['{"asOf":"soon"}', /asOf/],
  ] as const;
  for (const [json, message] of wrong) assert.throws(() => readPrices(json), message);
});

function use(usage: Partial<CallUsage>): CallUsage {
  return { ...noUsage, ...usage };
}

Deno.test("an hour's talk fits into what one call may cost by default, also on a mobile phone abroad", () => {
  const { limits } = readSettings({ OPENAI_API_KEY: "sk-x" });
  // Four turns a minute, half of it the agent's, with a context that is cut back several times.
  const usage: CallUsage = {
    ...noUsage,
    inputAudio: 4_450_000,
    cachedAudio: 4_300_000,
    outputAudio: 36_000,
    inputText: 500_000,
    cachedText: 470_000,
    outputText: 10_000,
  };
  const { usd } = costOf({
    usage,
    model: "gpt-realtime-2.1",
    phone: { direction: "outbound", connectedMs: 3_600_000, number: "+4915112345678" },
  });
  assert.ok(usd !== null && usd > 15 && usd < (limits.callUsd ?? 0), `${usd}`);
});
