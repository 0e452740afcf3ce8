import assert from "node:assert/strict";
import { openTexts } from "../../../src/services/sms/texts.ts";
import { createIncidents } from "../../../src/utils/incidents.ts";

Deno.test("a message that the phone network has taken counts as sent, also where the store is away by then", async () => {
  await using network = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ sid: `SM${"0".repeat(32)}`, status: "queued" }, { status: 201 }),
  );
  const warned: string[] = [];
  const log = { debug() {}, info() {}, warn: (line: string) => void warned.push(line), error() {} };
  const texts = openTexts({
    settings: {
      phone: {
        ...{ accountSid: `AC${"0".repeat(32)}`, authToken: "token", number: "+14155550100" },
        ...{ apiUrl: `http://127.0.0.1:${network.addr.port}`, publicUrl: "https://voice.test" },
      },
      sms: {},
    },
    store: {
      textMessages: {
        countOf: () => Promise.resolve(0),
        add: () => Promise.resolve("added"),
        change: () => Promise.reject(new Error("Cannot write: the database is away")),
        list: () => Promise.resolve([]),
      },
    },
    policy: () =>
      Promise.resolve({ check: () => Promise.resolve({ ok: true, number: "+14155550123" }) }),
    textSpending: { reserve: () => Promise.resolve({ settle: () => Promise.resolve() }) },
    incidents: createIncidents({ now: Date.now, log }),
    now: Date.now,
    log,
  });
  const refusal = await texts?.send({
    callId: "call_1",
    agent: "desk",
    direction: "inbound",
    maxPerCall: 1,
    to: "+14155550123",
    text: "We are at 12 High Street.",
  });
  assert.equal(refusal, undefined);
  assert.deepEqual(warned, ["Text message not recorded"]);
});
