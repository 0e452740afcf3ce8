import assert from "node:assert/strict";
import { createApp } from "../../../src/app.ts";
import type { DevServer } from "../../../src/cli/tunnel/devServer.ts";
import { runTunnel } from "../../../src/cli/tunnel/runTunnel.ts";
import { Inbox } from "../../support/inbox.ts";
import { isOpensslThere } from "../../support/programs.ts";
import { account } from "../../support/servers/phoneServer.ts";
import { type FakeTools, makeFakeTools } from "../../support/tunnel/fakeTools.ts";
import { type ConnectRig, startConnectRig } from "../../support/twilio/connecting.ts";
import { until } from "../../support/until.ts";
import { freePort } from "../../support/servers/freePort.ts";

const ignore = !isOpensslThere();

/** The command, under way in this process. */
interface Running {
  readonly lines: Inbox<string>;
  readonly code: Promise<number>;
  /** As Ctrl-C does. */
  stop(): void;
}

function run(
  tools: Pick<FakeTools, "path" | "ask">,
  rig: ConnectRig,
  { tool, answers = [], env = {}, isAgreed = true, onClose = () => {}, ...times }: {
    readonly tool?: string;
    readonly answers?: readonly string[];
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly isAgreed?: boolean;
    readonly patienceMs?: number;
    readonly lateMs?: number;
    readonly onClose?: () => void;
  } = {},
): Running {
  const { PUBLIC_URL: _, API_KEYS: __, ...settings } = rig.env;
  const lines = new Inbox<string>();
  const end = new AbortController();
  let asked = 0;
  const environment = {
    ...settings,
    ...{ DATABASE_URL: "sqlite::memory:", LOG_LEVEL: "error", PORT: String(freePort()) },
    PATH: tools.path,
    ...env,
  };
  const code = runTunnel({ tool, isAgreed }, {
    environment,
    terminal: {
      print: (line) => lines.add(line),
      ask: () => Promise.resolve(answers[asked++]),
    },
    folder: rig.folder,
    signal: end.signal,
    ask: tools.ask,
    ...times,
    startServer: (more) => startApp({ ...environment, ...more }, rig, onClose),
  });
  return { lines, code, stop: () => end.abort() };
}

/** The server in this process, in the place of one that starts again at changes. */
function startApp(
  env: Readonly<Record<string, string | undefined>>,
  rig: ConnectRig,
  onClose: () => void,
): DevServer {
  const ended = Promise.withResolvers<number>();
  const opening = (async () => {
    const app = await createApp(env, { recordAfterMs: "never" });
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: Number(env["PORT"]), onListen: () => {} },
      (request, { remoteAddr }) => app.fetch(request, { remoteAddress: remoteAddr.hostname }),
    );
    await app.listens();
    rig.network.connectTo(`http://127.0.0.1:${env["PORT"]}`);
    return { app, server };
  })();
  return {
    ended: ended.promise,
    signal: () => {},
    async close() {
      onClose();
      const { app, server } = await opening;
      await app.close();
      await server.shutdown();
      ended.resolve(0);
    },
  };
}

async function parentOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "ppid=", "-p", `${pid}`] })
    .output();
  return Number(new TextDecoder().decode(stdout));
}

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

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
      const running = run(tools, rig, { tool, isAgreed: false, answers: ["y"], onClose });
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
      const running = run(tools, rig);
      assert.equal(await running.code, 1);
      const told = { cloudflared: /no such host/, ngrok: /ERR_NGROK_4018/, tailscale: /To enable/ };
      assert.match(running.lines.all.join("\n"), told[tool]);
    },
  });
}

Deno.test({
  name: "dev --tunnel opens another tunnel where one breaks, and connects the number to it",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const before = JSON.stringify(rig.api.resources);
    const running = run(tools, rig);
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
    const running = run(tools, rig);
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
  name: "dev --tunnel says that it waits for a server that does not answer",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const running = run(tools, rig, { lateMs: 0 });
    await running.lines.find((line) => /does not answer at http:\S+ yet/.test(line));
    await running.lines.find((line) => line.includes("Ctrl-C"));
    running.stop();
    assert.equal(await running.code, 0);
  },
});

Deno.test({
  name: "dev --tunnel fails where the number cannot be put back",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("cloudflared");
    await using rig = await startConnectRig();
    const running = run(tools, rig);
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
    const running = run(tools, rig);
    await running.lines.find((line) => line.includes("Ctrl-C"));
    tools.refuse(true);
    Deno.kill(tools.pids()[0]!, "SIGKILL");
    assert.equal(await running.code, 1);
    assert.match(running.lines.all.join("\n"), /ended without an address/);
    assert.equal(JSON.stringify(rig.api.resources), before);
  },
});

Deno.test({
  name: "dev --tunnel leaves the number alone where that is not agreed to, and needs no Twilio",
  ignore,
  async fn() {
    await using tools = await makeFakeTools("ngrok", "tailscale");
    await using rig = await startConnectRig();
    const before = JSON.stringify(rig.api.resources);
    const declined = run(tools, rig, { isAgreed: false, answers: ["n"] });
    await declined.lines.find((line) => line.includes("The page:"));
    assert.equal(JSON.stringify(rig.api.resources), before);
    declined.stop();
    assert.equal(await declined.code, 0);

    const without = run(tools, rig, {
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

Deno.test("dev --tunnel says how to install a tunnel where there is none", async () => {
  await using rig = await startConnectRig();
  const tools = { path: rig.folder, ask: () => Promise.reject(new Error("Nobody asks")) };
  const running = run(tools, rig);
  assert.equal(await running.code, 1);
  assert.match(running.lines.all.join("\n"), /None of cloudflared, ngrok and tailscale[^]*brew/);
  const named = run(tools, rig, { tool: "ngrok" });
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
    const other = run({ path: tools.path, ask: page }, rig, { patienceMs: 100 });
    assert.equal(await other.code, 1);
    assert.match(other.lines.all.join("\n"), /does not reach port \d+ of this machine/);

    const silent = () => Promise.reject(new TypeError("dns error"));
    const declined = run({ path: tools.path, ask: silent }, rig, { patienceMs: 100, answers: [] });
    assert.equal(await declined.code, 1);
    assert.equal(JSON.stringify(rig.api.resources), before);

    const goesOn = { patienceMs: 100, answers: ["y"] };
    const agreed = run({ path: tools.path, ask: silent }, rig, goesOn);
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
  const running = run(tools, rig, { env: { PORT } });
  assert.equal(await running.code, 1);
  assert.match(running.lines.all.join("\n"), /is in use by another "deno task phone"/);
});
