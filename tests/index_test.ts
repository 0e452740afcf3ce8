import assert from "node:assert/strict";

const root = new URL("../", import.meta.url).pathname;
const decoder = new TextDecoder();

/** What a careful operator would permit. */
const flags = [
  "--no-prompt",
  "--no-check",
  "--allow-net=127.0.0.1,localhost",
  "--allow-env",
  "--allow-read",
];

function start(
  env: Readonly<Record<string, string>>,
  permitted: readonly string[] = [],
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...flags.filter((flag) => !permitted.includes(flag)),
      ...permitted,
      "src/index.ts",
    ],
    cwd: root,
    env: { DATABASE_URL: "sqlite::memory:", ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Reads until the text is complete enough. */
async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  enough: RegExp,
): Promise<string> {
  let text = "";
  while (!enough.test(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`Cannot find ${enough} in: ${text}`);
    text += decoder.decode(value);
  }
  return text;
}

Deno.test("the server says where it is and what is on, answers, and stops on SIGTERM", async () => {
  const child = start({ PORT: "0", LOG_FORMAT: "json", OPENAI_APIKEY: "x" });
  const reader = child.stdout.getReader();
  const screen = await readUntil(reader, /Ctrl-C stops[^]*!.*\n/);
  assert.match(screen, /Agent +receptionist/);
  assert.match(screen, /Engine +built-in rehearsal/);
  assert.match(screen, /Records +\S/);
  assert.match(screen, /Phone +off: TWILIO_ACCOUNT_SID/);
  assert.match(screen, /did you mean OPENAI_API_KEY/);
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(screen)?.[0];
  const answer = await fetch(`${address}/ready`);
  assert.equal((await answer.json()).status, "ready");

  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  await reader.cancel();
  await child.stderr.cancel();
});

Deno.test("where changes are watched for, a second signal is no stray error", async () => {
  const child = start({ PORT: "0", LOG_FORMAT: "json" }, ["--watch"]);
  const [out, err] = [child.stdout.getReader(), child.stderr.getReader()];
  const screen = await readUntil(out, /Ctrl-C stops/);
  const ready = await fetch(`${/http:\/\/127\.0\.0\.1:\d+/.exec(screen)?.[0]}/ready`);
  await ready.body?.cancel();
  child.kill("SIGTERM");
  await readUntil(out, /"Stopping"/);
  // A signal that comes twice at once is one.
  const second = setInterval(() => child.kill("SIGTERM"), 50);
  // Deno may not end what has asked for its end: the command that started it does, after a time.
  const kill = () => child.kill("SIGKILL");
  const tooLong = setTimeout(kill, 5000);
  await readUntil(err, /Process finished/).then(kill, () => {});
  clearTimeout(tooLong);
  clearInterval(second);
  await child.status;
  await err.cancel();
  let log = "";
  for (let chunk = await out.read(); !chunk.done; chunk = await out.read()) {
    log += decoder.decode(chunk.value);
  }
  assert.doesNotMatch(log, /stray_error|Unhandled rejection/);
});

