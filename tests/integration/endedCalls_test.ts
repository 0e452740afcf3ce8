import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { until } from "../support/until.ts";

Deno.test("every ended call is dispatched, however close to another", async () => {
  await using server = await startPhoneServer({
    env: { TELEPHONY_USD_PER_MINUTE: "1", API_KEYS: `ops:${apiKey};scopes=admin` },
  });
  const { app, network } = server;
  // No more than may connect at a time from one address, however long their claims take.
  const calls = Array.from({ length: 45 }, () => network.call());
  await Promise.all(calls.map((call) => call.next("media")));
  for (const call of calls) {
    const session = app.registry.byCallSid(call.sid);
    call.hangUp();
    // The next is over before the records of this one are read.
    await session?.ended;
  }
  await Promise.all(calls.map((call) => call.settled));

  // A minute of each at a dollar, and some cents for what was said.
  await until(
    async () => {
      const metrics = await server.request("/metrics", { headers: { "X-API-Key": apiKey } });
      const [, dollars] = /^parley_cost_usd_total (\S+)$/m.exec(await metrics.text()) ?? [];
      return Math.floor(Number(dollars));
    },
    (toldOf) => toldOf === calls.length,
  );
});
