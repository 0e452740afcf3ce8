import assert from "node:assert/strict";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { openCallSpendLimit } from "../../../src/services/spending/callSpendLimit.ts";
import { listPrices } from "../../../src/services/spending/pricing.ts";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import type { ResumedCall } from "../../../src/call/resumedCall.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import { settled } from "../../support/until.ts";

Deno.test("what a call has used in another process counts for its spend limit and its minutes", async () => {
  for (const [outputAudio, ends] of [[20_000, true], [100, false]] as const) {
    const resumed: ResumedCall = {
      elapsedMs: 130_000,
      connectedMs: 120_000,
      turns: [],
      tools: [],
      usage: { ...noUsage, outputAudio, responses: 1 },
    };
    const session = new RecordingSession({ direction: "web", agent: "desk" }, "call_1");
    const extended: { readonly minutes: number }[] = [];
    const events = createEventHub(() => 500_000);
    const limit = openCallSpendLimit({
      events,
      registry: { get: () => Object.assign(session, { resumed }) },
      prices: listPrices,
      modelsOf: () => ({ model: "gpt-realtime-2.1", transcriptionModel: undefined }),
      settings: { limits: { callUsd: 1 } },
      callBudget: {
        isPriced: () => true,
        releasePlace() {},
        extend(_session, amounts) {
          extended.push(amounts);
          return Promise.resolve(amounts);
        },
      },
      log: { info() {}, warn() {} },
      now: () => 500_000,
      setTimer: () => () => {},
    });
    events.publish("call_1", {
      type: "resumed",
      direction: "web",
      agent: "desk",
      afterMs: 130_000,
    });
    await settled();
    const end = session.inputs.find(({ type }) => type === "endAsked");
    assert.equal(end !== undefined, ends, `${outputAudio} tokens`);
    if (!ends) assert.deepEqual(extended.map(({ minutes }) => minutes), [3]);
    limit.close();
  }
});
