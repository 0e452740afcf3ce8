import { strict as assert } from "node:assert";
import { account, apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { codesOf, connectedNumber, setupChecks } from "../support/setup/setupChecks.ts";
import { until } from "../support/until.ts";

/** Of each request. */
const TIMEOUT_MS = 500;

Deno.test("what slow answers leave no time for is told to be unknown, and the rest is known", async () => {
  const numbers = Array.from({ length: 20 }, (_, at) => `+120255502${at + 10}`);
  let apiUrl = "";
  let answered = 0;
  const proxy = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search, searchParams } = new URL(request.url);
      const isSlow = numbers.includes(searchParams.get("PhoneNumber") ?? "");
      if (isSlow) await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS * 0.8));
      const response = await fetch(`${apiUrl}${pathname}${search}`, { headers: request.headers });
      const body = await response.text();
      if (isSlow) answered++;
      return new Response(body, { status: response.status });
    },
  );
  try {
    await using server = await startPhoneServer({
      env: {
        API_KEYS: `ops:${apiKey};scopes=admin`,
        OUTBOUND_FROM: [account.number, ...numbers].slice(0, 20).join(","),
        TWILIO_API_URL: `http://127.0.0.1:${proxy.addr.port}`,
      },
      overrides: { twilioTimeoutMs: TIMEOUT_MS },
    });
    apiUrl = server.api.url;
    server.api.setNumber(connectedNumber);
    const checks = await setupChecks(server);
    assert.ok(answered < 38, "it waited for all");
    assert.deepEqual(codesOf(checks, "phone"), ["number_ok", "twilio_partly_unknown"]);
    const { text } = checks.find(({ code }) => code === "twilio_partly_unknown") ?? {};
    assert.match(text ?? "", /did not answer in time/);
    assert.deepEqual(codesOf(checks, "alerts"), ["twilio_alerts_ok"]);
    await until(() => answered, (count) => count === 38);
  } finally {
    await proxy.shutdown();
  }
});
