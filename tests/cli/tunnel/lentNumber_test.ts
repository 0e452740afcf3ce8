import assert from "node:assert/strict";
import { runConnect } from "../../../src/cli/connect.ts";
import { readConnectOptions } from "../../../src/cli/connect/connectOptions.ts";
import { isOpensslThere } from "../../support/programs.ts";
import { openConnectMemory, TUNNEL_MEMORY } from "../../../src/cli/connect/connectMemory.ts";
import { rehearsal } from "../../../src/cli/phoneUsage.ts";
import { freePort } from "../../support/servers/freePort.ts";
import { account } from "../../support/servers/phoneServer.ts";
import { makeFakeTools } from "../../support/tunnel/fakeTools.ts";
import { firstTimeSettings, makeCopy, numberAt, start } from "../../support/tunnel/tasks.ts";
import { type Running, startTunnelled } from "../../support/tunnel/tunnelled.ts";
import { connectAs } from "../../support/tunnel/connectAs.ts";
import { startConnectRig } from "../../support/twilio/connecting.ts";

Deno.test({
  name: "connect leaves a number to a tunnel that took it while connect asked",
  ignore: !isOpensslThere(),
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
    const before = JSON.stringify(rig.api.resources);
    const printed: string[] = [];
    let running: Running | undefined;
    const code = await runConnect(readConnectOptions([account.number]), {
      environment: rig.env,
      folder: rig.folder,
      terminal: {
        print: (line) => printed.push(line),
        async ask(question) {
          if (!question.startsWith("Change it?")) return "";
          running ??= startTunnelled(tools, rig);
          await running.lines.find((line) => line.includes("Ctrl-C"));
          return "y";
        },
      },
    });
    assert.equal(code, 1);
    assert.match(printed.join("\n"), /is connected to a tunnel of deno task dev/);
    assert.match(rig.api.numberOf(account.number)!.voiceUrl, /trycloudflare\.com/);
    assert.throws(() => Deno.statSync(`${rig.folder}/connect.json`), Deno.errors.NotFound);
    running!.stop();
    assert.equal(await running!.code, 0);
    assert.equal(JSON.stringify(rig.api.resources), before);
  },
});

Deno.test({
  name: "connect --undo leaves a number to a tunnel that took it while it asked",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using rig = await startConnectRig();
    assert.equal((await rig.run(["--yes"])).code, 0);
    rig.api.setNumber({ VoiceUrl: "https://by-hand.example/voice" });
    await using dev = new Deno.Command("sleep", { args: ["600"] }).spawn();
    const printed: string[] = [];
    let lent = "";
    const code = await runConnect(readConnectOptions(["--undo"]), {
      environment: rig.env,
      folder: rig.folder,
      terminal: {
        print: (line) => printed.push(line),
        async ask() {
          await connectAs({ pid: dev.pid, startedAt: Date.now() }, rig);
          lent = JSON.stringify(rig.api.resources);
          return "y";
        },
      },
    });
    assert.equal(code, 1);
    assert.match(printed.join("\n"), /a deno task dev that runs \(process \d+\)/);
    assert.match(lent, /trycloudflare\.com/);
    assert.equal(JSON.stringify(rig.api.resources), lent);
    const numbersIn = (file: string) => openConnectMemory(`${rig.folder}/${file}`).numbers.length;
    assert.deepEqual(["connect.json", TUNNEL_MEMORY].map(numbersIn), [1, 1]);
  },
});

Deno.test({
  name: "a number is left to the dev --tunnel that has it, by connect --undo and by another one",
  ignore: !isOpensslThere() || Deno.build.os !== "linux",
  async fn() {
    const settings = firstTimeSettings();
    await using tools = await makeFakeTools("cloudflared");
    await using copy = await makeCopy(settings);
    const there = { folder: copy.folder, tools };
    await using twilio = start("phone", ["--serve"], there);
    await twilio.lines.find((line) => line.includes("is simulated at"));
    const before = await numberAt(settings.TWILIO_API_URL);
    await using first = start("dev", ["--tunnel", "--yes"], there);
    await first.lines.find((line) => line.includes(`Call ${rehearsal.TWILIO_PHONE_NUMBER}`));
    const lent = await numberAt(settings.TWILIO_API_URL);

    await using undo = start("connect", ["--undo", "--yes"], there);
    assert.equal(await undo.ended(), 1, undo.lines.all.join("\n"));
    assert.match(undo.lines.all.join("\n"), /a deno task dev that runs \(process \d+\)/);
    assert.deepEqual(await numberAt(settings.TWILIO_API_URL), lent);

    const env = { PORT: String(freePort()) };
    await using second = start("dev", ["--tunnel", "--yes"], { ...there, env });
    await second.lines.find((line) => line.includes("The page:"));
    assert.match(
      second.lines.all.join("\n"),
      /the tunnel of another deno task dev \(process \d+\)/,
    );
    second.interrupt();
    assert.equal(await second.ended(), 0, second.lines.all.join("\n"));
    assert.deepEqual(await numberAt(settings.TWILIO_API_URL), lent);

    first.interrupt();
    assert.equal(await first.ended(), 0, first.lines.all.join("\n"));
    assert.deepEqual(await numberAt(settings.TWILIO_API_URL), before);
  },
});
