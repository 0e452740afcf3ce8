import assert from "node:assert/strict";
import { contract } from "../../support/openai/modelContract.ts";

const FATAL = [
  ["session_expired", "now"],
  ["insufficient_quota", "no"],
  ["invalid_api_key", "no"],
  ["account_deactivated", "no"],
  ["billing_hard_limit_reached", "no"],
] as const;

for (const [code, retry] of FATAL) {
  contract(`is lost, retry ${retry}, on the error ${code}`, async (stage) => {
    const { session, sink } = await stage.live();
    session.say({ type: "error", error: { code, message: "" } });
    assert.deepEqual(await sink.loss(), { code, retry });
    await session.closed;
  });
}

contract("case 75: is lost by the type of an error that has no code", async (stage) => {
  const { session, sink } = await stage.live();
  const message = "This server has no room.";
  session.say({ type: "error", error: { type: "session_limit_reached", message } });
  assert.deepEqual(await sink.loss(), { code: "session_limit_reached", retry: "backoff" });
});

contract("is lost for good when a response fails for an exhausted quota", async (stage) => {
  const { session, sink } = await stage.live();
  const status_details = { type: "failed", error: { code: "insufficient_quota" } };
  session.say({ type: "response.done", response: { id: "r", status: "failed", status_details } });
  assert.deepEqual(await sink.loss(), { code: "insufficient_quota", retry: "no" });
  const { reason, fatal } = await sink.first("responseDone");
  assert.deepEqual({ reason, fatal }, { reason: "insufficient_quota", fatal: true });
});

// The end

const CLOSURES = [
  [1001, "Your session hit the maximum duration of 60 minutes.", "session_expired", "now"],
  [1011, "", "connection_lost", "now"],
  [1008, "", "policy_violation", "no"],
  [1013, "", "server_restart", "backoff"],
  [1008, "Rate limit reached for requests", "rate_limited", "backoff"],
  [3000, "invalid_request_error.invalid_api_key", "invalid_api_key", "no"],
  [3000, "invalid_request_error.other", "invalid_request", "no"],
] as const;

for (const [code, reason, lossCode, retry] of CLOSURES) {
  contract(`is lost as ${lossCode} when closed with ${code} "${reason}"`, async (stage) => {
    const { session, sink } = await stage.live();
    session.close(code, reason);
    assert.deepEqual(await sink.loss(), { code: lossCode, retry });
    assert.equal(sink.inputs.all.filter(({ type }) => type === "modelLost").length, 1);
  });
}

contract("case 72: a wait that the server asks for is told, and bounded", async (stage) => {
  const hints = [
    ["Rate limit reached. Please try again in 1.5s.", 1500],
    ["Please try again in 250ms.", 250],
    ["Please try again in 20 s.", 20_000],
    ["Please try again in 1000000000s.", undefined],
    ["Please try again in 999999999s.", 60_000],
    ["Please try again in 1e9s.", undefined],
    [`Please try again in ${"9".repeat(100_000)}`, undefined],
    ["Please try again in -5s.", undefined],
  ] as const;
  for (const [message, retryAfterMs] of hints) {
    const { session, sink } = await stage.live();
    session.say({ type: "error", error: { code: "session_limit_reached", message } });
    assert.deepEqual(await sink.loss(), {
      code: "session_limit_reached",
      retry: "backoff",
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    }, message);
  }
});
