import assert from "node:assert/strict";
import type { RealtimeClient } from "../../../src/call/realtimeClient.ts";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { ModelFaults } from "../../../src/services/openai/modelFaults.ts";
import { createOpenModel } from "../../../src/services/openai/openModel.ts";
import { reportOpenLimits } from "../../../src/services/openai/openEngine.ts";
import { createIncidents } from "../../../src/utils/incidents.ts";
import { contract, SETUP, Sink } from "../../support/openai/modelContract.ts";
import { settled } from "../../support/until.ts";

contract(
  "case 63: opens no more than the process may, and lets go of what it refused",
  async (stage) => {
    let now = 0;
    const openModel = createOpenModel({
      url: stage.server.url,
      log: stage.log,
      maxOpeningsPerMinute: 2,
      now: () => now,
    });
    const clients: RealtimeClient[] = [];
    const opened = () => {
      const sink = new Sink();
      clients.push(openModel(SETUP, sink));
      return sink;
    };
    opened();
    opened();
    await stage.server.session(1);
    assert.deepEqual(await opened().loss(), { code: "open_limit", retry: "backoff" });
    const silent = opened();
    clients.at(-1)?.close();
    await settled();
    assert.deepEqual(silent.inputs.all, []);
    now = 60_000;
    opened();
    await stage.server.session(2);
    for (const client of clients) client.close();
  },
);

Deno.test("case 63: a call that may open no more is an incident", async () => {
  const events = createEventHub(Date.now);
  const incidents = createIncidents({ now: Date.now, log: { warn() {} } });
  const faults = new ModelFaults({ incidents, log: { warn() {} } });
  const watching = reportOpenLimits(events, faults, "gpt-test");
  events.publish("call_1", { type: "modelLost", code: "network", recovering: true });
  events.publish("call_1", { type: "modelLost", code: "open_limit", recovering: false });
  await settled();
  assert.deepEqual(incidents.list().map(({ code, subject }) => [code, subject]), [
    ["model_open_limit", "gpt-test"],
  ]);
  assert.equal(faults.counts().get("open_limit"), 1);
  watching.close();
});
