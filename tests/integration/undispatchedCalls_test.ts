import assert from "node:assert/strict";
import { createApp } from "../../src/app.ts";
import { openStore } from "../../src/services/store/store.ts";
import { createLogger } from "../../src/utils/logger.ts";
import { Inbox } from "../support/inbox.ts";
import { ended, opened, said } from "../support/store/storedCalls.ts";

interface Told {
  readonly id: string | null;
  readonly type: string;
  readonly callId: string;
  readonly turns: number;
}

Deno.test("a call whose process died between its record and the webhook is dispatched by the next process, once", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/parley.db`;
  // What such a process leaves: the record of an ended call that was not dispatched.
  const left = await openStore({ kind: "sqlite", path }, { now: Date.now });
  const line = { id: "line", role: "caller", text: "Goodbye." } as const;
  await left.calls.write([opened({ id: "call_a" }), said("call_a", line), ended("call_a")]);
  await left.close();

  const inbox = new Inbox<Told>();
  const receiver = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { type, data } = await request.json();
      const id = request.headers.get("webhook-id");
      inbox.add({ id, type, callId: data.callId ?? data.id, turns: data.turns?.length });
      return new Response();
    },
  );
  const start = () =>
    createApp({
      DATABASE_URL: `sqlite:${path}`,
      WEBHOOK_URL: `http://127.0.0.1:${receiver.addr.port}/`,
      WEBHOOK_SECRET: `whsec_${new Uint8Array(32).toBase64()}`,
    }, { log: createLogger({ level: "error", format: "json", write() {}, now: Date.now }) });
  const first = await start();
  assert.equal((await inbox.find(({ callId }) => callId === "call_a")).turns, 1);
  await first.close();

  // Another call of the kind shows that the second process has polled, and found the first one dispatched.
  const again = await openStore({ kind: "sqlite", path }, { now: Date.now });
  await again.calls.write([opened({ id: "call_b" }), ended("call_b")]);
  await again.close();
  const second = await start();
  await inbox.find(({ callId }) => callId === "call_b");
  await second.close();
  assert.deepEqual(inbox.all.map(({ id, type, callId }) => [id, type, callId]), [
    ["evt_call_a_call_ended", "call.ended", "call_a"],
    ["evt_call_b_call_ended", "call.ended", "call_b"],
  ]);
  await receiver.shutdown();
  await Deno.remove(dir, { recursive: true });
});
