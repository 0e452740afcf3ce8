import assert from "node:assert/strict";
import {
  advance,
  type CallProgress,
  type CallStatus,
  isFinal,
  readStatus,
} from "../../../src/services/twilioOutbound/callStatus.ts";

const follow = (...reports: CallStatus[]) =>
  reports.reduce<CallProgress>((progress, status) => advance(progress, { status }), {
    status: "queued",
  }).status;

Deno.test("case 56: callbacks out of order and repeated never move a call backwards", () => {
  assert.equal(follow("ringing", "initiated"), "ringing");
  assert.equal(follow("in-progress", "ringing", "in-progress", "initiated"), "in-progress");
  assert.equal(follow("completed", "in-progress", "ringing"), "completed");
  assert.equal(follow("busy", "completed"), "busy");
  assert.equal(follow("canceled"), "canceled");
});

Deno.test("advance() keeps the fields of a final report", () => {
  const report = { status: "completed", durationSeconds: 12, sipCode: "200" } as const;
  assert.deepEqual(advance({ status: "ringing" }, report), report);
});

Deno.test("readStatus() knows Twilio's words and no others", () => {
  assert.equal(readStatus("no-answer"), "no-answer");
  for (const unknown of ["", "COMPLETED", "constructor", null, undefined]) {
    assert.equal(readStatus(unknown), undefined);
  }
  assert.equal(isFinal("in-progress"), false);
});
