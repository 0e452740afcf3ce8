import assert from "node:assert/strict";
import type { TransferStep } from "../../../src/call/transfer.ts";
import { PersonTalks } from "../../../src/services/records/personTalks.ts";

const ref = { type: "transfer", number: 1, alias: "sales", mode: "warm" } as const;

/** Tells the steps of a transfer, each at its second. */
function follow(steps: readonly (readonly [second: number, step: TransferStep])[]): PersonTalks {
  const talks = new PersonTalks();
  for (const [second, step] of steps) talks.follow({ ...ref, ...step }, "desk", second * 1_000);
  return talks;
}

Deno.test("who is asked costs from picking up on, and the talk counts from when the two hear each other", () => {
  const talks = follow([
    [0, { step: "requested", by: "agent" }],
    [5, { step: "answered", target: 0 }],
    [15, { step: "ringing", target: 1 }],
    [20, { step: "answered", target: 1 }],
    [40, { step: "accepted", target: 1 }],
    [41, { step: "connected", target: 1 }],
    [101, { step: "ended", spokeMs: 60_000 }],
  ]);
  assert.equal(talks.ms, 60_000);
  assert.deepEqual(talks.legs(() => "+14155550199"), [
    { ms: 10_000, number: "+14155550199" },
    { ms: 21_000 + 60_000, number: "+14155550199" },
  ]);
});

Deno.test("who declines costs what it took", () => {
  const talks = follow([
    [5, { step: "answered", target: 0 }],
    [17, { step: "failed", why: "declined" }],
  ]);
  assert.deepEqual([talks.ms, talks.legs()], [0, [{ ms: 12_000 }]]);
});

Deno.test("of people who are asked at once each costs, until somebody takes the call", () => {
  const talks = follow([
    [0, { step: "requested", by: "agent", atOnce: true }],
    [5, { step: "answered", target: 0 }],
    [6, { step: "ringing", target: 1 }],
    [8, { step: "answered", target: 1 }],
    [10, { step: "answered", target: 2 }],
    [20, { step: "accepted", target: 1 }],
    [22, { step: "connected", target: 1 }],
    [82, { step: "ended", spokeMs: 60_000 }],
  ]);
  assert.equal(talks.askedMs, 15_000 + 14_000 + 10_000);
  assert.deepEqual(talks.legs((_agent, _alias, target) => `+1415555019${target}`), [
    { ms: 15_000, number: "+14155550190" },
    { ms: 10_000, number: "+14155550192" },
    { ms: 74_000, number: "+14155550191" },
  ]);
});

Deno.test("of a list in turn, a machine costs until the next one rings", () => {
  const talks = new PersonTalks();
  const steps: readonly (readonly [second: number, step: TransferStep])[] = [
    [0, { step: "requested", by: "agent" }],
    [5, { step: "answered", target: 0 }],
    [9, { step: "ringing", target: 1 }],
    [69, { step: "failed", why: "no_answer" }],
  ];
  for (const [second, step] of steps) {
    talks.follow({ ...ref, mode: "cold", ...step }, "desk", second * 1_000);
  }
  assert.equal(talks.askedMs, 4_000);
});
