import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";

Deno.test("case 181: webhooks are verified by the library of the Standard Webhooks specification", async () => {
  const [older, newer] = [7, 9].map((fill) => `whsec_${new Uint8Array(32).fill(fill).toBase64()}`);
  const delivered = Promise.withResolvers<{ readonly headers: Headers; readonly text: string }>();
  const receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      delivered.resolve({ headers: request.headers, text: await request.text() });
      return new Response(null, { status: 204 });
    },
  );
  {
    await using server = await startPhoneServer({
      env: {
        API_KEYS: `boss:${apiKey};scopes=admin`,
        WEBHOOK_URL: `http://127.0.0.1:${receiver.addr.port}/hook`,
        WEBHOOK_SECRET: `${newer},${older}`,
      },
    });
    await (await server.post("/api/webhooks/test", {})).body?.cancel();
    const { headers, text } = await delivered.promise;
    for (const secret of [older, newer]) {
      const message = new Webhook(secret ?? "").verify(text, Object.fromEntries(headers));
      assert.equal(Object(message).type, "webhook.test");
      assert.throws(() =>
        new Webhook(secret ?? "").verify(text.replace("test", "tost"), Object.fromEntries(headers))
      );
    }
    const stranger = new Webhook(`whsec_${new Uint8Array(32).fill(1).toBase64()}`);
    assert.throws(() => stranger.verify(text, Object.fromEntries(headers)));
  }
  await receiver.shutdown();
});
