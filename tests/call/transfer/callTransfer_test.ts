import assert from "node:assert/strict";
import type { TransferEvent } from "../../../src/call/transfer.ts";
import type { CallPolicy } from "../../../src/call/types.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const END = { reason: "caller_hung_up" } as const;

/** A caller whom the carrier is putting through. */
function away(plan: CallPolicy["transfers"][string] = {}): CallDriver {
  const call = new CallDriver({ transfers: { sales: plan } }).live();
  call.input({ type: "transferAsked", alias: "sales" });
  call.finish(call.begin("goodbye"));
  call.advance(100);
  call.input({ type: "lost" });
  call.take();
  return call;
}

function steps(call: CallDriver): unknown[] {
  return call.events("transfer").map(({ type: _, number, alias, mode, ...step }: TransferEvent) => {
    assert.deepEqual([alias, mode], ["sales", "cold"]);
    return [number, ...Object.values(step)];
  });
}

function over(call: CallDriver, number: number, why: "busy" | "no_answer"): void {
  call.input({ type: "transferOver", number, result: { kind: "failed", why } });
}

Deno.test("a caller whom nobody took comes back to the agent, who knows why and speaks at once", () => {
  const call = away({ unanswered: "Offer to take a message." });
  call.advance(25_000);
  assert.equal(call.end, undefined, "nobody is idle, and the leg may be away");
  over(call, 1, "busy");
  const [told, asked] = call.takeRequests();
  assert.ok(told?.type === "message" && /busy/.test(told.text), JSON.stringify(told));
  assert.match(told.text, /Offer to take a message\./);
  assert.ok(asked?.type === "respond" && asked.request.tools === "none");
  call.join();
  call.finish(call.begin("reply"));
  assert.deepEqual(steps(call), [[1, "requested", "operator"], [1, "failed", "busy"]]);
  assert.equal(call.machine.phase, "live");
});

Deno.test("a caller hears of a transfer that an operator wants, whatever the agent has said", () => {
  const call = new CallDriver({ transfers: { sales: {} } }).live();
  const greeting = call.begin();
  call.say(greeting, "item_hello", 800, "Hello, how can I help?");
  call.finish(greeting);
  call.advance(2000);
  call.takeRequests();
  call.input({ type: "transferAsked", alias: "sales" });
  const [asked] = call.takeRequests();
  assert.ok(
    asked?.type === "respond" && /connecting them now/.test(asked.request.instructions ?? ""),
  );
});

Deno.test("what is heard of another transfer does not count, and each may fail once", () => {
  const call = away();
  over(call, 7, "busy");
  over(call, 1, "no_answer");
  over(call, 1, "busy");
  call.input({ type: "transferProgress", number: 1, step: "ringing", target: 0 });
  assert.deepEqual(steps(call).slice(1), [[1, "failed", "no_answer"]]);
});

Deno.test("a call ends as the person hangs up, and tells for how long they talked", () => {
  const call = away();
  call.input({ type: "transferProgress", number: 1, step: "ringing", target: 0 });
  call.input({ type: "transferProgress", number: 1, step: "answered", target: 0 });
  call.input({ type: "transferProgress", number: 1, step: "connected", target: 0 });
  call.advance(600_000);
  assert.equal(call.end, undefined);
  call.input({
    type: "transferOver",
    number: 1,
    result: { kind: "talked", spokeMs: 599_000 },
  });
  assert.deepEqual(call.end, { reason: "transferred", detail: "sales" });
  assert.deepEqual(steps(call).slice(1), [
    [1, "ringing", 0],
    [1, "answered", 0],
    [1, "connected", 0],
    [1, "ended", 599_000],
  ]);
});

Deno.test("a caller who hangs up in the talk was transferred, one who hangs up before was not", () => {
  const talking = away();
  talking.input({ type: "transferProgress", number: 1, step: "connected", target: 0 });
  talking.advance(5000);
  talking.input({ type: "left", end: END });
  assert.deepEqual(talking.end, { reason: "transferred", detail: "sales" });
  assert.deepEqual(steps(talking).at(-1), [1, "ended", 5000]);
  const waiting = away();
  waiting.input({ type: "left", end: END });
  assert.deepEqual(waiting.end, END);
  assert.deepEqual(steps(waiting).at(-1), [1, "failed", "cancelled"]);
});

