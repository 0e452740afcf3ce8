import assert from "node:assert/strict";
import type { TranscriptTurn } from "../../../src/call/callEvent.ts";
import { noUsage } from "../../../src/services/store.ts";
import { policy } from "../../support/twilio/policy.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const RECORDED = "This call is recorded for training.";
const ROBOT = "You are speaking with a computer.";
const GREETING = "Hello, how can I help?";
const MS = 2000;
const PLAIN: CallDriverOptions = {
  opening: [{ name: "disclosure", text: ROBOT }, { name: "recording", text: RECORDED }],
  greeting: GREETING,
  modelResponds: false,
  modelInterrupts: false,
};
const KEPT: CallDriverOptions = {
  ...PLAIN,
  opening: [{ name: "recording", text: RECORDED }],
  kept: { opening: { text: RECORDED, ms: MS }, greeting: { text: GREETING, ms: 1500 } },
};

let items = 0;

/** The model says what it was asked for. */
function says(call: CallDriver, text: string, purpose: "opening" | "greeting" = "opening"): void {
  const id = call.begin(purpose);
  call.say(id, `said_${++items}`, MS, text);
  call.finish(id);
}

function proof(call: CallDriver, name = "recording") {
  return call.events("mustHear").filter((one) => one.name === name).at(-1);
}

function turn(text: string, more: Partial<TranscriptTurn> = {}): TranscriptTurn {
  return {
    id: "kept_opening_1",
    role: "agent",
    position: 1,
    text,
    final: true,
    interrupted: false,
    by: "voice",
    startedMs: 100,
    ...more,
  };
}

Deno.test("opening sentences come one after another before the greeting, word for word, and are proven", () => {
  const call = new CallDriver(PLAIN).live();
  assert.deepEqual(call.events("mustHear").map(({ name, heard }) => [name, heard]), [
    ["disclosure", false],
    ["recording", false],
  ]);
  const asked = call.all("model").flatMap(({ request }) =>
    request.type === "respond" ? [request.request] : []
  );
  assert.deepEqual(asked.map(({ purpose }) => purpose), ["opening"]);
  assert.ok(asked[0]?.instructions?.includes(ROBOT) && asked[0].tools === "none");
  says(call, ROBOT);
  assert.deepEqual(call.takeAsked(), [], "the next waits until it was heard");
  call.advance(MS + 200);
  assert.equal(proof(call, "disclosure")?.heard, true);
  assert.deepEqual(call.takeAsked(), ["opening"]);
  says(call, RECORDED);
  call.advance(MS + 200);
  assert.equal(proof(call)?.heard, true);
  assert.deepEqual(call.takeAsked(), ["greeting"]);
  says(call, GREETING, "greeting");
  call.advance(MS + 200);
  assert.deepEqual(call.script, [`agent: ${ROBOT}`, `agent: ${RECORDED}`, `agent: ${GREETING}`]);
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), [], "and none is said again");
});

