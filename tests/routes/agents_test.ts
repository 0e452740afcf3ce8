import assert from "node:assert/strict";
import { changing, createAgentFolder } from "../support/agents/agentFolder.ts";
import { heardSaying, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey, otherKey } from "../support/servers/phoneServer.ts";
import { endedRecord, get } from "../support/twilio/dialling.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const keys = `ops:${apiKey};scopes=admin,reader:${otherKey};scopes=calls:read`;
const agent = (fields: string) => `---\ntitle: Desk\n${fields}\n---\nHelp.\n`;
const secret = agent(
  "greeting: Good day.\nhttp_tools:\n  - { name: a, description: d, url: https://a.b/, headers: { X-Key: hush-4711 } }",
);

Deno.test("versions of an agent are kept, read and restored; a call says which of them it ran", async () => {
  await using folder = await createAgentFolder({ "receptionist.md": secret });
  await using rig = await startPhoneRig({
    env: { ...folder.env, API_KEYS: keys },
    overrides: folder.overrides,
  });
  const { server } = rig;
  const { agents } = server.app;
  const path = "/api/agents/receptionist/versions";
  const ask = (path: string, method = "GET", key = apiKey) =>
    server.request(path, { method, headers: { "X-API-Key": key } });
  const call = async (greeting: RegExp) => {
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, greeting);
    await hangUp(talk.phone);
    return await endedRecord(server, talk.callId);
  };

  const [unused] = (await get(server, path)).versions;
  assert.deepEqual([unused.calls, unused.inUse, unused.firstUsedAt], [0, true, null]);
  const first = await call(/^Good day\.$/);
  assert.equal(first.agentVersion, unused.version);
  await changing(agents, () => folder.save("receptionist.md", agent("greeting: Good evening.")));
  const second = await call(/^Good evening\.$/);
  assert.notEqual(second.agentVersion, first.agentVersion);
  assert.deepEqual(
    (await get(server, `/api/calls?version=${first.agentVersion}`)).calls
      .map(({ id }: { id: string }) => id),
    [first.id],
  );
  const events = rig.events.all.filter(({ event }) => event.type === "started");
  assert.deepEqual(
    events.map(({ event }) => event.type === "started" && event.agentVersion),
    [first.agentVersion, second.agentVersion],
  );

  const { versions } = await until(
    () => get(server, path),
    ({ versions }) => versions.length === 2,
  );
  assert.deepEqual(
    versions.map(({ version, calls, inUse }: Record<string, unknown>) => [version, calls, inUse])
      .sort((a: unknown[], b: unknown[]) => Number(a[2]) - Number(b[2])),
    [[first.agentVersion, 1, false], [second.agentVersion, 1, true]],
  );
  assert.deepEqual((await get(server, path, otherKey)).versions, versions);
  const one = `${path}/${first.agentVersion}`;
  assert.equal((await get(server, one)).text, secret);
  for (const [method, where] of [["GET", one], ["POST", `${one}/restore`]] as const) {
    assert.deepEqual(await problemOf(await ask(where, method, otherKey)), [403, "scope_missing"]);
  }

  const restored = await ask(`${one}/restore`, "POST");
  assert.deepEqual(await restored.json(), {
    agent: "receptionist",
    version: first.agentVersion,
  });
  assert.equal(await folder.read("receptionist.md"), secret);
  assert.deepEqual(await listed(folder.path), ["receptionist.md"]);
  assert.equal((await call(/^Good day\.$/)).agentVersion, first.agentVersion);
  assert.equal(server.logged.join("\n").includes("hush-4711"), false);

  const none = `${path}/000000000000`;
  assert.deepEqual(await problemOf(await ask(none)), [404, "unknown_version"]);
  assert.deepEqual(await problemOf(await ask(`${none}/restore`, "POST")), [404, "unknown_version"]);
  assert.deepEqual(await problemOf(await ask("/api/agents/nobody/versions")), [
    404,
    "unknown_agent",
  ]);
});

Deno.test("a broken agent is listed with its faults, and an older version takes their place", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent(
      "greeting: Good day.\nanalysis:\n  fields:\n    topic: { enum: [booking, other], description: What about }\n    guests: { type: integer, description: How many }\n  success: { solved: It is solved. }\nscreening: A call for {{first_name}}.\nnumbers: ['+14155550100']\ntransfers: { boss: { number: '+14155550199' } }",
    ),
    "sales.md": "nothing",
  });
  await using rig = await startPhoneRig({
    env: { ...folder.env, API_KEYS: keys },
    overrides: folder.overrides,
  });
  const { server } = rig;
  const { agents } = server.app;
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  await hangUp(talk.phone);
  const { version } = agents.get("receptionist") ?? {};
  await changing(agents, () => folder.save("receptionist.md", agent("vioce: marin")));
  const state = await get(server, "/api/agents", otherKey);
  assert.deepEqual(state.agents, [{
    name: "receptionist",
    title: "Desk",
    state: "broken",
    isDefault: true,
    version,
    numbers: ["+14155550100"],
    transfers: ["boss"],
    variables: ["first_name"],
    analysis: {
      fields: [
        { name: "topic", type: "string", choices: ["booking", "other"] },
        { name: "guests", type: "integer", choices: [] },
      ],
      criteria: ["solved"],
    },
    openNow: null,
    problems: [{
      file: "receptionist.md",
      line: 3,
      path: "vioce",
      message: "is not known",
      nearest: "voice",
      text: "receptionist.md: line 3: vioce: is not known; did you mean voice?",
    }],
    warnings: [],
  }, {
    name: "sales",
    title: null,
    state: "unusable",
    isDefault: false,
    version: null,
    numbers: [],
    transfers: [],
    variables: [],
    analysis: null,
    openNow: null,
    problems: [{
      file: "sales.md",
      line: null,
      path: null,
      message: "must begin with front matter between two lines of ---",
      nearest: null,
      text: "sales.md: must begin with front matter between two lines of ---.",
    }],
    warnings: [],
  }]);
  const answer = await server.post(`/api/agents/receptionist/versions/${version}/restore`);
  assert.equal(answer.status, 200, await answer.text());
  assert.equal((await get(server, "/api/agents")).agents[0].state, "ok");
});

Deno.test("a folder that may not be written is told of with the remedy, and stays as it is", async () => {
  await using folder = await createAgentFolder({ "receptionist.md": agent("greeting: Good day.") });
  const { agentFiles } = folder.overrides;
  await using rig = await startPhoneRig({
    env: { ...folder.env, API_KEYS: keys },
    overrides: {
      agentFiles: {
        ...agentFiles,
        replace: () => Promise.reject(new Deno.errors.NotCapable("Requires write access")),
      },
    },
  });
  const version = rig.server.app.agents.get("receptionist")?.version;
  const answer = await rig.server.post(`/api/agents/receptionist/versions/${version}/restore`);
  assert.equal(answer.status, 409);
  const { code, error } = await answer.json();
  assert.equal(code, "agents_read_only");
  assert.match(error, /add its folder to "write" of permissions\.server in deno\.json/);
});

async function listed(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) names.push(name);
  return names;
}
