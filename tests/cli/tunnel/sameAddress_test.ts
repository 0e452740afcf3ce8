import assert from "node:assert/strict";
import { openConnectMemory } from "../../../src/cli/connect/connectMemory.ts";
import { chooseTunnelNumber } from "../../../src/cli/tunnel/tunnelNumber.ts";
import { isOwnProcess } from "../../../src/cli/connect/knownProcess.ts";
import { isOpensslThere } from "../../support/programs.ts";
import { freePort } from "../../support/servers/freePort.ts";
import { account } from "../../support/servers/phoneServer.ts";
import { connectAs } from "../../support/tunnel/connectAs.ts";
import { makeFakeTools } from "../../support/tunnel/fakeTools.ts";
import { startTunnelled } from "../../support/tunnel/tunnelled.ts";
import { type ConnectRig, startConnectRig } from "../../support/twilio/connecting.ts";

const ignore = !isOpensslThere();
const memoryIn = ({ folder }: ConnectRig) => openConnectMemory(`${folder}/connect-tunnel.json`);

/** A program whose tunnels have the same address each time. */
async function makeSteadyTool() {
  const tools = await makeFakeTools("ngrok");
  const port = freePort();
  tools.keepAddress(port);
  return { tools, origin: `https://t-${port}.ngrok-free.app` };
}

Deno.test({
  name: "dev --tunnel takes over a number that one with the same address has left",
  ignore,
  async fn() {
    const { tools: made, origin } = await makeSteadyTool();
    await using tools = made;
    await using rig = await startConnectRig();
    rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
    const before = JSON.stringify(rig.api.resources);
    await connectAs({ pid: 999_999, startedAt: 0 }, rig, origin);
    const running = startTunnelled(tools, rig);
    await running.lines.find((line) => line.includes("Ctrl-C"));
    assert.match(running.lines.all.join("\n"), /nothing has to change/);
    assert.deepEqual(memoryIn(rig).numbers.map(({ owner }) => owner && isOwnProcess(owner)), [
      true,
    ]);
    // It knows what was there before, whatever becomes of the file.
    await Deno.writeTextFile(`${rig.folder}/connect-tunnel.json`, "{");
    running.stop();
    await running.code;
    assert.equal(JSON.stringify(rig.api.resources), before);
  },
});

Deno.test({
  name: "dev --tunnel has a number that connect had pointed at the same address, and leaves it so",
  ignore,
  async fn() {
    const { tools: made, origin } = await makeSteadyTool();
    await using tools = made;
    await using rig = await startConnectRig();
    rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
    await rig.run(["--yes"], [], { PUBLIC_URL: origin });
    const before = JSON.stringify(rig.api.resources);
    const running = startTunnelled(tools, rig);
    await running.lines.find((line) => line.includes("Ctrl-C"));
    const elsewhere = await rig.run(["--yes"]);
    assert.equal(elsewhere.code, 1);
    assert.match(elsewhere.printed, /is connected to a tunnel of deno task dev/);
    running.stop();
    assert.equal(await running.code, 0, running.lines.all.join("\n"));
    assert.equal(JSON.stringify(rig.api.resources), before);
    assert.deepEqual(memoryIn(rig).numbers, []);
    assert.equal((await rig.run(["--undo"])).code, 0);
    assert.equal(rig.api.numberOf(account.number)!.voiceUrl, "https://old.example/voice");
  },
});

Deno.test("a number that needed no change is asked about before another address is set", async () => {
  await using rig = await startConnectRig();
  const origin = "https://t-1.ngrok-free.app";
  await rig.run(["--yes"], [], { PUBLIC_URL: origin });
  const asked: string[] = [];
  const terminal = {
    print: () => {},
    ask(question: string) {
      asked.push(question);
      return Promise.resolve("n");
    },
  };
  const options = { origin, folder: rig.folder, terminal, isAgreed: false };
  const number = await chooseTunnelNumber(rig.env, options);
  assert.equal(await number!.connect(origin), true);
  assert.deepEqual(asked, []);
  assert.equal(await number!.connect("https://t-2.ngrok-free.app"), false);
  assert.deepEqual(asked, ["Change it? [y/N]"]);
  assert.ok(rig.api.numberOf(account.number)!.voiceUrl.startsWith(origin));
});
