import assert from "node:assert/strict";
import { endReasons } from "../../src/call/types.ts";
import { describeEnd, describeOutcome } from "../../src/web/callTexts.ts";
import { formatDay, formatDollars } from "../../src/web/formats.ts";
import { readPageLocation } from "../../src/web/pageLocation.ts";

Deno.test("describeEnd() has words for every reason there is", () => {
  for (const reason of endReasons) {
    assert.notEqual(describeEnd({ reason }), "Ended", reason);
  }
});

Deno.test("describeEnd() adds a detail that it has no words for", () => {
  const end = { reason: "leg_failed", detail: "stream_never_came" };
  assert.equal(describeEnd(end), "The caller's line broke off (stream never came)");
  assert.equal(describeEnd({ reason: "not_answered", detail: "busy" }), "The line was busy");
  assert.equal(
    describeEnd({ reason: "outside_hours", detail: "closed", transferTo: "desk" }),
    "Outside the opening hours (closed); a transfer to desk followed",
  );
});

Deno.test("who is called is no caller", () => {
  const end = { reason: "caller_hung_up", detail: "completed" };
  const of = (answeredBy: string | null) => describeEnd(end, { direction: "outbound", answeredBy });
  assert.equal(of("human"), "The person hung up");
  assert.equal(of("machine"), "The answering machine hung up");
  assert.equal(of(null), "The other end hung up");
  assert.equal(describeEnd(end, { direction: "inbound", answeredBy: null }), "The caller hung up");
  assert.equal(
    describeOutcome({ end, outcome: "answered", direction: "outbound", answeredBy: null }),
    "The call was answered. The other end hung up.",
  );
});

Deno.test("describeOutcome() says who answered, and says it once", () => {
  const hungUp = { reason: "caller_hung_up" };
  assert.equal(
    describeOutcome({ end: hungUp, outcome: "human" }),
    "A person answered. The caller hung up.",
  );
  assert.equal(
    describeOutcome({ end: hungUp, outcome: "answered" }),
    "The call was answered. The caller hung up.",
  );
  const voicemail = { reason: "voicemail" };
  assert.equal(
    describeOutcome({ end: voicemail, outcome: "voicemail" }),
    "The agent left a message on an answering machine.",
  );
  assert.equal(
    describeOutcome({ end: voicemail, outcome: "machine" }),
    "An answering machine answered, and no message was left.",
  );
  assert.equal(
    describeOutcome({ end: voicemail, outcome: null }),
    "An answering machine answered.",
  );
  assert.equal(
    describeOutcome({ end: { ...voicemail, detail: "voicemail_cut" }, outcome: "voicemail" }),
    "The agent left a message on an answering machine. The call ended before its message was heard whole.",
  );
  const declined = { reason: "not_answered", detail: "declined" };
  assert.equal(
    describeOutcome({ end: declined, outcome: "screened" }),
    "A call screener asked who was calling, and nobody took the call. " +
      "The person behind the call screener did not want the call.",
  );
  const unknown = { reason: "not_answered", detail: "outcome_unknown" };
  assert.equal(
    describeOutcome({ end: unknown, outcome: "unknown" }),
    "What became of the call is not known.",
  );
});

Deno.test("formatDollars() never shows a price that is not known, nor a small one as nothing", () => {
  const shown = [null, 0, 0.0004, 0.0412, 12.345].map(formatDollars);
  assert.deepEqual(shown, ["—", "$0", "<$0.001", "$0.041", "$12.35"]);
});

Deno.test("formatDay() names days as people do", () => {
  const now = new Date(2027, 0, 2, 0, 30);
  const day = (...date: [number, number, number, number]) =>
    formatDay(new Date(...date).toISOString(), now);
  assert.equal(day(2027, 0, 2, 0), "Today");
  assert.equal(day(2027, 0, 1, 23), "Yesterday");
  assert.equal(day(2026, 11, 31, 12), "Thursday, December 31, 2026");
});

Deno.test("readPageLocation() is the talk view where the URL names no view", () => {
  const placeOf = (hash: string) => {
    const { view, id } = readPageLocation(hash);
    return `${view} ${id}`.trim();
  };
  assert.equal(placeOf("#calls"), "calls");
  assert.equal(placeOf("#calls/call_01a"), "call call_01a");
  assert.equal(placeOf("#records/call_01a"), "record call_01a");
  assert.equal(placeOf("#records?direction=web"), "records");
  assert.equal(readPageLocation("#records?direction=web").filter.get("direction"), "web");
  for (const hash of ["", "#", "#nowhere", "#records/../keys", "#calls/call_<b>"]) {
    assert.equal(placeOf(hash), "talk", hash);
  }
});
