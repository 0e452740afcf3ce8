import assert from "node:assert/strict";
import type { AppOverrides } from "../../src/app.ts";
import { openStore } from "../../src/services/store.ts";
import { concurrently } from "../support/servers/concurrently.ts";
import {
  instructionsOf,
  type PhoneRig,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { agentsOf, get, temporaryDatabase } from "../support/twilio/dialling.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { until } from "../support/until.ts";

const own = "+14155550100";
const other = "+14155550101";

/** Agents by their front matter. */
function withAgents(agents: Readonly<Record<string, string>>): AppOverrides {
  return {
    agentFiles: agentsOf(
      Object.fromEntries(
        Object.entries(agents).map(([name, fields]) => [
          name,
          `---\ntitle: ${name}\n${fields}\n---\nHelp as ${name}.`,
        ]),
      ),
    ),
  };
}

/** An agent that is never open. */
const closed = (outside: string, more = "") => `hours: { open: {}, outside: ${outside} }\n${more}`;

// deno-lint-ignore no-explicit-any -- tests read what they expect
type Seen = any;

/** The only call, once it has ended. */
async function onlyRecord({ server }: PhoneRig): Promise<Seen> {
  const { calls }: Seen = await until(
    () => get(server, "/api/calls") as Promise<Seen>,
    ({ calls }) => calls.length === 1 && calls[0].status === "ended",
  );
  return calls[0];
}

Deno.test("a called number has its own agent, any other the default one", async () => {
  await using rig = await startPhoneRig({
    overrides: withAgents({ receptionist: "", shop: `numbers: ["${other}"]` }),
  });
  for (const [to, agent] of [[other, "shop"], [own, "receptionist"]] as const) {
    const phone = rig.server.network.call({ to });
    const model = await rig.realtime.nextSession();
    assert.match(await instructionsOf(model), new RegExp(`Help as ${agent}\\.`));
    phone.hangUp();
    await phone.settled;
  }
});

Deno.test("outside its hours an agent's callers get what its file says", (t) =>
  concurrently(t, {
    async "another agent"() {
      await using rig = await startPhoneRig({
        overrides: withAgents({
          receptionist: closed("{ agent: night }"),
          night: closed("{ agent: receptionist }"),
        }),
      });
      const phone = rig.server.network.call();
      const model = await rig.realtime.nextSession();
      assert.match(await instructionsOf(model), /Help as night\./);
      await phone.next("streamStarted");
      const test = await rig.server.post("/api/routing/test", { to: own });
      assert.deepEqual(await test.json(), {
        agent: "night",
        because: "default",
        closed: ["receptionist"],
        outside: null,
        refused: false,
        callUrl: null,
      });
    },
    async "a message"() {
      await using rig = await startPhoneRig({
        overrides: withAgents({
          receptionist: closed("{ message: Wir haben zu. }", "language: de"),
        }),
      });
      const phone = rig.server.network.call();
      const said = await phone.next("said");
      assert.deepEqual([said.text, said.language], ["Wir haben zu.", "de-DE"]);
      assert.equal((await phone.ended).reason, "<Hangup>");
      const { end, agent, answeredAt } = await onlyRecord(rig);
      assert.deepEqual([end, agent], [
        { reason: "outside_hours", detail: "message" },
        "receptionist",
      ]);
      assert.notEqual(answeredAt, null);
      assert.equal(rig.realtime.stats.connections, 0, "no model is paid for");
    },
    async "a message of the language, where none is set"() {
      await using rig = await startPhoneRig({
        overrides: withAgents({ receptionist: "language: fr\nhours: { open: {} }" }),
      });
      assert.match((await rig.server.network.call().next("said")).text, /actuellement fermés/);
    },
    async "voicemail, which is kept once, listed and announced"() {
      const announced = Promise.withResolvers<Seen>();
      const receiver = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        async (request) => {
          const message = await request.json();
          if (message.type === "message.taken") announced.resolve(message.data);
          return new Response(null, { status: 204 });
        },
      );
      {
        await using rig = await startPhoneRig({
          env: {
            WEBHOOK_URL: `http://127.0.0.1:${receiver.addr.port}/`,
            WEBHOOK_SECRET: `whsec_${new Uint8Array(32).fill(7).toBase64()}`,
          },
          overrides: withAgents({ receptionist: closed("{ voicemail: Please speak. }") }),
        });
        const { server } = rig;
        const phone = server.network.call({ from: "+12025550123" });
        assert.equal((await phone.next("said")).text, "Please speak.");
        const spoken = phone.speak(voiceOf(1500));
        await spoken;
        await phone.sendDigits("#");
        assert.equal((await phone.next("recorded")).seconds, 2);
        assert.match((await phone.next("said")).text, /Thank you for your message/);
        await phone.settled;
        assert.deepEqual(phone.errors, []);
        const { messages }: Seen = await get(server, "/api/messages");
        assert.equal(messages.length, 1, "both requests of Twilio are of one message");
        const [{ id, callId, recording, ...message }] = messages;
        assert.deepEqual({ ...message, at: "" }, {
          agent: "receptionist",
          from: "+12025550123",
          at: "",
          kind: "voicemail",
          text: null,
          doneAt: null,
        });
        assert.equal(recording.durationMs, 2000);
        assert.match(recording.url, /Recordings\/RE/);
        const record = await onlyRecord(rig);
        assert.deepEqual([record.id, record.end.detail], [callId, "voicemail"]);
        assert.deepEqual(await announced.promise, messages[0]);
        const patch = (done: boolean) =>
          server.request(`/api/messages/${id}`, {
            method: "PATCH",
            headers: {
              "X-API-Key": apiKey,
              "Content-Type": "application/json",
            },
            body: JSON.stringify({ done }),
          });
        assert.notEqual((await (await patch(true)).json()).doneAt, null);
        assert.equal((await get(server, "/api/messages?done=false")).messages.length, 0);
        assert.equal((await (await patch(false)).json()).doneAt, null);
        const erased = await server.request(`/api/calls/${callId}`, {
          method: "DELETE",
          headers: { "X-API-Key": apiKey },
        });
        await erased.body?.cancel();
        assert.equal((await get(server, "/api/messages")).messages.length, 0);
      }
      await receiver.shutdown();
    },
    async "voicemail of a caller who hangs up while speaking"() {
      await using rig = await startPhoneRig({
        overrides: withAgents({ receptionist: closed("{ voicemail: Please speak. }") }),
      });
      const phone = rig.server.network.call();
      await phone.next("said");
      await phone.speak(voiceOf(1500));
      phone.hangUp();
      await phone.settled;
      assert.equal((await get(rig.server, "/api/messages")).messages.length, 1);
    },
    async "a message in the place of voicemail, for a number that has left twenty in a day"() {
      await using database = await temporaryDatabase();
      const store = await openStore({ kind: "sqlite", path: `${database.folder}/parley.db` }, {
        now: Date.now,
      });
      for (let left = 1; left <= 20; left++) {
        await store.messages.add({
          id: `msg_${left}`,
          callId: `call_${left}`,
          agent: "receptionist",
          from: "+12025550123",
          at: Date.now(),
          kind: "voicemail",
        });
      }
      await store.close();
      await using rig = await startPhoneRig({
        env: database.env,
        overrides: withAgents({ receptionist: closed("{ voicemail: Please speak. }") }),
      });
      const { network } = rig.server;
      const said = async (from: string) => (await network.call({ from }).next("said")).text;
      assert.match(await said("+12025550123"), /We are closed/);
      assert.equal(await said("+12025550124"), "Please speak.");
    },
    async "voicemail of a caller who says nothing, of which nothing is kept"() {
      await using rig = await startPhoneRig({
        network: { speed: 20 },
        overrides: withAgents({ receptionist: closed("{ voicemail: Please speak. }") }),
      });
      const phone = rig.server.network.call();
      assert.equal((await phone.ended).reason, "<Hangup>");
      await phone.settled;
      assert.equal((await get(rig.server, "/api/messages")).messages.length, 0);
    },
    async "a transfer, with the checks of one"() {
      const transfers = 'transfers: { desk: { number: "+14155550199" } }';
      await using rig = await startPhoneRig({
        overrides: withAgents({ receptionist: closed("{ transfer: desk }", transfers) }),
      });
      const phone = rig.server.network.call();
      assert.deepEqual((await phone.next("dialed")).targets, ["+14155550199"]);
      await phone.settled;
      assert.deepEqual((await onlyRecord(rig)).end, { reason: "transferred", detail: "desk" });
      await until(
        async () => (await onlyRecord(rig)).transferredMs,
        (transferredMs) => transferredMs !== null,
      );
    },
    async "a message where the number of the transfer may not be dialled"() {
      const transfers = 'transfers: { desk: { number: "+14155550199" } }';
      await using rig = await startPhoneRig({
        env: { OUTBOUND_COUNTRIES: "DE" },
        overrides: withAgents({ receptionist: closed("{ transfer: desk }", transfers) }),
      });
      assert.match((await rig.server.network.call().next("said")).text, /We are closed/);
    },
  }));

Deno.test("a browser gets the other agent outside hours, else the message as an error", async () => {
  await using rig = await startPhoneRig({
    overrides: withAgents({
      receptionist: closed("{ agent: night }"),
      night: "",
      shop: closed("{ message: The shop is closed. }"),
    }),
  });
  const closedShop = await rig.server.post("/api/web/session", { agent: "shop" });
  const { error, code } = await closedShop.json();
  assert.deepEqual([closedShop.status, error, code], [503, "The shop is closed.", "outside_hours"]);
  const unknown = await rig.server.post("/api/web/session", { agent: "nobody" });
  assert.match(JSON.stringify((await unknown.json()).details), /night, receptionist, shop/);
  const session = await rig.server.post("/api/web/session", {});
  assert.equal(session.status, 200);
  await session.body?.cancel();
});
