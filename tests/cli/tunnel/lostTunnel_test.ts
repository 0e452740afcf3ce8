import assert from "node:assert/strict";
import { isOpensslThere } from "../../support/programs.ts";
import { makeFakeTools } from "../../support/tunnel/fakeTools.ts";
import { isAlive } from "../../support/tunnel/isAlive.ts";
import { startTunnelled } from "../../support/tunnel/tunnelled.ts";
import { startConnectRig } from "../../support/twilio/connecting.ts";

const ignore = !isOpensslThere() || Deno.build.os === "windows";

/** The file is written under this name first. */
const draftIn = (folder: string) => `${folder}/connect-tunnel.json.new`;

// A tunnel that was left open would also be reported as a child process that was not closed.
Deno.test({
  name: "dev --tunnel ends a tunnel that it cannot remember, and says why",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    Deno.mkdirSync(draftIn(rig.folder));
    const running = startTunnelled(tools, rig);
    assert.equal(await running.code, 1);
    assert.match(
      running.lines.all.join("\n"),
      /Cannot leave cloudflared running, .*: Cannot change .*connect-tunnel\.json/,
    );
    assert.ok(!tools.pids().some(isAlive));
  },
});

Deno.test({
  name: "dev --tunnel ends a server that it cannot remember, and its tunnel",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const before = JSON.stringify(rig.api.resources);
    let closed = 0;
    const ask: typeof tools.ask = (...asked) => {
      Deno.mkdirSync(draftIn(rig.folder), { recursive: true });
      return tools.ask(...asked);
    };
    const running = startTunnelled({ path: tools.path, ask }, rig, {
      groupId: Deno.pid,
      onClose: () => closed++,
    });
    assert.equal(await running.code, 1);
    assert.match(
      running.lines.all.join("\n"),
      /Cannot leave the server running, .*: Cannot change/,
    );
    assert.equal(closed, 1);
    assert.equal(tools.pids().length, 1);
    assert.ok(!tools.pids().some(isAlive));
    assert.equal(JSON.stringify(rig.api.resources), before);
  },
});
