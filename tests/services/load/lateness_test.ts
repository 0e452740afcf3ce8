import assert from "node:assert/strict";
import { Lateness } from "../../../src/services/load/lateness.ts";

const limits = { lateMs: 100, windowMs: 1000, beginsAt: 0.2, endsBelow: 0.05, graceMs: 0 };

Deno.test("one short stall is no overload, and many are", () => {
  const lateness = new Lateness(0, limits);
  lateness.observe(250, 1000);
  assert.equal(lateness.overloaded, false);
  lateness.observe(160, 1300);
  assert.equal(lateness.overloaded, true);
  assert.equal(lateness.longestMs, 250);
});

Deno.test("however often it waits for less than callers notice, that is no overload", () => {
  const lateness = new Lateness(0, limits);
  for (let at = 0; at < 5000; at += 100) lateness.observe(99, at);
  assert.equal(lateness.overloaded, false);
});

Deno.test("overload ends once the loop has kept up for a while, and not at the first good moment", () => {
  const lateness = new Lateness(0, limits);
  lateness.observe(500, 1000);
  assert.equal(lateness.overloaded, true);
  for (let at = 1100; at < 2000; at += 100) {
    lateness.observe(0, at);
    assert.equal(lateness.overloaded, true, `still at ${at}`);
  }
  lateness.observe(0, 2000);
  assert.equal(lateness.overloaded, false);
});

Deno.test("what lies between the two limits changes nothing", () => {
  const lateness = new Lateness(0, limits);
  lateness.observe(200, 1000);
  assert.equal(lateness.overloaded, false);
  lateness.observe(250, 1500);
  assert.equal(lateness.overloaded, true);
  lateness.observe(200, 2500);
  assert.equal(lateness.overloaded, true);
});

Deno.test("the start is slow on every machine", () => {
  const lateness = new Lateness(0, { ...limits, graceMs: 5000 });
  lateness.observe(2000, 2500);
  assert.equal(lateness.overloaded, false);
  lateness.observe(2000, 5500);
  assert.equal(lateness.overloaded, true);
});
