import assert from "node:assert/strict";
import { startTcpProxy } from "../support/faults/tcpProxy.ts";
import { Inbox } from "../support/inbox.ts";
import { heardSaying, parrot, type PhoneRig, startPhoneRig } from "../support/servers/phoneRig.ts";
import type { Talk } from "../support/servers/phoneRig.ts";
import { greeted } from "../support/servers/rigSteps.ts";
import { watchDisk } from "../support/store/fullDisk.ts";
import { startPostgres } from "../support/store/postgres.ts";
import { get, initiate, temporaryDatabase } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

interface Outage {
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

Deno.test("calls go on while the disk is full, and nothing of them is missing afterwards", async () => {
  await using place = await temporaryDatabase();
  using disk = watchDisk();
  await outlive(place.url, { begin: disk.fill, end: disk.free });
});

test("calls go on while Postgres is gone, and nothing of them is missing afterwards", (proxy) => ({
  async begin() {
    await proxy.refuse();
    proxy.cutAll();
  },
  end: () => proxy.accept(),
}));

test("calls go on while Postgres accepts and says nothing, and nothing of them is missing afterwards", (proxy) => ({
  begin: () => proxy.set({ stalled: true }),
  end: () => proxy.set({}),
}));

type Proxy = Awaited<ReturnType<typeof startTcpProxy>>;

function test(name: string, outage: (proxy: Proxy) => Outage): void {
  Deno.test({
    name,
    ignore: postgres === undefined,
    async fn() {
      const database = await postgres?.createDatabase();
      assert.ok(database);
      {
        await using proxy = await startTcpProxy({ port: Number(new URL(database.url).port) });
        await outlive(proxy.through(database.url), outage(proxy));
      }
      await database.drop();
    },
  });
}

interface Told {
  readonly type: string;
  readonly callId: string;
  readonly turns: readonly { readonly role: string; readonly text: string }[];
  readonly usd: number;
}

async function outlive(DATABASE_URL: string, outage: Outage): Promise<void> {
  const told = new Inbox<Told>();
  const receiver = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { type, data: { id, callId = id, turns = [], cost } } = await request.json();
      told.add({ type, callId, turns, usd: cost?.usd ?? 0 });
      return new Response();
    },
  );
  {
    await using rig = await startPhoneRig({
      agent: "greeting: Good day.\ntools: [end_call, get_current_time]",
      env: {
        DATABASE_URL,
        WEBHOOK_URL: `http://127.0.0.1:${receiver.addr.port}/`,
        WEBHOOK_SECRET: `whsec_${new Uint8Array(32).toBase64()}`,
      },
      model: { script: usesTools },
    });
    const throughout = await greeted(rig);
    const endsWithin = await greeted(rig);
    const placed = await initiate(rig.server, { to: "+14155550123" }, { requestKey: "one" });
    assert.equal(placed.status, 200, await placed.text());
    await hangUp(await rig.server.network.nextCall());

    await outage.begin();
    await useTool(rig, throughout);
    await hangUp(endsWithin.phone);
    const whole = await greeted(rig);
    await useTool(rig, whole);
    await whole.phone.sendDigits("2#");
    assert.equal((await whole.phone.ended).status, "completed");
    const beginsWithin = await greeted(rig);
    const refused = await initiate(rig.server, { to: "+14155550123" }, { requestKey: "two" });
    assert.equal(refused.status, 503);
    assert.equal((await refused.json()).code, "store_unavailable");
    const web = await rig.server.post("/api/web/session");
    assert.equal(web.status, 200, await web.text());
    const { checks } = await until(() => health(rig), ({ status }) => status === "degraded");
    assert.match(checks.store.detail, /^\d+ writes wait$/);
    assert.match(await metrics(rig), /^parley_store_up 0$/m);

    await outage.end();
    await until(() => health(rig), ({ status }) => status === "ok");
    assert.match(await metrics(rig), /^parley_store_up 1$/m);
    assert.match(await metrics(rig), /^parley_store_dropped 0$/m);
    await useTool(rig, beginsWithin);
    await hangUp(throughout.phone);
    await hangUp(beginsWithin.phone);
    const noon = ["Good day.", "It is noon."];
    const calls = [
      [throughout, noon, "caller_hung_up"],
      [endsWithin, ["Good day."], "caller_hung_up"],
      [whole, [...noon, "Bye."], "agent_hung_up"],
      [beginsWithin, noon, "caller_hung_up"],
    ] as const;
    for (const [{ callId, phone }, said, reason] of calls) {
      for (const type of ["call.started", "call.answered"]) await toldOf(told, type, callId);
      const { turns, usd } = await toldOf(told, "call.ended", callId);
      assert.deepEqual(turns.filter(({ role }) => role === "agent").map(({ text }) => text), said);
      const record = await get(rig.server, `/api/calls/${callId}`);
      assert.equal(record.end.reason, reason);
      const used = record.tools.map(({ name }: { readonly name: string }) => name);
      assert.deepEqual(used, ["get_current_time", "end_call"].slice(0, said.length - 1));
      assert.ok(usd > 0 && record.cost.usd === usd);
      assert.deepEqual(phone.errors, []);
    }
    // What was asked for before is not placed twice, and what was refused can be asked for again.
    const again = await initiate(rig.server, { to: "+14155550123" }, { requestKey: "one" });
    assert.equal(again.status, 200, await again.text());
    const anew = await initiate(rig.server, { to: "+14155550123" }, { requestKey: "two" });
    assert.equal(anew.status, 200, await anew.text());
    await hangUp(await rig.server.network.nextCall());
    assert.equal(rig.server.network.calls.filter(({ to }) => to === "+14155550123").length, 2);
  }
  await receiver.shutdown();
}

async function useTool(rig: PhoneRig, { phone, callId }: Talk): Promise<void> {
  await phone.sendDigits("1#");
  await heardSaying(rig, callId, /^It is noon\.$/);
}

function toldOf(told: Inbox<Told>, type: string, callId: string): Promise<Told> {
  return told.find((one) => one.type === type && one.callId === callId);
}

const usesTools: typeof parrot = (turn) => {
  const { cause } = turn;
  if (cause.type === "toolOutputs") return { say: "It is noon." };
  if (cause.type !== "text") return parrot(turn);
  return cause.text.includes("1")
    ? { tools: [{ name: "get_current_time", arguments: "{}" }] }
    : { say: "Bye.", tools: [{ name: "end_call", arguments: "{}" }] };
};

async function health({ server }: PhoneRig) {
  return await (await server.request("/health")).json();
}

async function metrics({ server }: PhoneRig): Promise<string> {
  const headers = { "X-API-Key": "a-secret-of-sixteen-or-more" };
  return await (await server.request("/metrics", { headers })).text();
}
