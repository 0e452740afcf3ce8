import assert from "node:assert/strict";
import { readJournal } from "../../../src/services/calls.ts";
import { endMeaningOf, refusalKindOf } from "../../../src/services/openai/errorMeaning.ts";

Deno.test("refusalKindOf() says what a code means to a call", () => {
  assert.equal(refusalKindOf("conversation_already_has_active_response"), "busy");
  assert.equal(refusalKindOf("unsupported_content_type"), "unsupported");
  assert.equal(refusalKindOf("response_cancel_not_active"), "over");
  assert.equal(refusalKindOf("invalid_request_error", 1900), "tooShort");
  for (const code of ["item_truncate_invalid_item_id", "server_error", "unknown", ""]) {
    assert.equal(refusalKindOf(code), "other", code);
  }
});

Deno.test("endMeaningOf() takes faults of the account for fatal, and no others", () => {
  const fatal = ["insufficient_quota", "invalid_api_key", "account_deactivated"];
  for (const reason of [...fatal, "billing_hard_limit_reached"]) {
    assert.deepEqual(endMeaningOf({ status: "failed", reason }), { fatal: true }, reason);
    assert.deepEqual(endMeaningOf({ status: "incomplete", reason }), { fatal: true }, reason);
    assert.deepEqual(endMeaningOf({ status: "completed", reason }), {}, reason);
  }
  for (
    const reason of ["server_error", "rate_limit_exceeded", "session_expired", "content_filter"]
  ) {
    assert.deepEqual(endMeaningOf({ status: "failed", reason }), {}, reason);
  }
  assert.deepEqual(endMeaningOf({ status: "cancelled", reason: "turn_detected" }), {
    callerSpoke: true,
  });
  assert.deepEqual(endMeaningOf({ status: "cancelled" }), {});
});

Deno.test("readJournal() adds to an older journal what its codes mean", () => {
  const request = { type: "respond", request: { purpose: "say" } };
  const done = { type: "responseDone", responseId: "r", toolCalls: [] };
  const inputs = [
    { type: "requestRefused", request, code: "conversation_already_has_active_response" },
    {
      type: "requestRefused",
      request,
      kind: "other",
      code: "conversation_already_has_active_response",
    },
    { ...done, status: "cancelled", reason: "turn_detected" },
    { ...done, status: "failed", reason: "insufficient_quota" },
    { ...done, status: "completed" },
  ];
  const lines = [{ version: 1, at: 0, policy: {} }, ...inputs.map((input) => ({ at: 1, input }))];
  const entries = readJournal(lines.map((line) => JSON.stringify(line)).join("\n"));
  assert.deepEqual(entries.slice(1).map((entry) => "input" in entry && entry.input), [
    { ...inputs[0], kind: "busy" },
    inputs[1],
    { ...inputs[2], callerSpoke: true },
    { ...inputs[3], fatal: true },
    inputs[4],
  ]);
});
