import assert from "node:assert/strict";
import { isOpensslThere } from "../../support/programs.ts";
import { account } from "../../support/servers/phoneServer.ts";
import { makeFakeTools } from "../../support/tunnel/fakeTools.ts";
import { isAlive } from "../../support/tunnel/isAlive.ts";
import { startTunnelled } from "../../support/tunnel/tunnelled.ts";
import { startConnectRig } from "../../support/twilio/connecting.ts";
import { until } from "../../support/until.ts";

const ignore = !isOpensslThere();

Deno.test({
  name: "dev --tunnel opens another tunnel where one breaks, and connects the number to it",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const before = JSON.stringify(rig.api.resources);
    const running = startTunnelled(tools, rig);
    await running.lines.find((line) => line.includes("Ctrl-C"));
    const first = rig.api.numberOf(account.number)!.voiceUrl;
    Deno.kill(tools.pids()[0]!, "SIGKILL");
    await running.lines.find((line) => line.includes("opening another tunnel"));
    const second = await until(
      () => rig.api.numberOf(account.number)!.voiceUrl,
      (voiceUrl) => voiceUrl !== first,
    );
    assert.match(second, /^https:\/\/t-\d+\.trycloudflare\.com\/twilio\/voice#/);
    await until(
      () => running.lines.all.filter((line) => line.includes("Call ")).length,
      (n) => n === 2,
    );
    running.stop();
    assert.equal(await running.code, 0);
    assert.equal(JSON.stringify(rig.api.resources), before);
  },
});

Deno.test({
  name: "dev --tunnel ends what a script has started, and notices that the script has ended",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    tools.wrap();
    const before = JSON.stringify(rig.api.resources);
    const running = startTunnelled(tools, rig);
    await running.lines.find((line) => line.includes("Ctrl-C"));
    const [pid] = tools.pids();
    Deno.kill(await parentOf(pid!), "SIGKILL");
    await running.lines.find((line) => line.includes("opening another tunnel"));
    await until(() => isAlive(pid!), (is) => !is);
    await until(
      () => running.lines.all.filter((line) => line.includes("Call ")).length,
      (n) => n === 2,
    );
    running.stop();
    assert.equal(await running.code, 0);
    assert.equal(JSON.stringify(rig.api.resources), before);
    await until(() => tools.pids().some(isAlive), (is) => !is);
  },
});

Deno.test({
  name: "dev --tunnel fails where the number cannot be put back",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const running = startTunnelled(tools, rig);
    await running.lines.find((line) => line.includes("Ctrl-C"));
    await rig.api.close();
    running.stop();
    assert.equal(await running.code, 1);
    assert.match(running.lines.all.join("\n"), /To put it back later/);
  },
});

Deno.test({
  name: "dev --tunnel puts the number back where no further tunnel is to be had",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const before = JSON.stringify(rig.api.resources);
    const running = startTunnelled(tools, rig);
    await running.lines.find((line) => line.includes("Ctrl-C"));
    tools.refuse(true);
    Deno.kill(tools.pids()[0]!, "SIGKILL");
    assert.equal(await running.code, 1);
    assert.match(running.lines.all.join("\n"), /ended without an address/);
    assert.equal(JSON.stringify(rig.api.resources), before);
  },
});

async function parentOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "ppid=", "-p", `${pid}`] })
    .output();
  return Number(new TextDecoder().decode(stdout));
}

Deno.test({
  name: "dev --tunnel puts the number back where its file is damaged meanwhile",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const before = JSON.stringify(rig.api.resources);
    const running = startTunnelled(tools, rig);
    await running.lines.find((line) => line.includes("Ctrl-C"));
    await Deno.writeTextFile(`${rig.folder}/connect-tunnel.json`, "{");
    Deno.kill(tools.pids()[0]!, "SIGKILL");
    await running.lines.find((line) => line.includes("Cannot read"));
    running.stop();
    await running.code;
    assert.equal(JSON.stringify(rig.api.resources), before);
    assert.doesNotMatch(running.lines.all.join("\n"), /To put it back later/);
  },
});
