import assert from "node:assert/strict";
import { get, initiate } from "../support/twilio/dialling.ts";
import { Inbox } from "../support/inbox.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

Deno.test("case 150: a call that cannot be told of holds up no other, and an incident names it", async () => {
  const dir = await Deno.makeTempDir();
  const told = new Inbox<string>();
  const receiver = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { type, data } = await request.json();
      if (type === "call.ended") told.add(data.id);
      return new Response();
    },
  );
  {
    await using server = await startPhoneServer({
      env: {
        API_KEYS: `ops:${apiKey};scopes=admin`,
        JOURNAL_DIR: dir,
        OUTBOUND_CONCURRENT: "1",
        WEBHOOK_URL: `http://127.0.0.1:${receiver.addr.port}/`,
        WEBHOOK_SECRET: `whsec_${new Uint8Array(32).toBase64()}`,
      },
    });
    const phone = server.network.call({ from: "+12025550123" });
    await phone.next("media");
    const stuck = server.app.registry.byCallSid(phone.sid)?.id ?? "";
    const headers = { "X-API-Key": apiKey };
    const asked = await server.request("/api/callers/%2B12025550123", {
      method: "DELETE",
      headers,
    });
    assert.equal((await asked.json()).pending, 1);
    // Its journal cannot be removed: there is a folder in its place, and something in it.
    const journal = `${dir}/${stuck}.jsonl`;
    await until(() => Deno.stat(journal).catch(() => undefined), (found) => found !== undefined);
    await Deno.remove(journal);
    await Deno.mkdir(`${journal}/held`, { recursive: true });
    await hangUp(phone);

    const incidents = async () =>
      (await (await server.request("/health")).json()).incidents as {
        readonly code: string;
        readonly subject?: string;
      }[];
    // The only line is free again after each call, and each of them is dispatched.
    for (let calls = 1; calls <= 3; calls++) {
      const answer = await until(
        async () => await initiate(server),
        ({ ok, body }) => ok || (body?.cancel(), false),
      );
      const { callId } = await answer.json();
      const call = await server.network.nextCall();
      await call.next("media");
      await hangUp(call);
      await told.find((id) => id === callId);
    }
    const found = await until(
      incidents,
      (all) => all.some(({ code }) => code === "call_not_told"),
    );
    assert.equal(found.find(({ code }) => code === "call_not_told")?.subject, stuck);

    await Deno.remove(journal, { recursive: true });
    await until(() => get(server, `/api/calls/${stuck}`), ({ code }) => code === "unknown_call");
    await until(incidents, (all) => all.every(({ code }) => code !== "call_not_told"));
    assert.equal(told.all.includes(stuck), false);
  }
  await receiver.shutdown();
  await Deno.remove(dir, { recursive: true });
});
