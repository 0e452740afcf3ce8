import assert from "node:assert/strict";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import { CallDriver } from "../../support/call/callDriver.ts";
import { MENU_CALL, menuCall, music, musicEnds, usesTool } from "../../support/call/menuCall.ts";

const MENU = [
  "Thank you for calling Acme.",
  "For sales, press one.",
  "For support, press two.",
];

Deno.test("phone menu: the agent greets no machine, and is asked once the menu is over", () => {
  const call = menuCall({}, { greeting: "Hello, I call for Anna." });
  call.advance(1000);
  for (const line of MENU) {
    call.callerSays(line, 2000);
    call.advance(900);
  }
  assert.deepEqual(call.takeAsked(), []);
  call.advance(700);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  assert.equal(call.events("menu")[0]?.step.heard, MENU.join(" "));
});

Deno.test("phone menu: of a menu of keys the model can only press some, or wait", () => {
  const call = menuCall();
  call.callerSays(MENU.join(" "), 6000);
  call.advance(2000);
  const [respond] = call.takeRequests();
  assert.ok(respond?.type === "respond" && respond.request.tools === "required");
});

Deno.test("phone menu: one that takes words may be talked to, and stays a menu", () => {
  const call = menuCall();
  call.callerSays("In a few words, tell me why you are calling.", 3000);
  call.advance(1100);
  const [respond] = call.takeRequests();
  assert.ok(respond?.type === "respond" && respond.request.tools === undefined);
  const responseId = call.begin("reply");
  call.say(responseId, "item", 600, "Billing.");
  call.finish(responseId);
  call.advance(1000);
  call.callerSays("For invoices, press one.");
  call.advance(1000);
  assert.deepEqual(call.takeAsked(), [], "the menu is heard out");
  call.advance(600);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("phone menu: keys are pressed without a word about them, and the next menu is heard out", () => {
  const call = menuCall();
  call.callerSays(MENU.join(" "), 6000);
  call.advance(2000);
  call.take();
  usesTool(call, "send_dtmf", "2");
  assert.deepEqual(call.all("sendDigits"), [{ type: "sendDigits", digits: "2", by: "network" }]);
  call.advance(4000);
  assert.deepEqual(call.takeAsked(), []);
  assert.equal(call.events("menu").at(-1)?.step.keys, "2");
});

Deno.test("phone menu: a person is answered at once, and greeted as in any call from then on", () => {
  const call = menuCall();
  call.callerSays("Billing, this is Anna, how can I help you?", 2500);
  call.advance(10);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  const responseId = call.begin("reply");
  call.say(responseId, "item", 2000, "Hello, I call about an invoice.");
  call.finish(responseId);
  call.advance(2500);
  call.callerSays("Sure, which one", 1000);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("phone menu: a person who puts the agent through brings it back to patience", () => {
  const call = menuCall();
  call.callerSays("Hello?", 500);
  const responseId = call.begin("reply");
  call.say(responseId, "item", 1000, "Hello, billing please.");
  call.finish(responseId);
  call.advance(1500);
  call.callerSays("Please stay on the line, I will transfer you.", 2000);
  call.take();
  // The words came with the turn; whoever comes next is heard out.
  call.finish(call.begin("reply"), "completed", { tools: [], silent: true });
  call.advance(3000);
  call.callerSays("For invoices, press one.");
  call.advance(1000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("phone menu: silence in a menu is told to the model, and the far end is not asked about it", () => {
  const call = menuCall({}, { idleMs: 10_000 });
  call.advance(10_500);
  const requests = call.takeRequests();
  assert.ok(
    requests.some((one) => one.type === "message" && /Nothing has been heard/.test(one.text)),
  );
  assert.ok(requests.some((one) => one.type === "respond" && one.request.purpose === "reply"));
});

Deno.test("phone menu: the same menu again and again is told to the model, then ends the call", () => {
  const call = menuCall({ maxRepeats: 2 });
  const hear = () => {
    call.callerSays(MENU.join(" "), 6000);
    call.advance(2000);
    const requests = call.takeRequests();
    if (call.end === undefined) usesTool(call, "send_dtmf", String(call.events("menu").length));
    call.advance(500);
    return requests.some((one) => one.type === "message" && /for the .* time/.test(one.text));
  };
  assert.deepEqual([hear(), hear(), hear()], [false, true, true]);
  hear();
  assert.deepEqual(call.end, { reason: "phone_menu", detail: "same_menu" });
});

Deno.test("phone menu: the same keys again and again end the call", () => {
  const call = menuCall({ maxRepeats: 2 });
  for (let time = 0; time < 4; time++) {
    call.callerSays("");
    call.advance(2000);
    usesTool(call, "send_dtmf", "5");
    call.advance(500);
  }
  assert.deepEqual(call.end, { reason: "phone_menu", detail: "same_keys" });
});

Deno.test("phone menu: the same key in menus that differ is no loop", () => {
  const call = menuCall({ maxRepeats: 2 });
  for (const words of ["English", "billing today", "invoices by letter", "paid ones", "a copy"]) {
    call.callerSays(`For ${words}, press one.`);
    call.advance(2000);
    usesTool(call, "send_dtmf", "1");
    call.advance(500);
  }
  assert.equal(call.end, undefined);
});

Deno.test("phone menu: what a person has to hear first is said to the first who may be one", () => {
  const call = menuCall({}, { opening: [{ name: "disclosure", text: "A computer calls." }] });
  call.callerSays("For sales, press one. For support, press two.", 4000);
  call.advance(2000);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  usesTool(call, "send_dtmf", "2");
  call.advance(1000);
  call.callerSays("Support, how can I help you?", 2000);
  call.advance(10);
  const asked = call.takeRequests().flatMap((one) => one.type === "respond" ? [one.request] : []);
  assert.equal(asked.length, 1, "the answer comes after it");
  assert.match(asked[0]?.instructions ?? "", /A computer calls\./);
});

Deno.test("phone menu: the time in menus is limited, that with a person is not", () => {
  const call = menuCall({ maxMenuMs: 60_000 }, { idleMs: 500_000 });
  call.callerSays("Hello, this is Anna, who is calling?", 1000);
  const responseId = call.begin("reply");
  call.say(responseId, "item", 1000, "Hello, this is Bob.");
  call.finish(responseId);
  call.advance(100_000);
  assert.equal(call.end, undefined);
  const stuck = menuCall({ maxMenuMs: 60_000 }, { idleMs: 500_000 });
  stuck.advance(60_100);
  assert.deepEqual(stuck.end, { reason: "phone_menu", detail: "menu_time" });
});

Deno.test("phone menu: a verdict that a machine has answered is not obeyed", () => {
  const call = menuCall();
  call.input({ type: "machineAnswered", end: { reason: "voicemail" }, message: "Call me back." });
  call.advance(5000);
  assert.equal(call.end, undefined);
  assert.deepEqual(call.events("notice").map(({ code }) => code), ["machine_verdict_not_obeyed"]);
});

Deno.test("hold: nothing is sent, asked or said while music plays, however long", () => {
  const call = menuCall({}, { idleMs: 10_000 });
  call.callerStarts();
  call.advance(1700);
  music(call);
  assert.deepEqual(call.all("withholdAudio").length, 1);
  call.take();
  call.advance(1_000_000);
  assert.deepEqual(call.takeRequests(), []);
  assert.equal(call.end, undefined);
  assert.deepEqual(call.events("hold"), [{ type: "hold", on: true }]);
});

Deno.test("hold: what the agent is about to say as music begins is not said", () => {
  const call = menuCall();
  call.callerSays("Hello, one moment?", 1000);
  const responseId = call.begin("reply");
  call.words(responseId, "item", "Hello, I");
  call.sound(responseId, "item", 3000);
  call.take();
  music(call);
  const types = call.take().map((command) => command.type);
  assert.ok(types.includes("clear") && types.includes("withholdAudio"), types.join());
});

Deno.test("hold: an announcement between music is heard and not answered", () => {
  const call = menuCall();
  music(call);
  call.advance(20_000);
  musicEnds(call);
  const [released] = call.all("releaseAudio");
  assert.equal(released?.from, call.now - 350 - 400);
  call.take();
  call.callerSays("Your call is important to us. Please hold.", 4000);
  call.advance(1500);
  music(call);
  call.advance(60_000);
  assert.deepEqual(call.takeAsked(), []);
  assert.deepEqual(call.events("hold"), [{ type: "hold", on: true }]);
});

Deno.test("hold: an announcement that is heard again leaves the model's conversation", () => {
  const call = menuCall();
  for (let time = 0; time < 3; time++) {
    music(call);
    call.advance(20_000);
    musicEnds(call);
    call.callerSays("All our agents are busy. Please hold the line.", 4000);
    call.advance(1000);
  }
  music(call);
  const deleted = call.commands.flatMap((command) =>
    command.type === "model" && command.request.type === "delete" ? [command.request.itemId] : []
  );
  assert.deepEqual(deleted, ["user_2", "user_3"]);
});

Deno.test("hold: an offer of keys is decided on once, though the music is back", () => {
  const call = menuCall();
  for (const asked of [["reply"], []]) {
    music(call);
    call.advance(20_000);
    musicEnds(call);
    call.callerSays("To be called back, press one, or stay on the line.", 4000);
    call.advance(800);
    music(call);
    assert.deepEqual(call.takeAsked(), asked);
    if (asked.length > 0) usesTool(call, "wait_silently");
    call.advance(5000);
  }
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("hold: what the model takes in after the music is back is not of the person who comes next", () => {
  const call = menuCall();
  music(call);
  call.advance(20_000);
  musicEnds(call);
  call.callerStarts();
  call.advance(5000);
  music(call);
  takenInLate(call, "Your call is important to us. Please hold the line.");
  call.advance(20_000);
  musicEnds(call);
  assert.deepEqual(call.takeAsked(), []);
  call.callerSays("Billing, this is Anna. How can I help you?", 2000);
  call.advance(10);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("hold: an offer of keys that the model takes in after the music is back is decided on once", () => {
  const call = menuCall();
  for (const asked of [["reply"], []]) {
    music(call);
    call.advance(20_000);
    musicEnds(call);
    call.callerStarts();
    call.advance(5000);
    music(call);
    call.take();
    takenInLate(call, "To be called back, press one, or stay on the line.");
    assert.deepEqual(call.takeAsked(), asked);
    if (asked.length > 0) usesTool(call, "wait_silently");
    call.advance(5000);
  }
});

Deno.test("hold: a person who takes the call is answered as soon as they stop, and the hold is over", () => {
  const call = menuCall();
  music(call);
  call.advance(100_000);
  musicEnds(call);
  call.take();
  call.callerSays("Billing, this is Anna speaking", 2000);
  call.advance(10);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  const responseId = call.begin("reply");
  call.say(responseId, "item", 1000, "Hello Anna.");
  const [, over] = call.events("hold");
  assert.ok(over?.on === false);
  assert.equal(over.withheldMs, 100_000 - 750);
});

Deno.test("hold: who thanks for holding and asks is a person, and is answered at once", () => {
  const call = menuCall();
  music(call);
  call.advance(100_000);
  musicEnds(call);
  call.take();
  call.callerSays("Thank you for holding, this is Anna. How can I help you?", 3000);
  call.advance(10);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("hold: without the words, whoever speaks after music is answered soon", () => {
  const call = menuCall({}, { transcribes: false });
  music(call);
  call.advance(10_000);
  musicEnds(call);
  call.callerStarts();
  call.advance(1000);
  call.callerStops();
  call.take();
  call.advance(400);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("hold: its time is limited, all holds of a call together", () => {
  const call = menuCall({ maxHoldMs: 60_000 });
  music(call);
  call.advance(40_000);
  musicEnds(call);
  call.callerSays("Hello, who is calling?", 1000);
  const responseId = call.begin("reply");
  call.say(responseId, "item", 1000, "This is Bob.");
  call.finish(responseId);
  call.advance(5000);
  music(call);
  call.advance(10_000);
  assert.equal(call.end, undefined);
  call.advance(10_000);
  assert.deepEqual(call.end, { reason: "phone_menu", detail: "hold_time" });
});

Deno.test("hold: a connection that is lost meanwhile is replaced, and given nothing of the music", () => {
  const call = menuCall();
  music(call);
  call.advance(10_000);
  call.input({ type: "modelLost", loss: { code: "session_expired", retry: "now" } });
  call.advance(1000);
  call.ready();
  call.take();
  call.advance(30_000);
  assert.deepEqual(call.takeAsked(), []);
  musicEnds(call);
  call.callerSays("Hello, how can I help you?", 1000);
  call.advance(10);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("hold: a session that expires meanwhile is left for another, which is asked nothing", () => {
  const call = menuCall({ maxHoldMs: 10_000_000 }, { maxMs: 20_000_000 });
  call.input({ type: "modelReady", expiresInMs: 3_600_000 });
  music(call);
  call.take();
  for (let minutes = 0; minutes < 59 && call.all("takeOver").length === 0; minutes++) {
    call.advance(60_000);
    if (call.all("prepareModel").length === 1) call.input({ type: "standbyReady" });
  }
  call.advance(60_000);
  assert.equal(call.all("takeOver").length, 1);
  assert.deepEqual(call.takeAsked(), []);
  assert.deepEqual(call.events("hold"), [{ type: "hold", on: true }]);
});

Deno.test("phone menu: a process that goes on with a call speaks only where one spoke before", () => {
  const line = { position: 1, final: true, interrupted: false, by: "voice", endedMs: 2 } as const;
  const menu = { ...line, id: "a", role: "caller", text: "Press one.", startedMs: 1 } as const;
  const said = { ...line, id: "b", role: "agent", text: "Hello.", startedMs: 1 } as const;
  for (const [turns, asked] of [[[menu], []], [[menu, said], ["reply"]]] as const) {
    const usage = { ...noUsage };
    const resumed = { elapsedMs: 60_000, connectedMs: 59_000, turns, tools: [], usage };
    const call = new CallDriver({ ...MENU_CALL, resumed }).connect();
    call.advance(500);
    assert.deepEqual(call.takeAsked(), asked);
  }
});

Deno.test("phone menu: keys as tones are heard at once, in the place of what is being said", () => {
  const call = menuCall({ keys: "tones" });
  call.callerSays(MENU.join(" "), 6000);
  call.advance(2000);
  usesTool(call, "send_dtmf", "2");
  assert.deepEqual(call.all("sendDigits"), [{ type: "sendDigits", digits: "2", by: "tones" }]);
});

Deno.test("phone menu: keys in confidence are not in the path", () => {
  const call = menuCall({}, { digitsSensitive: true });
  call.callerSays("Please enter your PIN", 2000);
  call.advance(2000);
  usesTool(call, "send_dtmf", "12w34");
  assert.equal(call.events("menu").at(-1)?.step.keys, "••w••");
});

/** The model has been slower than the detection of music. */
function takenInLate(call: CallDriver, text: string): void {
  call.advance(100);
  const itemId = call.callerStops();
  call.input({ type: "callerText", itemId, text, final: true });
}
