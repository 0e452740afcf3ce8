import assert from "node:assert/strict";
import { createStreamSlots } from "../../../src/routes/middleware/streamSlots.ts";
import { HttpProblem } from "../../../src/routes/middleware/httpProblem.ts";

Deno.test("a stream of a key that is over is refused for what ended the key", () => {
  const slots = createStreamSlots({
    revocation: { onRevoked() {}, isOver: () => true },
    wallClock: () => 1000,
    setTimer: () => () => {},
  });
  for (
    const [caller, code] of [
      [{ keyName: "app", expiresAt: 1000 }, "key_expired"],
      [{ keyName: "app", expiresAt: 1001 }, "key_revoked"],
      [{ keyName: "app" }, "key_revoked"],
    ] as const
  ) {
    assert.throws(
      () => slots.open(caller),
      (error) => error instanceof HttpProblem && error.code === code,
    );
  }
});
