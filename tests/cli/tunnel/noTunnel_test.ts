import assert from "node:assert/strict";
import { isOpensslThere } from "../../support/programs.ts";
import { makeFakeTools } from "../../support/tunnel/fakeTools.ts";
import { startTunnelled } from "../../support/tunnel/tunnelled.ts";
import { startConnectRig } from "../../support/twilio/connecting.ts";

const ignore = !isOpensslThere();

Deno.test("dev --tunnel says how to install a tunnel where there is none", async () => {
  await using rig = await startConnectRig();
  const tools = { path: rig.folder, ask: () => Promise.reject(new Error("Nobody asks")) };
  const running = startTunnelled(tools, rig);
  assert.equal(await running.code, 1);
  assert.match(running.lines.all.join("\n"), /None of cloudflared, ngrok and tailscale[^]*brew/);
  const named = startTunnelled(tools, rig, { tool: "ngrok" });
  assert.equal(await named.code, 1);
  assert.match(named.lines.all.join("\n"), /No ngrok is installed[^]*add-authtoken/);
});

Deno.test({
  name: "dev --tunnel changes nothing where the address does not lead to this machine",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const before = JSON.stringify(rig.api.resources);
    const page = () => Promise.resolve(new Response("<h1>A page of the tunnel</h1>"));
    const other = startTunnelled({ path: tools.path, ask: page }, rig, { patienceMs: 100 });
    assert.equal(await other.code, 1);
    assert.match(other.lines.all.join("\n"), /does not reach port \d+ of this machine/);

    const silent = () => Promise.reject(new TypeError("dns error"));
    const declined = startTunnelled({ path: tools.path, ask: silent }, rig, {
      patienceMs: 100,
      answers: [],
    });
    assert.equal(await declined.code, 1);
    assert.equal(JSON.stringify(rig.api.resources), before);

    const goesOn = { patienceMs: 100, answers: ["y"] };
    const agreed = startTunnelled({ path: tools.path, ask: silent }, rig, goesOn);
    await agreed.lines.find((line) => line.includes("Ctrl-C"));
    agreed.stop();
    assert.equal(await agreed.code, 0);
    assert.equal(JSON.stringify(rig.api.resources), before);
  },
});

Deno.test("dev --tunnel says what holds its port", async () => {
  await using rig = await startConnectRig();
  const PORT = new URL(rig.api.url).port;
  const tools = { path: rig.folder, ask: () => Promise.reject(new Error("Nobody asks")) };
  const running = startTunnelled(tools, rig, { env: { PORT } });
  assert.equal(await running.code, 1);
  assert.match(running.lines.all.join("\n"), /is in use by another "deno task phone"/);
});
