import assert from "node:assert/strict";
import { readDevOptions } from "../../src/cli/dev.ts";
import { rehearsal } from "../../src/cli/phoneUsage.ts";
import { parseSettings } from "../../src/cli/settingsFile.ts";
import { isOpensslThere } from "../support/programs.ts";
import { makeFakeTools } from "../support/tunnel/fakeTools.ts";
import { firstTimeSettings, makeCopy, memoryIn, numberAt, start } from "../support/tunnel/tasks.ts";
import { until } from "../support/until.ts";
import { freePort } from "../support/servers/freePort.ts";
import { startConnectRig } from "../support/twilio/connecting.ts";
import { sleep } from "../../src/utils/sleep.ts";

const root = new URL("../../", import.meta.url);
const ignore = !isOpensslThere() || Deno.build.os !== "linux";

Deno.test({
  name: "README: from nothing to a ringing phone in five steps, with the stand-in for Twilio",
  ignore,
  async fn() {
    const readme = await Deno.readTextFile(new URL("README.md", root));
    const section = /## Connect a phone\n([^]*?)\n## /.exec(readme)?.[1] ?? "";
    assert.equal(section.match(/^\d\. /gm)?.length, 5);
    const settings = firstTimeSettings();
    for (const name of section.match(/TWILIO_\w+|OPENAI_API_KEY/g) ?? []) {
      assert.ok(name in settings, `the README names ${name}`);
    }
    for (const command of ["dev --tunnel", "phone --serve", 'phone --say "Hello."']) {
      assert.ok(section.includes(`deno task ${command}`), `the README says ${command}`);
    }

    await using tools = await makeFakeTools("cloudflared");
    await using copy = await makeCopy(settings);
    const there = { folder: copy.folder, tools };
    await using twilio = start("phone", ["--serve"], there);
    await twilio.lines.find((line) => line.includes("is simulated at"));
    const before = await numberAt(settings.TWILIO_API_URL);
    assert.match(String(before["voice_url"]), /demo\.twilio\.com/);

    await using server = start("dev", ["--tunnel", "--yes"], there);
    await server.lines.find((line) => line.includes(`Call ${rehearsal.TWILIO_PHONE_NUMBER}`));
    const connected = await numberAt(settings.TWILIO_API_URL);
    assert.match(String(connected["voice_url"]), /^https:\/\/t-\d+\.trycloudflare\.com\/twilio\/v/);

    await using phone = start("phone", ["--say", "Hello."], there);
    assert.equal(await phone.ended(), 0, phone.lines.all.join("\n"));
    const heard = phone.lines.all.join("\n");
    assert.match(heard, /through the stand-in/);
    assert.match(heard, /agent +speaks[^]*person[^]*ended/);

    await server.lines.find((line) => /A call from \+\d+ has arrived; receptionist/.test(line));

    server.interrupt();
    assert.equal(await server.ended(), 0, server.lines.all.join("\n"));
    assert.deepEqual(await numberAt(settings.TWILIO_API_URL), before);
    twilio.interrupt();
    assert.equal(await twilio.ended(), 0);
  },
});

for (
  const [args, how] of [
    [["connect", "--undo"], "connect --undo"],
    [["dev", "--tunnel", "--yes"], "the next one"],
  ] as const
) {
  Deno.test({
    name: `dev --tunnel that was killed: ${how} ends what it has left, and puts the number back`,
    ignore,
    async fn() {
      const settings = firstTimeSettings();
      await using tools = await makeFakeTools("cloudflared");
      await using copy = await makeCopy(settings);
      const there = { folder: copy.folder, tools };
      await using twilio = start("phone", ["--serve"], there);
      await twilio.lines.find((line) => line.includes("is simulated at"));
      const before = await numberAt(settings.TWILIO_API_URL);
      const isCalled = (line: string) => line.includes(`Call ${rehearsal.TWILIO_PHONE_NUMBER}`);
      await using server = start("dev", ["--tunnel", "--yes"], there);
      await server.lines.find(isCalled);
      server.kill();
      assert.notDeepEqual(await numberAt(settings.TWILIO_API_URL), before);
      const health = `http://127.0.0.1:${settings.PORT}/health`;
      await (await fetch(health)).body?.cancel();

      const [task, ...options] = args;
      await using next = start(task, options, there);
      if (task === "dev") {
        await next.lines.find(isCalled);
        next.terminate();
      }
      assert.equal(await next.ended(), 0, next.lines.all.join("\n"));
      assert.match(next.lines.all.join("\n"), /Ended cloudflared[^]*Ended the server/);
      // What it has left holds its output open.
      await server.ended();
      await assert.rejects(fetch(health));
      assert.deepEqual(await numberAt(settings.TWILIO_API_URL), before);
      await assert.rejects(Deno.stat(memoryIn(copy.folder)), Deno.errors.NotFound);
    },
  });
}