Deno.test("a tool that ends the process fails, and the server goes on", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${dir}/tools`);
    await Deno.writeTextFile(`${dir}/desk.md`, "---\ntitle: Desk\ntools: [quit]\n---\nHelp.");
    await Deno.writeTextFile(
      `${dir}/tools/quit.ts`,
      `import process from "node:process";
import { defineTool, z } from "parley";
export default defineTool({
  description: "Ends things.",
  input: z.object({ way: z.string() }),
  run: ({ way }) => way === "deno" ? Deno.exit(3) : way === "node" ? process.exit(3) : close(),
});`,
    );
    const child = start({ PORT: "0", AGENTS_DIR: dir, DEFAULT_AGENT: "desk" });
    const reader = child.stdout.getReader();
    const screen = await readUntil(reader, /Ctrl-C stops.*\n/);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(screen)?.[0];
    for (const way of ["deno", "node", "web"]) {
      const answer = await fetch(`${address}/api/agents/desk/tools/quit/try`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ arguments: { way } }),
      });
      const { ok, fault } = await answer.json();
      assert.equal(ok, false, way);
      assert.match(fault, /Cannot end the process/, way);
    }
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    await reader.cancel();
    await child.stderr.cancel();
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("wrong settings are reported all at once, and the process exits with 1", async () => {
  const { code, stderr, stdout } = await start({ PORT: "x", LOG_LEVEL: "loud" }).output();
  assert.equal(code, 1);
  assert.equal(decoder.decode(stdout), "");
  assert.match(decoder.decode(stderr), /PORT is "x"[^]*LOG_LEVEL is "loud"/);
});

Deno.test("a database that cannot be opened is reported in a sentence, and the process exits with 1", async () => {
  for (
    const [url, reason] of [
      ["sqlite:./data/nowhere.db", /^- DATABASE_URL: Cannot open the database .*nowhere\.db: /m],
      ["postgres://me:hush@127.0.0.1:9/x", /^- DATABASE_URL: Cannot connect to the Postgres/m],
      [
        "postgres://me:hush@db.example/x",
        /^- DATABASE_URL: db\.example:5432 may not be reached: /m,
      ],
    ] as const
  ) {
    const { code, stderr } = await start({ DATABASE_URL: url }).output();
    assert.equal(code, 1);
    const told = decoder.decode(stderr);
    assert.match(told, reason);
    assert.equal(told.includes("hush"), false);
  }
});

Deno.test("folders that cannot be written are reported all at once, each with its fix", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/notes.txt`, "No database. ".repeat(100));
  const places = [
    [
      "a folder that is not permitted",
      "./data/nowhere",
      ["--allow-read"],
      /not permitted: .*deno\.json/,
    ],
    ["a file in the way", `${folder}/notes.txt`, ["--allow-write"], /a file: choose another/],
  ] as const;
  for (const [name, place, permitted, fix] of places) {
    const env = {
      JOURNAL_DIR: `${place}/journals`,
      DATABASE_URL: `sqlite:${place}/parley.db`,
      PRICES_FILE: `${folder}/none.json`,
    };
    const { code, stdout, stderr } = await start(env, permitted).output();
    const told = decoder.decode(stderr).split("\n").filter((line) => line.startsWith("- "));
    assert.deepEqual([code, decoder.decode(stdout)], [1, ""], name);
    assert.equal(told.length, 3, `${name}: ${told}`);
    assert.match(told[0] ?? "", /^- PRICES_FILE/);
    assert.match(told[1] ?? "", /^- JOURNAL_DIR: Cannot write to .*journals: /, name);
    assert.match(told[1] ?? "", fix, name);
    assert.match(told[2] ?? "", /^- DATABASE_URL: Cannot open the database .*parley\.db: /, name);
    assert.match(told[2] ?? "", fix, name);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("hosts that may not be reached are reported all at once at start, not during a call", async () => {
  const agentFiles = await Deno.makeTempDir();
  const url = "https://tools.example/weather";
  await Deno.writeTextFile(
    `${agentFiles}/receptionist.md`,
    `---\ntitle: Desk\nhttp_tools:\n  - name: weather\n    description: d\n    url: ${url}\n---\nHelp.\n`,
  );
  const { code, stdout, stderr } = await start({
    PORT: "0",
    AGENTS_DIR: agentFiles,
    OPENAI_REALTIME_URL: "wss://model.example:8443/v1/realtime",
    WEBHOOK_URL: "https://app.example/parley",
    WEBHOOK_SECRET: `whsec_${btoa("x".repeat(24))}`,
  }).output();
  assert.deepEqual([code, decoder.decode(stdout)], [1, ""]);
  const told = decoder.decode(stderr).split("\n").filter((line) => line.startsWith("- "));
  assert.deepEqual(told.map((line) => /^- (.*): (\S+) may not be reached/.exec(line)?.slice(1)), [
    ["OPENAI_REALTIME_URL", "model.example:8443"],
    ["WEBHOOK_URL", "app.example:443"],
    ["the tool weather in receptionist.md", "tools.example:443"],
  ]);
  await Deno.remove(agentFiles, { recursive: true });
});

Deno.test("a port in use is reported in a sentence", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const { code, stderr } = await start({ PORT: String(port) }).output();
  assert.equal(code, 1);
  const expected = `port ${port} is taken by another program`;
  assert.ok(decoder.decode(stderr).includes(expected));
});

