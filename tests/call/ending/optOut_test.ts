import assert from "node:assert/strict";
import { policy } from "../../support/twilio/policy.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const SENTENCE = "You get no more calls from us. Goodbye.";
const PLACED: CallDriverOptions = {
  direction: "outbound",
  modelResponds: false,
  modelInterrupts: false,
  optOut: { key: "9", sentence: SENTENCE },
};

/** What was confirmed, and in which words. */
function confirmed(call: CallDriver): readonly string[] {
  return call.takeRequests().flatMap((one) =>
    one.type === "respond" && one.request.purpose === "goodbye"
      ? [one.request.instructions ?? ""]
      : []
  );
}

function recorded(call: CallDriver) {
  return call.all("recordOptOut").map(({ by, words }) => [by, words]);
}

Deno.test("who wants no more calls is recorded at once, told so, and the call ends", () => {
  const call = new CallDriver(PLACED).live();
  call.speak("offer", 4000, "We have an offer for you today.");
  call.advance(500);
  call.callerSays("Please stop calling me!", 300);
  assert.deepEqual(recorded(call), [["word", "Please stop calling me"]]);
  assert.deepEqual(call.events("optedOut"), [
    { type: "optedOut", by: "word", words: "Please stop calling me" },
  ]);
  assert.equal(call.events("interrupted").length, 1, "and the agent is silent");
  assert.deepEqual(confirmed(call), [], "before it is recorded, nothing is confirmed");
  call.input({ type: "optOutRecorded" });
  const [words] = confirmed(call);
  assert.ok(words?.includes(SENTENCE));
  const id = call.begin("goodbye");
  call.say(id, "bye", 1500, SENTENCE);
  call.finish(id);
  call.advance(500);
  call.callerSays("Wait, go on.", 200);
  call.advance(6000);
  assert.deepEqual(call.end, { reason: "agent_hung_up", detail: "opted_out" });
  assert.equal(recorded(call).length, 1);
});

Deno.test("a key alone is an opt-out, and one in an entry is not", () => {
  const call = new CallDriver(PLACED).live();
  call.press("1984");
  call.advance(2500);
  call.press("19");
  call.advance(2500);
  assert.deepEqual(recorded(call), []);
  call.press("9");
  call.advance(2500);
  assert.deepEqual(recorded(call), [["key", "9"]]);
  assert.deepEqual(call.events("digits").map(({ digits }) => digits), ["1984", "19", "9"]);

  const keyless = new CallDriver({ ...PLACED, optOut: { sentence: SENTENCE } }).live();
  keyless.press("9");
  keyless.advance(2500);
  assert.deepEqual(recorded(keyless), []);
});

Deno.test("the key needs no pause while the sentence that offers it is said", () => {
  const text = "To get no more calls, press 9.";
  const call = new CallDriver({
    ...PLACED,
    opening: [{ name: "disclosure", text }],
    kept: { opening: { text, ms: 3000 } },
  }).connect();
  call.advance(500);
  call.press("1");
  assert.deepEqual(recorded(call), []);
  call.press("9");
  assert.deepEqual(recorded(call), [["key", "9"]]);
  call.input({ type: "optOutRecorded" });
  assert.equal(confirmed(call).length, 1);
  call.advance(300);
  assert.equal(call.all("speakKept").length, 1, "and the sentence is not begun again");
});

/** The caller has been asked whether the call may be recorded, and has yet to answer. */
function asked(): CallDriver {
  const text = "May we record this call?";
  const call = new CallDriver({
    ...PLACED,
    opening: [{ name: "recording", text }],
    recording: { consent: "required", announcement: text },
    kept: { opening: { text, ms: 2000 } },
  }).connect();
  call.advance(2500);
  return call;
}

