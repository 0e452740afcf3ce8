import assert from "node:assert/strict";
import type { PhoneEvent } from "../../src/sim/twilio/phoneNetwork.ts";
import { agentsOf, get, startBeside } from "../support/twilio/dialling.ts";
import { apiKey, publicUrl, startPhoneServer } from "../support/servers/phoneServer.ts";
import { callBack } from "../support/twilio/twilioWebhook.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const agentFiles = agentsOf({
  desk: "---\ntitle: Desk\ngreeting: Good day.\n---\nHelp.\n",
  sales: "---\ntitle: Sales\ngreeting: What would you like to buy?\n---\nSell.\n",
});

/** A server which a call reaches that another one has answered and forgotten, with this agent. */
async function start(agent: string, env: Readonly<Record<string, string>> = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(
    await startPhoneServer({
      env: { DEFAULT_AGENT: "desk", API_KEYS: `ops:${apiKey};scopes=admin`, ...env },
      overrides: { agentFiles },
      network: { line: { sayMsPerCharacter: 1 } },
    }),
  );
  const twiml = `<Response><Say>One moment, please.</Say>
    <Redirect method="POST">${publicUrl}/twilio/resume?agent=${agent}</Redirect></Response>`;
  const forgetful = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    server.network.connectTo(server.origin);
    return new Response(twiml, { headers: { "Content-Type": "text/xml" } });
  });
  stack.defer(() => forgetful.shutdown());
  return {
    server,
    call() {
      server.network.connectTo(`http://127.0.0.1:${forgetful.addr.port}`);
      const phone = server.network.call();
      const spoken: string[] = [];
      phone.watch((event: PhoneEvent) => {
        if (event.type === "said") spoken.push(event.text);
      });
      return { phone, spoken };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("an inbound call of which nothing is recorded begins anew with its agent", async () => {
  await using rig = await start("sales");
  const { server } = rig;
  const { phone, spoken } = rig.call();
  await phone.next("streamStarted");
  const { calls: [call] } = await until(
    () => get(server, "/api/calls"),
    ({ calls }) => calls.length > 0,
  );
  assert.deepEqual([call.agent, call.direction, call.from], ["sales", "inbound", "+12025550123"]);
  await until(
    () => get(server, `/api/calls/${call.id}`),
    ({ turns }) => turns[0]?.text === "What would you like to buy?" && turns[0].final,
  );
  await hangUp(phone);
  assert.deepEqual(spoken, ["One moment, please."]);

  // The same request once more, when the call is over and forgotten, opens no session.
  const env = { DATABASE_URL: "sqlite::memory:", DEFAULT_AGENT: "desk" };
  await using next = await startBeside(server, env, { agentFiles });
  const form = { CallSid: phone.sid, From: "+12025550123", Direction: "inbound" };
  const again = await callBack(next, "/twilio/resume?agent=sales", form);
  assert.match(await again.text(), /<Response><Hangup\/><\/Response>/);
  const placed = { ...form, Direction: "outbound-api" };
  assert.match(await (await callBack(next, "/twilio/resume", placed)).text(), /technical problem/);
  assert.equal(next.app.registry.size, 0);
});

Deno.test("a call that begins anew counts like any other, and one that has no place hears why", async () => {
  await using rig = await start("desk", { MAX_CALLS: "1" });
  const first = rig.call();
  await first.phone.next("streamStarted");
  const second = rig.call();
  await second.phone.settled;
  assert.match(second.spoken.at(-1) ?? "", /technical problem/);
  assert.equal(rig.server.app.registry.size, 1);
  await hangUp(first.phone);
});