Deno.test("a kept opening is spoken without the model, then the kept greeting", () => {
  const call = new CallDriver(KEPT);
  call.join();
  assert.deepEqual(call.takeRequests(), [
    { type: "said", itemId: "kept_opening_1", text: RECORDED },
  ]);
  call.advance(MS + 200);
  assert.equal(proof(call)?.heard, true);
  call.advance(2000);
  assert.deepEqual(call.script, [`agent: ${RECORDED}`, `agent: ${GREETING}`]);
  call.ready();
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("nothing that the caller does cuts an opening off, and what they asked is answered after it", () => {
  for (const options of [PLAIN, KEPT]) {
    const call = new CallDriver(options).connect();
    const last = options.opening!.length;
    for (let count = 1; count <= last; count++) {
      call.take();
      if (options === PLAIN) says(call, options.opening![count - 1]!.text);
      call.advance(500);
      call.callerSays("Who is this?", 400);
      call.press("1");
      call.input({ type: "interruptAsked" });
      call.input({ type: "typed", text: "Hello?" });
      const asked = call.takeAsked();
      assert.ok(!asked.includes("reply"), `${asked}`);
      call.advance(MS);
    }
    assert.deepEqual(call.events("interrupted"), []);
    if (options === PLAIN) {
      assert.deepEqual(call.takeAsked(), ["greeting"]);
      says(call, GREETING, "greeting");
      assert.deepEqual(call.takeAsked(), ["reply"]);
    } else assert.ok(call.takeAsked().includes("reply"));
    assert.ok(options.opening!.every(({ name }) => proof(call, name)?.heard === true));
  }
});

Deno.test("who only says hello meanwhile is answered by the greeting alone", () => {
  for (const [words, isAsked] of [["Hello? Yes?", false], ["Who is that?", true]] as const) {
    for (const options of [{ ...KEPT, kept: {} }, KEPT]) {
      const call = new CallDriver(options).connect();
      call.take();
      if (options !== KEPT) says(call, RECORDED);
      call.advance(300);
      call.callerSays(words, 400);
      call.advance(MS);
      if (options !== KEPT) says(call, GREETING, "greeting");
      call.advance(2000);
      assert.equal(call.takeAsked().includes("reply"), isAsked, words);
    }
  }
});

Deno.test("a caller who talks on does not put an opening off", () => {
  const call = new CallDriver(PLAIN);
  call.join();
  call.input({ type: "callerLevel", speaking: true });
  call.ready();
  call.callerStarts();
  call.advance(300);
  const id = call.begin("opening");
  call.say(id, "talked_over", MS, ROBOT);
  call.finish(id);
  call.advance(MS + 200);
  assert.deepEqual(call.events("interrupted"), []);
  assert.equal(proof(call, "disclosure")?.heard, true);
  assert.ok(call.takeAsked().filter((purpose) => purpose === "opening").length >= 2);
});

Deno.test("an opening that a lost connection broke off is said again from its beginning", () => {
  const call = new CallDriver({ ...PLAIN, opening: KEPT.opening! }).live();
  const id = call.begin("opening");
  call.words(id, "half", "This call is");
  call.sound(id, "half", 700);
  call.advance(300);
  call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  call.advance(600);
  call.take();
  call.ready();
  call.advance(100);
  assert.deepEqual(call.takeAsked(), ["opening"]);
  assert.equal(proof(call)?.heard, false);
  says(call, RECORDED);
  call.advance(MS + 300);
  assert.equal(proof(call)?.heard, true);
  assert.deepEqual(call.takeAsked(), ["greeting"]);
});

Deno.test("a model that says other words is asked again, a few times, and then the call goes on", () => {
  const call = new CallDriver({ ...PLAIN, opening: KEPT.opening! }).live();
  for (let time = 1; time <= 5; time++) {
    says(call, "Good morning, dear caller.");
    call.advance(MS + 300);
    assert.deepEqual(call.takeAsked(), [time < 5 ? "opening" : "greeting"]);
  }
  assert.equal(proof(call)?.heard, false);
});

Deno.test("a resumed call does not say again what is proven, and says what is not before it goes on", () => {
  const base = { elapsedMs: 9000, connectedMs: 8000, tools: [], usage: noUsage };
  const heard = { name: "recording", text: RECORDED, times: 1 };
  const proven = new CallDriver({
    ...KEPT,
    kept: {},
    resumed: {
      ...base,
      turns: [turn(RECORDED)],
      mustHears: [{ ...heard, heard: true, fromMs: 100, toMs: 2100 }],
    },
  }).connect();
  assert.deepEqual(proven.takeAsked(), ["greeting"], "of the greeting nothing was heard");

  const broken = new CallDriver({
    ...KEPT,
    kept: {},
    resumed: {
      ...base,
      turns: [turn("This call is", { interrupted: true, unheard: "recorded for training." })],
      mustHears: [{ ...heard, heard: false }],
    },
  }).connect();
  assert.deepEqual(broken.takeAsked(), ["opening"]);
  says(broken, RECORDED);
  broken.advance(MS + 300);
  assert.equal(proof(broken)?.heard, true);
  assert.deepEqual(broken.takeAsked(), ["greeting"]);
});

Deno.test("a machine hears no opening, and one that it has heard is said again to the person", () => {
  const call = new CallDriver({ ...KEPT, direction: "outbound" });
  call.join();
  call.advance(500);
  call.input({ type: "answered" });
  call.ready();
  call.take();
  call.input({ type: "machineAnswered", end: { reason: "voicemail" }, message: "Call us back." });
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
  call.advance(300);
  assert.equal(call.take().some(({ type }) => type === "speakKept"), false);

  const screened = new CallDriver({ ...KEPT, direction: "outbound" });
  screened.join();
  screened.ready();
  screened.advance(MS + 100);
  assert.equal(proof(screened)?.heard, true);
  screened.take();
  screened.input({ type: "screened", message: "It is about your order." });
  assert.equal(proof(screened)?.heard, false);
  assert.deepEqual(screened.takeAsked(), ["reply"]);
  const reply = screened.begin("reply");
  screened.say(reply, "who", 1000, "It is about your order.");
  screened.finish(reply);
  screened.advance(5000);
  assert.equal(screened.take().some(({ type }) => type === "speakKept"), false);
  screened.callerSays("Hello?", 400);
  screened.advance(100);
  assert.equal(screened.all("speakKept").filter(({ name }) => name === "opening").length, 2);
  screened.advance(MS + 200);
  assert.equal(proof(screened)?.heard, true);
  assert.ok(screened.takeAsked().includes("reply"));
});

Deno.test("an end that is asked for is not held up by an opening", () => {
  const call = new CallDriver(KEPT).connect();
  call.advance(300);
  call.take();
  call.input({ type: "endAsked", end: { reason: "operator_hung_up" }, goodbye: true });
  call.advance(MS);
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
});

Deno.test("an agent that gets the call says first what only its callers have to hear", () => {
  const call = new CallDriver({ ...PLAIN, opening: [{ name: "disclosure", text: ROBOT }] }).live();
  says(call, ROBOT);
  call.advance(MS + 200);
  says(call, GREETING, "greeting");
  call.advance(MS + 200);
  call.callerSays("Put me through.");
  const reply = call.begin("reply");
  const tool = { callId: "call_handoff", name: "handoff", arguments: "{}" };
  call.finish(reply, "completed", { tools: [tool] });
  call.take();
  call.toolReturns("handoff", "{}", {
    effect: {
      type: "handoff",
      agent: "other",
      title: "Other",
      fromTitle: "One",
      policy: policy({
        agent: "other",
        modelResponds: false,
        modelInterrupts: false,
        opening: [
          { name: "disclosure", text: "I am another computer." },
          { name: "recording", text: RECORDED },
        ],
      }),
      connection: "same",
    },
  });
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["opening"], "once, though both have a disclosure");
  says(call, RECORDED);
  call.advance(MS + 300);
  assert.equal(proof(call)?.heard, true);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});
