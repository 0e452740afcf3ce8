import assert from "node:assert/strict";
import { ClientToolCalls } from "../../../../src/services/tools.ts";

Deno.test("a client that is away is waited for, but not once its call has ended", async () => {
  const calls = new ClientToolCalls();
  const end = Promise.withResolvers<void>();
  const client = { names: new Set(["show"]), send: () => {} };
  const run = (signal: AbortSignal) => calls.run("call_1", "show", {}, signal);
  calls.attach({ id: "call_1", ended: end.promise }, client)();

  const away = new AbortController();
  const waiting = run(away.signal);
  away.abort(new Error("waited"));
  await assert.rejects(waiting, /waited/);

  end.resolve();
  await end.promise;
  await assert.rejects(run(AbortSignal.timeout(1000)), { code: "not_offered" });
});

Deno.test("a client that comes when its call has ended leaves nothing behind", async () => {
  const calls = new ClientToolCalls();
  const client = { names: new Set(["show"]), send: () => {} };
  const leave = calls.attach({ id: "call_1", ended: Promise.resolve() }, client);
  await Promise.resolve();
  leave();
  await assert.rejects(calls.run("call_1", "show", {}, AbortSignal.timeout(1000)), {
    code: "not_offered",
  });
});
