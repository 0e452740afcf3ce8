import { strict as assert } from "node:assert";
import { runConnect } from "../../../src/cli/connect.ts";
import { readConnectOptions } from "../../../src/cli/connect/connectOptions.ts";
import { doctor } from "../../../src/cli/doctor.ts";
import { account, apiKey, publicUrl, startPhoneServer } from "../../support/servers/phoneServer.ts";

for (const wrong of [{}, { LOG_LEVEL: "loud" }]) {
  const beside = "LOG_LEVEL" in wrong ? ", whatever is wrong with another setting" : "";
  Deno.test(`doctor --fix points the number at the server, and connect undoes it${beside}`, async () => {
    const dataFolder = await Deno.makeTempDir();
    await using server = await startPhoneServer({
      env: { API_KEYS: `ops:${apiKey};scopes=admin` },
    });
    try {
      server.api.setNumber({ VoiceUrl: "https://old.example/voice", VoiceMethod: "GET" });
      const before = server.api.numberOf(account.number);
      const environment = {
        PORT: new URL(server.origin).port,
        PUBLIC_URL: publicUrl,
        API_KEYS: `ops:${apiKey};scopes=admin`,
        TWILIO_ACCOUNT_SID: account.accountSid,
        TWILIO_AUTH_TOKEN: account.authToken,
        TWILIO_PHONE_NUMBER: account.number,
        TWILIO_API_URL: server.api.url,
        ...wrong,
      };
      const lines: string[] = [];
      const terminal = (answer: (asked: string) => string) => ({
        print: (line: string) => void lines.push(line),
        ask: () => Promise.resolve(answer(lines.slice(-3).join(" "))),
      });
      const run = (answer: (asked: string) => string) =>
        doctor({ isHelp: false, isJson: false, isFixing: true, isYes: false }, {
          environment,
          terminal: terminal(answer),
          place: { envPath: `${dataFolder}/.env`, denoPath: `${dataFolder}/deno.json`, dataFolder },
        });

      assert.equal(await run(() => "n"), 1);
      assert.deepEqual(server.api.numberOf(account.number), before, "nothing without a yes");

      await run((asked) => /number_not_connected/.test(asked) ? "y" : "n");
      const after = server.api.numberOf(account.number);
      assert.match(after?.voiceUrl ?? "", /^https:\/\/parley\.example\/twilio\/voice#/);
      assert.equal(after?.voiceMethod, "POST");
      assert.match(lines.join("\n"), /Done\./);

      const undone = await runConnect(readConnectOptions(["--undo", "--yes"]), {
        environment,
        terminal: terminal(() => "y"),
        folder: dataFolder,
      });
      assert.equal(undone, 0);
      assert.deepEqual(server.api.numberOf(account.number), before);
    } finally {
      await Deno.remove(dataFolder, { recursive: true });
    }
  });
}
