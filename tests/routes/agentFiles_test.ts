import assert from "node:assert/strict";
import { filesOnDisk } from "../../src/config/agentFiles.ts";
import { createAgentFolder } from "../support/agents/agentFolder.ts";
import { problemOf } from "../support/problemOf.ts";
import { heardSaying, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey, otherKey } from "../support/servers/phoneServer.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { get } from "../support/twilio/dialling.ts";

const keys = `ops:${apiKey};scopes=admin,reader:${otherKey};scopes=calls:read`;
const agent = (fields: string) => `---\ntitle: Desk\n${fields}\n---\nHelp {{name}}.\n`;
const path = "/api/agents/receptionist/file";

type Rig = Awaited<ReturnType<typeof startPhoneRig>>;

async function withFolder(
  run: (rig: Rig, folder: Awaited<ReturnType<typeof createAgentFolder>>) => Promise<void>,
  { files = {}, ...changed }: {
    readonly files?: Readonly<Record<string, string>>;
    readonly writing?: typeof filesOnDisk.writing;
    readonly replace?: typeof filesOnDisk.replace;
  } = {},
): Promise<void> {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("greeting: Good day."),
    ...files,
  });
  await using rig = await startPhoneRig({
    env: { ...folder.env, API_KEYS: keys, TOOL_SECRET: "hush-4711" },
    overrides: { agentFiles: { ...folder.overrides.agentFiles, ...changed } },
  });
  await run(rig, folder);
}