Deno.test({
  name: "dev --tunnel: Ctrl-C puts the number back while the server still answers",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const { PUBLIC_URL: _, ...env } = rig.env;
    const PORT = String(freePort());
    const statuses: number[] = [];
    let isInterrupted = false;
    await using twilio = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const { method, headers } = request;
        const body = method === "POST" ? await request.text() : null;
        // A server that Ctrl-C has reached ends within these.
        for (let n = 0; n < 20 && isInterrupted && method === "POST"; n++) {
          const health = await fetch(`http://127.0.0.1:${PORT}/health`).catch(() => undefined);
          await health?.body?.cancel();
          statuses.push(health?.status ?? 0);
          await sleep(50);
        }
        const { pathname, search } = new URL(request.url);
        return await fetch(`${rig.api.url}${pathname}${search}`, { method, headers, body });
      },
    );
    const TWILIO_API_URL = `http://127.0.0.1:${twilio.addr.port}`;
    await using copy = await makeCopy({ ...env, TWILIO_API_URL, PORT });
    const before = JSON.stringify(rig.api.resources);
    await using server = start("dev", ["--tunnel", "--yes"], { folder: copy.folder, tools });
    await server.lines.find((line) => line.includes("Ctrl-C ends"));
    isInterrupted = true;
    server.interrupt();
    assert.equal(await server.ended(), 0, server.lines.all.join("\n"));
    assert.deepEqual(statuses, new Array(20).fill(200));
    assert.equal(JSON.stringify(rig.api.resources), before);
  },
});

Deno.test({
  name: "deno task dev runs the server, again at a change, and ends with Ctrl-C",
  ignore,
  async fn() {
    await using tools = await makeFakeTools();
    await using copy = await makeCopy({ PORT: String(freePort()) });
    await using server = start("dev", [], { folder: copy.folder, tools });
    const banners = () => server.lines.all.filter((line) => line.includes("Ctrl-C stops")).length;
    await until(banners, (count) => count === 1);
    await Deno.writeTextFile(`${copy.folder}/src/index.ts`, "\n", { append: true });
    await until(banners, (count) => count === 2);
    server.interrupt();
    assert.equal(await server.ended(), 0, server.lines.all.join("\n"));
  },
});

Deno.test("readDevOptions() takes a tunnel of a certain kind, of any, or none", () => {
  const tunnel = (...args: readonly string[]) => readDevOptions(args).tunnel;
  assert.equal(tunnel(), undefined);
  assert.deepEqual(tunnel("--tunnel"), { tool: undefined, isAgreed: false });
  assert.deepEqual(tunnel("--tunnel=ngrok", "--yes"), { tool: "ngrok", isAgreed: true });
  assert.throws(() => tunnel("--tunnel=other"), /cloudflared, ngrok, tailscale/);
  assert.throws(() => tunnel("--tunnels"), TypeError);
});

Deno.test("parseSettings() lets the first of two lines count, as the server does", () => {
  const settings = parseSettings("A=1\n# A=0\nexport A=2\nB='two\nlines'\n");
  assert.deepEqual({ ...settings }, { A: "1", B: "two\nlines" });
});
