import assert from "node:assert/strict";
import { onlyAgent } from "../support/twilio/dialling.ts";
import { type Instance, instancesTest, startTwoInstances } from "../support/servers/instances.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const sales = "+14155550199";

instancesTest(
  "what becomes of a transfer is told to any instance, and the caller comes back to the agent there",
  async () => {
    await using pair = await startTwoInstances({
      env: { API_KEYS: `ops:${apiKey};scopes=admin` },
      overrides: {
        agentFiles: onlyAgent(
          `greeting: Good day.\ntransfers: { sales: { number: "${sales}", sentence: One moment. } }`,
        ),
        engine: { voice: "tone", speed: 20 },
      },
      network: { speed: 5, numbers: { [sales]: { answer: "busy", afterMs: 10_000 } } },
    });
    const { first, second } = pair;
    const phone = first.network.call();
    await phone.next("streamStarted");
    const session = first.app.registry.byCallSid(phone.sid);
    const id = session?.id ?? "";
    session?.input({ type: "transferAsked", alias: "sales" });
    await phone.next("streamClosed");
    // From now on Twilio's requests and the stream come to the other instance.
    first.network.connectTo(second.origin);
    await phone.next("streamStarted");
    await until(() => second.app.registry.byCallSid(phone.sid), (it) => it?.hasLeg === true);
    const headers = { "X-API-Key": apiKey };
    const said = async ({ request }: Instance) =>
      await (await request(`/api/calls/${id}`, { headers })).json();
    const { transfers, turns } = await until(
      () => said(second),
      ({ turns }) => turns.some(({ text }: { text: string }) => /line is busy/.test(text)),
    );
    assert.deepEqual(transfers.map(({ why }: { why: string }) => why), ["busy"]);
    assert.equal(turns.at(-1).role, "agent");
    assert.equal(phone.status, "in-progress");
    await hangUp(phone);
    await until(() => said(second), ({ status }) => status === "ended");
  },
);