Deno.test("the agent comes back after the talk, by another connection, and its time begins where it stopped", () => {
  const call = new CallDriver({
    maxMs: 60_000,
    timeWarningMs: 0,
    transfers: { sales: { returns: true } },
  }).live();
  call.input({ type: "transferAsked", alias: "sales" });
  call.finish(call.begin("goodbye"));
  call.advance(100);
  call.input({ type: "transferProgress", number: 1, step: "connected", target: 0 });
  call.input({ type: "lost" });
  call.advance(14_000);
  assert.equal(call.all("closeModel").length, 0);
  call.advance(1000);
  assert.equal(call.all("closeModel").length, 1);
  call.advance(120_000);
  assert.equal(call.end, undefined);
  const opened = call.all("openModel").length;
  call.input({ type: "transferOver", number: 1, result: { kind: "talked" } });
  assert.equal(call.all("openModel").length, opened + 1);
  const history = JSON.stringify(call.all("openModel").at(-1)?.history);
  assert.match(history, /has hung up/);
  call.join();
  call.ready();
  call.finish(call.begin("reply"));
  call.advance(20_000);
  assert.equal(call.end, undefined);
  // A second one is counted on.
  call.input({ type: "transferAsked", alias: "sales" });
  assert.equal(call.events("transfer").at(-1)?.number, 2);
});

Deno.test("an operator ends a call whose caller is away at once", () => {
  const call = away();
  const end = { reason: "operator_hung_up" } as const;
  call.input({ type: "endAsked", end, goodbye: true });
  assert.deepEqual(call.end, end);
});

Deno.test("a call whose caller is away goes to another process at once, as it stands", () => {
  const call = away();
  call.input({ type: "handoverAsked", withinMs: 10_000 });
  assert.deepEqual(call.end, { reason: "handed_over" });
  assert.deepEqual(steps(call), [[1, "requested", "operator"]]);
});

Deno.test("a leg that comes without a word of the transfer is a caller whom nobody took", () => {
  const call = away();
  call.join();
  assert.deepEqual(steps(call).at(-1), [1, "failed", "unknown"]);
  call.finish(call.begin("reply"));
});

/** A caller, a person, and the agent as the third. */
function together(options: CallDriverOptions = {}): CallDriver {
  const call = new CallDriver({ transfers: { sales: { mode: "conference" } }, ...options }).live();
  call.input({ type: "transferAsked", alias: "sales" });
  call.finish(call.begin("goodbye"));
  call.advance(100);
  call.input({ type: "transferProgress", number: 1, step: "accepted", target: 0 });
  call.lose();
  call.input({ type: "transferProgress", number: 1, step: "connected", target: 0 });
  call.join();
  call.take();
  return call;
}

for (
  const [what, options, act] of [
    ["its time is up", { maxMs: 60_000 }, (call) => call.advance(90_000)],
    [
      "its model fails for good",
      {},
      (call) => call.input({ type: "modelLost", loss: { code: "quota", retry: "no" } }),
    ],
    ["it wants to hang up", {}, (call) => {
      call.input({ type: "endAsked", end: { reason: "agent_hung_up" } });
      call.advance(30_000);
    }],
  ] as readonly [string, CallDriverOptions, (call: CallDriver) => void][]
) {
  Deno.test(`an agent leaves caller and person alone where ${what}`, () => {
    const call = together(options);
    act(call);
    assert.deepEqual(call.take().filter(({ type }) => type === "leaveRoom"), [
      { type: "leaveRoom", number: 1 },
    ]);
    assert.equal(call.end, undefined);
    assert.equal(call.machine.isAway, true);
    call.lose();
    call.input({ type: "transferOver", number: 1, result: { kind: "talked", spokeMs: 90_000 } });
    assert.deepEqual(call.end, { reason: "transferred", detail: "sales" });
  });
}

Deno.test("a person who takes the call while the agent says goodbye is told that the caller is gone", () => {
  const call = new CallDriver({ transfers: { sales: { mode: "warm" } } }).live();
  call.input({ type: "transferAsked", alias: "sales" });
  call.finish(call.begin("goodbye"));
  call.advance(100);
  const end = { reason: "operator_hung_up" } as const;
  call.input({ type: "endAsked", end, goodbye: "Goodbye." });
  call.take();
  call.input({ type: "transferProgress", number: 1, step: "accepted", target: 0 });
  assert.deepEqual(call.take().filter(({ type }) => type === "cancelTransfer"), [
    { type: "cancelTransfer", number: 1 },
  ]);
  const last = call.events("transfer").at(-1);
  assert.ok(last?.step === "failed" && last.why === "cancelled");
  assert.equal(call.machine.isAway, false);
  call.advance(30_000);
  assert.deepEqual(call.end, end);
});
