import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { temporaryDatabase } from "../support/twilio/dialling.ts";
import { startPhoneServer } from "../support/servers/phoneServer.ts";
import { startScriptedRealtime } from "../support/openai/scriptedRealtime.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const caller = "+12025550123";
const OPENAI_API_KEY = "sk-test-0123456789abcdef";

Deno.test("case 161: a caller has the same pseudonym after a restart, and its key is not the provider's", async () => {
  await using database = await temporaryDatabase();
  await using realtime = await startScriptedRealtime();
  const ids: (string | null)[] = [];
  for (const index of [0, 1]) {
    await using server = await startPhoneServer({
      env: { DATABASE_URL: database.url, OPENAI_API_KEY, OPENAI_REALTIME_URL: realtime.url },
    });
    const call = server.network.call({ from: caller });
    const session = await realtime.session(index);
    ids.push(session.headers.get("openai-safety-identifier"));
    await hangUp(call);
  }
  assert.match(ids[0] ?? "", /^[0-9a-f]{32}$/);
  assert.equal(ids[1], ids[0]);
  for (const key of [OPENAI_API_KEY, ""]) {
    const guessed = createHmac("sha256", key).update(caller).digest("hex");
    assert.equal(guessed.startsWith(ids[0] ?? "-"), false);
  }
});
