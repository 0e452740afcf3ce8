import assert from "node:assert/strict";
import { setTimer } from "../../src/utils/clock.ts";

Deno.test("case 62: setTimer() does not take a delay of years for none", async () => {
  let woken = 0;
  const cancels = [2 ** 31, 1e12, Number.MAX_VALUE, Infinity].map((delayMs) =>
    setTimer(() => woken++, delayMs)
  );
  await new Promise<void>((resolve) => void setTimer(resolve, 20));
  for (const cancel of cancels) cancel();
  assert.equal(woken, 0);
});
