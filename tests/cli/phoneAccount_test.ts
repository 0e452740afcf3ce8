import assert from "node:assert/strict";
import { runPhone } from "../../src/cli/phone.ts";
import { readPhoneOptions } from "../../src/cli/phoneOptions.ts";
import { account, apiKey, serveApp } from "../support/servers/phoneServer.ts";
import { setupChecks } from "../support/setup/setupChecks.ts";

const nothingSet = () => undefined;

Deno.test("deno task phone --serve --account is what the set-up sees of the account", async () => {
  const file = JSON.stringify({
    type: "Trial",
    createdAt: "2026-05-01T00:00:00Z",
    balance: "1.20",
    numbers: [{ number: account.number, voiceUrl: "https://demo.twilio.com/welcome/voice/" }],
    alerts: [{ code: 11200, agoMs: 60_000 }],
  });
  const options = readPhoneOptions(
    ["--serve", "--port", "0", "--account", "account.json"],
    (name) =>
      ({
        TWILIO_ACCOUNT_SID: account.accountSid,
        TWILIO_AUTH_TOKEN: account.authToken,
        TWILIO_PHONE_NUMBER: account.number,
      })[name],
    (path) => path === "account.json" ? file : undefined,
  );
  const apiUrl = Promise.withResolvers<string>();
  const stop = Promise.withResolvers<void>();
  const running = runPhone(options, (line) => {
    const url = /simulated at (\S+)$/.exec(line)?.[1];
    if (url !== undefined) apiUrl.resolve(url);
  }, stop.promise);
  try {
    await using server = await serveApp(await apiUrl.promise, {
      DATABASE_URL: "sqlite::memory:",
      API_KEYS: `ops:${apiKey};scopes=admin`,
    });
    const codes = (await setupChecks(server)).map(({ code }) => code);
    for (
      const code of [
        "twilio_trial_without_streams",
        "twilio_balance_low",
        "number_not_connected",
        "twilio_alert",
      ]
    ) assert.ok(codes.includes(code), `${code} in ${codes}`);
  } finally {
    stop.resolve();
    await running;
  }
});

Deno.test("a file of an account that is wrong is refused with the place", () => {
  const read = (text: string) =>
    readPhoneOptions(
      ["--account", "account.json"],
      nothingSet,
      (path) => path === "account.json" ? text : undefined,
    );
  assert.throws(() => read("{"), /account\.json is not JSON/);
  assert.throws(() => read('{"balance": 3}'), /balance/);
  assert.throws(() => read('{"numbers": [{"number": "12"}]}'), /numbers\[0\]\.number/);
  assert.throws(
    () => readPhoneOptions(["--account", "other.json"], nothingSet, nothingSet),
    /there is no file other\.json/,
  );
});
