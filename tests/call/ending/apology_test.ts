import assert from "node:assert/strict";
import type { ModelLoss } from "../../../src/call/realtimeClient.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const HOPELESS: ModelLoss = { code: "quota", retry: "no" };
const WEB: CallDriverOptions = {
  direction: "web",
  reports: "positions",
  kept: { apology: { text: "We are sorry. Goodbye.", ms: 4000 } },
};

Deno.test("a browser's caller hears a kept apology to its end before the call ends", () => {
  const call = new CallDriver(WEB).live();
  const responseId = call.begin();
  call.sound(responseId, "item", 1000);
  call.input({ type: "modelLost", loss: HOPELESS });
  assert.equal(call.machine.phase, "closing");
  call.advance(4900);
  assert.equal(call.end, undefined, "first what is buffered is heard, then the apology");
  call.advance(400);
  assert.deepEqual(call.end, { reason: "model_failed", detail: "quota" });
  assert.deepEqual(call.line.heard.map(({ ms }) => ms), [1000, 4000]);
  assert.equal(call.transcript.at(-1)?.text, "We are sorry. Goodbye.");
});

Deno.test("without a kept apology, without a leg, and on the phone the call ends at once", () => {
  const phone = { ...WEB, direction: "inbound", reports: "marks" } as const;
  for (
    const [options, joins] of [[{ ...WEB, kept: {} }, true], [WEB, false], [phone, true]] as const
  ) {
    const call = new CallDriver(options);
    call.ready();
    if (joins) call.join();
    call.input({ type: "modelLost", loss: HOPELESS });
    assert.deepEqual(call.end, { reason: "model_failed", detail: "quota" });
  }
});

Deno.test("a caller who interrupts the apology has heard enough", () => {
  const call = new CallDriver(WEB).live();
  call.input({ type: "modelLost", loss: HOPELESS });
  call.advance(1000);
  call.input({ type: "interruptAsked" });
  call.advance(10);
  assert.equal(call.end?.reason, "model_failed");
});

Deno.test("a call that is being left ends as planned though there will be no model any more", () => {
  for (const direction of ["inbound", "web"] as const) {
    const call = new CallDriver({
      direction,
      transfers: { sales: { sentence: "I connect you." }, help: {} },
      fallbackTransfer: "help",
    }).live();
    call.input({ type: "transferAsked", alias: "sales" });
    const responseId = call.begin("goodbye");
    call.say(responseId, "item", 1000, "I connect you.");
    call.advance(200);
    call.input({ type: "modelLost", loss: HOPELESS });
    call.advance(700);
    assert.equal(call.end, undefined, "what is buffered is heard");
    call.advance(200);
    assert.deepEqual(call.gone, { reason: "transferred", detail: "sales" });
    assert.deepEqual(call.line.heard.map(({ ms }) => ms), [1000]);
  }
});

Deno.test("a message that a machine did not get is not taken for one that was left", () => {
  const call = new CallDriver({ direction: "outbound" }).live();
  const end = { reason: "voicemail" } as const;
  call.input({ type: "machineAnswered", end, message: "Call us." });
  call.begin("goodbye");
  call.input({ type: "modelLost", loss: HOPELESS });
  assert.deepEqual(call.end, { reason: "model_failed", detail: "quota" });
});
