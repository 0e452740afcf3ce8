import assert from "node:assert/strict";
import { readSettings, SettingsError } from "../../src/config/env.ts";

const CALL_URL = "https://app.example.com/calls";
const WEBHOOK_SECRET = `whsec_${btoa("0123456789abcdef01234567")}`;

Deno.test("CALL_URL is asked about inbound calls for a second and a half, unless set otherwise", () => {
  const { callUrl } = readSettings({ CALL_URL, WEBHOOK_SECRET });
  assert.deepEqual(
    [callUrl?.url, callUrl?.timeoutMs, callUrl?.directions, callUrl?.secrets.length],
    [
      CALL_URL,
      1500,
      ["inbound"],
      1,
    ],
  );
  const more = readSettings({
    CALL_URL,
    WEBHOOK_SECRET,
    CALL_TIMEOUT_MS: "300",
    CALL_URL_DIRECTIONS: "web, inbound",
  });
  assert.deepEqual(more.callUrl?.directions, ["inbound", "web"]);
  assert.equal(more.callUrl?.timeoutMs, 300);
  assert.equal(readSettings({}).callUrl, undefined);
});

Deno.test("a CALL_URL that cannot be used is a problem, and so is one that nothing is signed for", () => {
  for (
    const [environment, problem] of [
      [{ CALL_URL }, /^WEBHOOK_SECRET is missing, and CALL_URL is set/m],
      [{ CALL_URL: "http://app.example.com/", WEBHOOK_SECRET }, /^CALL_URL must begin with https/m],
      [{ CALL_URL: "https://me:pw@app.example.com/", WEBHOOK_SECRET }, /^CALL_URL must not hold/m],
      [{ CALL_URL, WEBHOOK_SECRET, CALL_TIMEOUT_MS: "99" }, /^CALL_TIMEOUT_MS is "99"/m],
      [{ CALL_URL, WEBHOOK_SECRET, CALL_URL_DIRECTIONS: "in" }, /^CALL_URL_DIRECTIONS must be/m],
    ] as const
  ) {
    assert.throws(() => readSettings(environment), (error: unknown) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.problems.join("\n"), problem);
      return true;
    });
  }
});