function send({ server }: Rig, method: string, to: string, body?: unknown, key = apiKey) {
  return server.request(to, {
    method,
    headers: { "X-API-Key": key, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

Deno.test("a file is read, checked and saved, and the next call uses it", async () => {
  await withFolder(async (rig, folder) => {
    const file = await get(rig.server, path);
    assert.deepEqual(
      [file.text, file.writing, file.folder, file.problems],
      [agent("greeting: Good day."), "allowed", folder.path, []],
    );
    const faulty = agent("greetng: Hello.");
    const checked = await (await send(rig, "POST", `${path}/check`, { text: faulty })).json();
    assert.deepEqual(
      checked.problems.map(({ line, nearest }: Record<string, unknown>) => [line, nearest]),
      [[3, "greeting"]],
    );
    const text = agent("greeting: Good evening.");
    const { revision } = file;
    const saved = await (await send(rig, "PUT", path, { text, revision })).json();
    assert.equal(saved.version, rig.server.app.agents.get("receptionist")?.version);
    assert.equal(await folder.read("receptionist.md"), text);
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good evening\.$/);
    await hangUp(talk.phone);
  });
});

Deno.test("a file that has changed meanwhile, or would be faulty, stays as it is", async () => {
  await withFolder(async (rig, folder) => {
    const { revision } = await get(rig.server, path);
    const refused = await send(rig, "PUT", path, { text: agent("vioce: marin"), revision });
    assert.equal(refused.status, 422);
    const { code, details } = await refused.json();
    assert.deepEqual([code, details[0].line, details[0].path], ["agent_faulty", 3, "vioce"]);
    const other = agent("greeting: Saved by somebody else.");
    await folder.save("receptionist.md", other);
    for (const based of [revision, null]) {
      const answer = await send(rig, "PUT", path, { text: agent("speed: 1.1"), revision: based });
      assert.deepEqual(await problemOf(answer), [409, "agent_changed"]);
    }
    assert.equal(await folder.read("receptionist.md"), other);
    const { revision: newer } = await get(rig.server, path);
    const both = await Promise.all(
      ["One.", "Two."].map((greeting) =>
        send(rig, "PUT", path, { text: agent(`greeting: ${greeting}`), revision: newer })
      ),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
    await Promise.all(both.map((answer) => answer.body?.cancel()));
  });
});

Deno.test("a new agent is made, under no name that leaves the folder", async () => {
  await withFolder(async (rig, folder) => {
    const body = { text: agent("greeting: Hi."), revision: null };
    const made = await send(rig, "PUT", "/api/agents/sales/file", body);
    assert.equal(made.status, 200, await made.text());
    assert.equal(await folder.read("sales.md"), body.text);
    const { agents, editing } = await get(rig.server, "/api/agents");
    assert.deepEqual(agents.map(({ name }: { name: string }) => name), ["receptionist", "sales"]);
    assert.equal(editing, "allowed");
    for (
      const name of ["..%2Fout", "%2Fetc%2Fx", ".hidden", "a%00", "UP", "a.md", "x".repeat(65)]
    ) {
      const answer = await send(rig, "PUT", `/api/agents/${name}/file`, body);
      assert.deepEqual(await problemOf(answer), [422, "invalid_request"], name);
    }
    const long = { text: "x".repeat(64 * 1024 + 1), revision: null };
    assert.deepEqual(await problemOf(await send(rig, "PUT", "/api/agents/long/file", long)), [
      422,
      "invalid_request",
    ]);
    assert.deepEqual(await problemOf(await send(rig, "GET", "/api/agents/nobody/file")), [
      404,
      "unknown_agent",
    ]);
    const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["receptionist.md", "sales.md"]);
  });
});

Deno.test("files of agents are for admins", async () => {
  await withFolder(async (rig, folder) => {
    const before = await folder.read("receptionist.md");
    const asked = [
      ["GET", path],
      ["POST", `${path}/check`],
      ["PUT", path],
      ["GET", "/api/agents/receptionist/session"],
    ] as const;
    for (const [method, to] of asked) {
      const body = method === "GET" ? undefined : { text: agent("speed: 1.1"), revision: null };
      const answer = await send(rig, method, to, body, otherKey);
      assert.deepEqual(await problemOf(answer), [403, "scope_missing"]);
    }
    assert.equal((await get(rig.server, "/api/agents", otherKey)).editing, "scope_missing");
    assert.equal(await folder.read("receptionist.md"), before);
  });
});

Deno.test("a folder that may not be written is told of, and how it may be", async () => {
  await withFolder(async (rig, folder) => {
    const { writing, revision } = await get(rig.server, path);
    assert.equal(writing, "not_permitted");
    const answer = await send(rig, "PUT", path, { text: agent("speed: 1.1"), revision });
    assert.equal(answer.status, 409);
    const { code, error } = await answer.json();
    assert.equal(code, "agents_read_only");
    assert.match(error, /add its folder to "write" of permissions\.server in deno\.json/);
    assert.equal(await folder.read("receptionist.md"), agent("greeting: Good day."));
  }, {
    writing: () => Promise.resolve("not_permitted"),
    replace: () => Promise.reject(new Deno.errors.NotCapable("Requires write access")),
  });
});

Deno.test("a folder's right to be written is known", {
  permissions: { read: true, write: false },
}, async () => {
  assert.equal(await filesOnDisk.writing?.("src/agents"), "not_permitted");
});

Deno.test("a folder that the system has read-only is known", async () => {
  await using folder = await createAgentFolder({});
  assert.equal(await filesOnDisk.writing?.(folder.path), "allowed");
  await Deno.chmod(folder.path, 0o555);
  assert.equal(await filesOnDisk.writing?.(folder.path), "read_only");
  await Deno.chmod(folder.path, 0o755);
});

Deno.test("what the model would be sent is shown, without secrets", async () => {
  const text = agent(`greeting: Good day {{name}}.
voice: cedar
tools: [get_current_time]
mcp_servers:
  - { name: desk, by: model, url: "https://mcp.example/a?key=hush", tools: all, headers: { Authorization: "Bearer {{env.TOOL_SECRET}}", X-Team: "{{env.TOOL_SECRET}}" } }`);
  await withFolder(async (rig) => {
    const to = "/api/agents/receptionist/session?direction=inbound";
    const shown = await get(rig.server, to);
    assert.equal(shown.greeting, "Good day [name].");
    assert.deepEqual(shown.examples, { name: "[name]" });
    const { instructions, audio, tools } = shown.session;
    assert.match(instructions, /Help \[name\]\./);
    assert.equal(audio.output.voice, "cedar");
    assert.equal(audio.input.format.type, "audio/pcmu");
    assert.deepEqual(tools.map(({ type, name }: Record<string, unknown>) => name ?? type), [
      "get_current_time",
      "mcp",
    ]);
    assert.equal(JSON.stringify(shown).includes("hush"), false);
    assert.deepEqual(rig.server.app.registry.list(), []);
  }, { files: { "receptionist.md": text } });
});