Deno.test("a port in use is reported where its holder does not leave it, though it shares the database", async () => {
  const folder = await Deno.makeTempDir();
  const env = { DATABASE_URL: `sqlite:${folder}/parley.db`, PORT: "0" };
  const permitted = ["--allow-write", "--allow-sys=hostname"];
  const first = start(env, permitted);
  const reader = first.stdout.getReader();
  const screen = await readUntil(reader, /Ctrl-C stops/);
  const port = /127\.0\.0\.1:(\d+)/.exec(screen)?.[1] ?? "";
  const { code, stdout, stderr } = await start({ ...env, PORT: port }, permitted).output();
  assert.equal(code, 1);
  assert.match(decoder.decode(stdout), new RegExp(`Waiting for port ${port}`));
  assert.ok(decoder.decode(stderr).includes(`port ${port} is taken`));
  first.kill("SIGTERM");
  assert.equal((await first.status).code, 0);
  await reader.cancel();
  await first.stderr.cancel();
  await Deno.remove(folder, { recursive: true });
});

/** A host that brings its own socket, and has faults of its own at `/stray`. */
const host = `
  import hosted from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)};
  Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log("port", port, "") },
    (request, info) => {
      if (!request.url.endsWith("/stray")) return hosted.fetch(request, info);
      Promise.reject(new Error("stray"));
      return new Response();
    },
  );
`;

async function startHost(env: Readonly<Record<string, string>>) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", host],
    cwd: root,
    env: { DATABASE_URL: "sqlite::memory:", ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const port = /port (\d+)/.exec(await readUntil(reader, /port \d+ /))?.[1];
  const statusOf = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    await answer.body?.cancel();
    return answer.status;
  };
  /** Ends it, and gives what it wrote to its errors. */
  const end = async () => {
    child.kill("SIGKILL");
    await reader.cancel();
    return await new Response(child.stderr).text().finally(() => child.status);
  };
  /** Stops it as a host does, and gives the code with which it exits. */
  const stop = async () => {
    child.kill("SIGTERM");
    const { code } = await child.status;
    await Promise.all([reader.cancel(), child.stderr.cancel()]);
    return code;
  };
  return { statusOf, end, stop };
}

Deno.test("imported by a host, the server answers, survives stray faults, and asks again for what was missing", async () => {
  const folder = await Deno.makeTempDir();
  const agents = `${folder}/agents`;
  const { statusOf, end } = await startHost({
    API_KEYS: `ops:${"k".repeat(16)}`,
    AGENTS_DIR: agents,
  });
  assert.equal(await statusOf("/ready"), 500);
  await Deno.mkdir(agents);
  await Deno.copyFile(`${root}src/agents/receptionist.md`, `${agents}/receptionist.md`);
  assert.deepEqual([await statusOf("/ready"), await statusOf("/api/calls")], [200, 401]);
  assert.deepEqual([await statusOf("/stray"), await statusOf("/ready")], [200, 200]);
  await end();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("imported by a host, the server stops on the host's signal", async () => {
  const { statusOf, stop } = await startHost({ API_KEYS: `ops:${"k".repeat(16)}` });
  assert.equal(await statusOf("/ready"), 200);
  assert.equal(await stop(), 0);
});

Deno.test("imported by a host, the server refuses all requests without API_KEYS", async () => {
  const { statusOf, end } = await startHost({});
  assert.equal(await statusOf("/health"), 500);
  assert.match(await end(), /API_KEYS is missing/);
});
