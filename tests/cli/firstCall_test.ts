import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { readDevOptions } from "../../src/cli/dev.ts";
import { rehearsal } from "../../src/cli/phoneUsage.ts";
import { parseSettings } from "../../src/cli/settingsFile.ts";
import { Inbox } from "../support/inbox.ts";
import { isOpensslThere } from "../support/programs.ts";
import { type FakeTools, makeFakeTools } from "../support/tunnel/fakeTools.ts";
import { until } from "../support/until.ts";
import { freePort } from "../support/servers/freePort.ts";
import { startConnectRig } from "../support/twilio/connecting.ts";
import { sleep } from "../../src/utils/sleep.ts";

const root = new URL("../../", import.meta.url);
const ignore = !isOpensslThere() || Deno.build.os !== "linux";

/** A task, under way in a folder of its own. */
interface Task extends AsyncDisposable {
  readonly lines: Inbox<string>;
  /** As Ctrl-C does. */
  interrupt(): void;
  /** As a service manager does: the first process alone gets it. */
  terminate(): void;
  /** As a power cut does. */
  kill(): void;
  ended(): Promise<number>;
}

/** What the README's first-time path needs: a fresh copy, and the settings of its second step. */
async function makeCopy(settings: Readonly<Record<string, string>>) {
  const folder = await Deno.makeTempDir();
  for (const file of ["deno.json", "deno.lock", ".env.example"]) {
    await Deno.copyFile(new URL(file, root), `${folder}/${file}`);
  }
  await copyFolder(new URL("src", root).pathname, `${folder}/src`);
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join("");
  await Deno.writeTextFile(
    `${folder}/.env`,
    lines + await Deno.readTextFile(`${folder}/.env.example`),
  );
  return {
    folder,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

function start(
  task: "phone" | "dev" | "connect",
  args: readonly string[],
  { folder, tools }: { readonly folder: string; readonly tools: FakeTools },
): Task {
  const [, ...flags] = config.tasks[task].command.replaceAll("'", "").split(" ");
  // A group of its own, as a terminal makes one: Ctrl-C reaches all processes of it.
  const child = new Deno.Command("setsid", {
    args: [Deno.execPath(), ...flags, ...args],
    cwd: folder,
    clearEnv: true,
    env: {
      ...inherited("HOME", "DENO_DIR"),
      ...tools.env,
      PATH: `${tools.path}:${Deno.env.get("PATH")}`,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = new Inbox<string>();
  const read = Promise.all([readLines(child.stdout, lines), readLines(child.stderr, lines)]);
  const ended = Promise.all([child.status, read]).then(([{ code }]) => code);
  const signal = (name: string, to = -child.pid) =>
    void new Deno.Command("kill", { args: [`-${name}`, "--", `${to}`], stderr: "null" })
      .outputSync();
  return {
    lines,
    interrupt: () => signal("INT"),
    terminate: () => signal("TERM", child.pid),
    kill: () => signal("KILL"),
    ended: () => ended,
    async [Symbol.asyncDispose]() {
      signal("KILL");
      killLeft(folder);
      await ended;
    },
  };
}

const memoryIn = (folder: string) => `${folder}/data/connect-tunnel.json`;

/** What a command that was killed has left has groups of its own. */
function killLeft(folder: string): void {
  try {
    const { processes = [] } = JSON.parse(Deno.readTextFileSync(memoryIn(folder)));
    for (const { pid } of processes) Deno.kill(-pid, "SIGKILL");
  } catch {
    // Nothing is left.
  }
}

function inherited(...names: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = Deno.env.get(name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

async function readLines(stream: ReadableStream<Uint8Array>, lines: Inbox<string>): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) lines.add(line);
  }
}

/** What is set of the stand-in's number. */
async function numberAt(apiUrl: string): Promise<Record<string, unknown>> {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = rehearsal;
  const response = await fetch(`${apiUrl}/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers.json`, {
    headers: { Authorization: `Basic ${btoa(`${sid}:${token}`)}` },
  });
  return (await response.json()).incoming_phone_numbers[0];
}

function firstTimeSettings() {
  const { PUBLIC_URL: _, ...twilio } = rehearsal;
  const apiUrl = `http://127.0.0.1:${freePort()}`;
  return {
    ...{ ...twilio, TWILIO_API_URL: apiUrl },
    ...{ OPENAI_API_KEY: "rehearsal", PORT: String(freePort()) },
  };
}

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