Deno.test("the key and the words hold while the question about the recording is open, which is over then", () => {
  for (const by of ["key", "word"] as const) {
    const call = asked();
    if (by === "key") call.press("9");
    else call.callerSays("Stop calling me.", 300);
    // Another key behind it would make it a number.
    if (by === "key") call.advance(1000);
    assert.deepEqual(recorded(call), [[by, by === "key" ? "9" : "Stop calling me"]]);
    const [{ state, reason, consent } = {}] = call.events("recording");
    assert.deepEqual([state, reason, consent?.kind, consent?.key, consent?.words], [
      "refused",
      "declined",
      "refused",
      ...(by === "key" ? ["9", undefined] : [undefined, "Stop calling me."]),
    ]);
    call.input({ type: "optOutRecorded" });
    const id = call.begin("goodbye");
    call.say(id, "bye", 1500, SENTENCE);
    call.finish(id);
    call.advance(9000);
    assert.deepEqual(call.end, { reason: "agent_hung_up", detail: "opted_out" });
    assert.equal(call.all("speakKept").length, 1, "and nothing is asked again");
  }
});

Deno.test("a number that begins with the key, at the question about the recording, ends no call", () => {
  for (const number of ["9051", "1951", "9#51"]) {
    const call = asked();
    for (const key of number) {
      call.press(key);
      call.advance(400);
    }
    call.advance(1000);
    assert.deepEqual(recorded(call), [], number);
    assert.deepEqual(call.events("digits"), [], "and nobody is told of the number");
    assert.equal(call.end, undefined);
  }
});

Deno.test("who hangs up at the question behind the key has opted out, and behind a number has not", () => {
  for (const keys of ["9", "95"]) {
    const call = asked();
    call.press(keys);
    call.advance(200);
    call.input({ type: "hangUp", end: { reason: "caller_hung_up" } });
    assert.deepEqual(recorded(call), keys === "9" ? [["key", "9"]] : []);
    assert.equal(call.events("recording").at(-1)?.reason, keys === "9" ? "declined" : "not_a_yes");
    assert.deepEqual(call.end, { reason: "caller_hung_up" });
  }
});

Deno.test("another key answers the question about the recording, and ends no call", () => {
  const call = asked();
  call.press("2");
  assert.deepEqual(recorded(call), []);
  // Another key behind it would make it a number.
  call.advance(1000);
  assert.deepEqual(call.events("recording").map(({ consent }) => consent?.key), ["2"]);
});

Deno.test("other words, an operator's and calls without the rule end nothing", () => {
  const call = new CallDriver(PLACED).live();
  call.callerSays("Don't call me before five.");
  call.input({ type: "typed", text: "Stop calling me", byOperator: true });
  const plain = new CallDriver({ modelResponds: false, modelInterrupts: false }).live();
  plain.callerSays("Stop calling me.");
  for (const each of [call, plain]) {
    assert.deepEqual(recorded(each), []);
    assert.ok(each.takeAsked().includes("reply"));
  }
});

Deno.test("whoever the call is handed over to, it can be ended", () => {
  const call = new CallDriver({ ...PLACED, usesTools: true }).live();
  call.call("handoff");
  call.toolReturns("handoff", "{}", {
    effect: {
      type: "handoff",
      agent: "other",
      title: "Other",
      fromTitle: "One",
      policy: policy({ direction: "outbound", agent: "other", modelResponds: false }),
      connection: "same",
    },
  });
  call.advance(100);
  assert.equal(call.all("useAgent").length, 1);
  call.callerSays("Stop calling me.", 300);
  call.input({ type: "optOutRecorded" });
  assert.deepEqual(recorded(call), [["word", "Stop calling me"]]);
  assert.deepEqual(call.events("closing").at(-1)?.end?.detail, "opted_out");
});

Deno.test("a machine's greeting is nobody's opt-out", () => {
  const call = new CallDriver(PLACED).live();
  call.input({ type: "machineAnswered", end: { reason: "voicemail" }, message: "Call us back." });
  call.input({ type: "callerText", itemId: "m", text: "Please stop calling me.", final: true });
  assert.deepEqual(recorded(call), []);
});
