import assert from "node:assert/strict";
import { isOpensslThere } from "../../support/programs.ts";
import { account } from "../../support/servers/phoneServer.ts";
import { makeFakeTools } from "../../support/tunnel/fakeTools.ts";
import { isAlive } from "../../support/tunnel/isAlive.ts";
import { startTunnelled } from "../../support/tunnel/tunnelled.ts";
import { startConnectRig } from "../../support/twilio/connecting.ts";

const ignore = !isOpensslThere();

for (
  const [tool, host] of [
    ["cloudflared", "trycloudflare.com"],
    ["ngrok", "ngrok-free.app"],
    ["tailscale", "tail1234.ts.net"],
  ] as const
) {
  Deno.test({
    name: `dev --tunnel=${tool} connects the number to its address, and puts everything back`,
    ignore,
    async fn() {
      await using tools = await makeFakeTools(tool);
      await using rig = await startConnectRig({}, { speed: 1 });
      rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
      const before = JSON.stringify(rig.api.resources);
      let atClose = "";
      const onClose = () => atClose = JSON.stringify(rig.api.resources);
      const running = startTunnelled(tools, rig, {
        tool,
        isAgreed: false,
        answers: ["y"],
        onClose,
      });
      await running.lines.find((line) => line.includes("Ctrl-C"));
      const { voiceUrl } = rig.api.numberOf(account.number)!;
      assert.match(voiceUrl, new RegExp(`^https://t-\\d+\\.${host}/twilio/voice#`));
      const health = await tools.ask(new URL("/health", voiceUrl).href, {});
      assert.equal(typeof (await health.json()).uptimeSeconds, "number");

      const call = rig.api.callIn();
      assert.deepEqual((await call.next("twiml")).verbs.slice(0, 1), ["connect"]);
      call.hangUp();
      await call.settled;

      running.stop();
      assert.equal(await running.code, 0, running.lines.all.join("\n"));
      assert.equal(JSON.stringify(rig.api.resources), before);
      assert.equal(atClose, before, "the number is back before the server goes");
      assert.deepEqual([...Deno.readDirSync(rig.folder)], []);
      assert.ok(!tools.pids().some(isAlive), "the tunnel has ended");
    },
  });

  Deno.test({
    name: `dev --tunnel=${tool} shows why there is no tunnel`,
    ignore,
    async fn() {
      await using tools = await makeFakeTools(tool);
      await using rig = await startConnectRig();
      tools.refuse(true);
      const running = startTunnelled(tools, rig);
      assert.equal(await running.code, 1);
      const told = { cloudflared: /no such host/, ngrok: /ERR_NGROK_4018/, tailscale: /To enable/ };
      assert.match(running.lines.all.join("\n"), told[tool]);
    },
  });
}

Deno.test({
  name: "dev --tunnel says that it waits for a server that does not answer",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const running = startTunnelled(tools, rig, { lateMs: 0 });
    await running.lines.find((line) => /does not answer at http:\S+ yet/.test(line));
    await running.lines.find((line) => line.includes("Ctrl-C"));
    running.stop();
    assert.equal(await running.code, 0);
  },
});

Deno.test({
  name: "dev --tunnel leaves the number alone where that is not agreed to, and needs no Twilio",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("ngrok", "tailscale");
    await using rig = await startConnectRig();
    const before = JSON.stringify(rig.api.resources);
    const declined = startTunnelled(tools, rig, { isAgreed: false, answers: ["n"] });
    await declined.lines.find((line) => line.includes("The page:"));
    assert.equal(JSON.stringify(rig.api.resources), before);
    declined.stop();
    assert.equal(await declined.code, 0);

    const without = startTunnelled(tools, rig, {
      env: {
        TWILIO_ACCOUNT_SID: undefined,
        TWILIO_AUTH_TOKEN: undefined,
        TWILIO_PHONE_NUMBER: undefined,
      },
    });
    await without.lines.find((line) => line.includes("The page:"));
    without.stop();
    assert.equal(await without.code, 0);
    assert.match(without.lines.all.join("\n"), /for this run the key is \S{20,}/);
    assert.ok(tools.calls().every((call) => call.startsWith("ngrok http 127.0.0.1:")));
  },
});
