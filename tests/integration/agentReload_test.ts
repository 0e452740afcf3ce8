import assert from "node:assert/strict";
import { filesOnDisk } from "../../src/config/agentFiles.ts";
import { readSound } from "../../src/utils/audio/wav.ts";
import { startupBanner } from "../../src/config/startupBanner.ts";
import { type AgentFolder, changing, createAgentFolder } from "../support/agents/agentFolder.ts";
import {
  heardSaying,
  type PhoneRig,
  type PhoneRigOptions,
  startPhoneRig,
  type Talk,
} from "../support/servers/phoneRig.ts";
import { get, startBeside, temporaryDatabase } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";
import { wavOf } from "../support/wavFile.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { problemOf } from "../support/problemOf.ts";

const agent = (fields: string, instructions = "Help.") =>
  `---\ntitle: Desk\n${fields}\n---\n${instructions}\n`;

function startWith(folder: AgentFolder, options: PhoneRigOptions = {}): Promise<PhoneRig> {
  return startPhoneRig({
    ...options,
    env: { ...folder.env, ...options.env },
    overrides: { ...folder.overrides, ...options.overrides },
  });
}

async function incidentsOf({ server }: Pick<PhoneRig, "server">) {
  const { incidents } = await (await server.request("/health")).json();
  return incidents.map(({ code, subject, message }: Record<string, string>) =>
    [code, subject, message].join(" ")
  );
}

/** Has the model call a tool, and returns the output that it gets. */
async function use({ model }: Talk, name: string): Promise<string> {
  model.say({ tools: [{ name, arguments: "{}" }] });
  for (;;) {
    const { item } = await model.next("conversation.item.create");
    if (item.type === "function_call_output") return String(item.output);
  }
}

Deno.test("a saved file is used by the next call; a call under way keeps its definition, tools included", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent(
      "greeting: Good day.\ntools: [get_current_time]\ntimezone: Asia/Tokyo",
    ),
  });
  await using rig = await startWith(folder);
  const { agents } = rig.server.app;
  const before = await rig.ring();
  await heardSaying(rig, before.callId, /^Good day\.$/);

  const saved = agent("greeting: Good evening.", "Help in verse.");
  await changing(agents, () => folder.save("receptionist.md", saved));

  const after = await rig.ring();
  await heardSaying(rig, after.callId, /^Good evening\.$/);
  assert.match(String(after.model.config.instructions), /Help in verse/);
  assert.match(await use(before, "get_current_time"), /Asia\/Tokyo/);
  assert.match(await use(after, "get_current_time"), /There is no such tool/);
  await hangUp(before.phone);
  await hangUp(after.phone);
});

Deno.test("a broken edit keeps the last good version, and is told of until it is mended", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("greeting: Good day."),
    "sales.md": agent("greeting: Hello."),
  });
  await using rig = await startWith(folder);
  const { server: { app, logged } } = rig;
  const version = app.agents.get("receptionist")?.version;
  assert.match(version ?? "", /^[0-9a-f]{12}$/);

  const broken = agent("greetng: Good evening.\ntools: [end_cal]\nreasoning: hgih");
  await changing(app.agents, () => folder.save("receptionist.md", broken));
  const expected = [
    "receptionist.md: line 3: greetng: is not known; did you mean greeting?",
    'receptionist.md: line 5: reasoning: must be one of minimal, low, medium, high, not "hgih"; did you mean high?',
  ];
  const [incident] = await incidentsOf(rig);
  assert.equal(incident, `agent_broken receptionist ${expected.join(" ")}`);
  assert.match(logged.join("\n"), /"Agent broken".*did you mean greeting\?/);
  assert.deepEqual([...app.agents.unusable.keys()], []);
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  await hangUp(talk.phone);

  const tool = agent("greeting: Good evening.\ntools: [end_cal]");
  await changing(app.agents, () => folder.save("receptionist.md", tool));
  assert.match(
    (await incidentsOf(rig)).join(),
    /line 4: tools\.0: Cannot find the tool end_cal: .*; did you mean end_call\?/,
  );
  await changing(app.agents, () => folder.save("receptionist.md", agent("greeting: Good day.")));
  assert.deepEqual(await incidentsOf(rig), []);
  assert.equal(app.agents.get("receptionist")?.version, version);
  assert.equal(logged.filter((line) => line.includes("Agent mended")).length, 1);
});

Deno.test("a file that is read while it is written is not taken for a broken one", async () => {
  await using folder = await createAgentFolder({ "receptionist.md": agent("greeting: Good day.") });
  const halves = new Map<string, string>([
    ["", agent("greeting: Good morning.")],
    ["---\ntitle: De", agent("greeting: Good evening.")],
  ]);
  const text: typeof filesOnDisk.text = async (path) => {
    const read = await filesOnDisk.text(path);
    const whole = halves.get(read);
    if (whole !== undefined) await folder.save("receptionist.md", whole);
    return read;
  };
  await using rig = await startWith(folder, {
    overrides: { agentFiles: { ...filesOnDisk, text } },
  });
  const { server: { app: { agents }, logged } } = rig;
  for (const [half, whole] of halves) {
    const greets = () => whole.includes(`greeting: ${agents.get("receptionist")?.greeting}`);
    await changing(agents, () => folder.save("receptionist.md", half), greets);
  }
  assert.deepEqual(await incidentsOf(rig), []);
  assert.ok(!logged.some((line) => line.includes("Agent broken")));
});

Deno.test("agents come and go with their files; the default one stays", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("greeting: Good day."),
    "broken.md": "nothing",
  });
  await using rig = await startWith(folder);
  const { server } = rig;
  const { agents } = server.app;
  const session = (name: string) => server.post("/api/web/session", { agent: name });
  assert.deepEqual(await problemOf(await session("sales")), [422, "unknown_agent"]);
  assert.deepEqual(await problemOf(await session("broken")), [503, "agent_unusable"]);

  await changing(agents, () => folder.save("sales.md", agent("greeting: Hello.")));
  const admitted = await session("sales");
  assert.equal(admitted.status, 200, await admitted.text());
  const { agents: shown } = await (await server.request("/api/web/info")).json();
  assert.deepEqual(shown.map(({ name }: { name: string }) => name), ["receptionist", "sales"]);
  await changing(agents, () => folder.save("broken.md", agent("greeting: Hi.")));
  assert.equal(agents.get("broken")?.greeting, "Hi.");

  await changing(agents, () => folder.remove("sales.md"));
  assert.deepEqual(await problemOf(await session("sales")), [422, "unknown_agent"]);
  await changing(agents, () => folder.remove("receptionist.md"));
  assert.match((await incidentsOf(rig)).join(), /agent_broken receptionist .*is gone/);
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  await hangUp(talk.phone);
});

Deno.test("a folder that is replaced by another is followed on", async () => {
  await using parent = await createAgentFolder({});
  const dir = `${parent.path}/agents`;
  const write = async (path: string, greeting: string) => {
    await Deno.mkdir(path);
    await Deno.writeTextFile(`${path}/receptionist.md`, agent(`greeting: ${greeting}`));
  };
  await write(dir, "One.");
  const { agentFiles } = parent.overrides;
  let watches = 0;
  const watch: typeof agentFiles.watch = (dir, onChange) => {
    watches++;
    return filesOnDisk.watch?.(dir, onChange) ?? { isOpen: false, close: () => Promise.resolve() };
  };
  await using rig = await startWith(parent, {
    env: { AGENTS_DIR: dir },
    overrides: { agentFiles: { ...agentFiles, watch }, agentPollMs: 20 },
  });
  const { agents } = rig.server.app;
  const greets = (greeting: string) => () => agents.get("receptionist")?.greeting === greeting;
  await changing(agents, async () => {
    await Deno.rename(dir, `${dir}.old`);
    await write(dir, "Two.");
  }, greets("Two."));
  await changing(
    agents,
    () => Deno.writeTextFile(`${dir}/receptionist.md`, agent("greeting: Three.")),
    greets("Three."),
  );
  assert.ok(watches >= 2, "the new folder is watched");
});

Deno.test("after a restart an agent whose file is broken goes on with the version that calls used last", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("greeting: Good day."),
    "other.md": agent(""),
  });
  await using database = await temporaryDatabase();
  await using rig = await startWith(folder, { env: database.env });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  await hangUp(talk.phone);
  const version = rig.server.app.agents.get("receptionist")?.version;
  await rig.server.app.close();
  await folder.save("receptionist.md", "half a fi");
  await using next = await startBeside(
    rig.server,
    {
      ...database.env,
      ...folder.env,
      OPENAI_API_KEY: "sk-integration-0123456789",
      OPENAI_REALTIME_URL: rig.realtime.url,
    },
    folder.overrides,
  );
  const { agents } = next.app;
  assert.equal(agents.get("receptionist")?.version, version);
  assert.match(
    (await incidentsOf({ server: { ...rig.server, ...next } })).join(),
    /agent_broken receptionist receptionist\.md: must begin with front matter/,
  );
  assert.equal((await get(next, "/api/web/info")).agents.length, 2);
  const screen = startupBanner(next.app, { hostname: "127.0.0.1", port: 8000 });
  assert.match(screen, /The agent receptionist is faulty.*stays in use:\n +receptionist\.md: must/);
});

Deno.test("a folder that is away for a while leaves the agents as they were, and is told of", async () => {
  await using parent = await createAgentFolder({});
  const dir = `${parent.path}/agents`;
  await Deno.mkdir(dir);
  await Deno.writeTextFile(`${dir}/receptionist.md`, agent("greeting: Good day."));
  await using rig = await startWith(parent, {
    env: { AGENTS_DIR: dir },
    overrides: { agentPollMs: 20 },
  });
  const isTold = (incidents: readonly string[]) =>
    incidents.some((it) => /^agents_unreadable/.test(it));
  await Deno.rename(dir, `${dir}.away`);
  await until(() => incidentsOf(rig), isTold);
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  await hangUp(talk.phone);
  await Deno.rename(`${dir}.away`, dir);
  await until(() => incidentsOf(rig), (incidents) => !isTold(incidents));
  assert.deepEqual(rig.server.app.agents.names, ["receptionist"]);
  const told = rig.server.logged.filter((line) => line.includes("folder not read"));
  assert.equal(told.length, 1, "once, however often it was looked at");
});

Deno.test("a folder that reports no changes is looked at", async () => {
  await using folder = await createAgentFolder({ "receptionist.md": agent("greeting: One.") });
  const { watch: _, ...agentFiles } = folder.overrides.agentFiles;
  await using rig = await startWith(folder, { overrides: { agentFiles, agentPollMs: 20 } });
  const { agents } = rig.server.app;
  // Of the same length, within the same second.
  await changing(agents, () => folder.save("receptionist.md", agent("greeting: Two.")));
  assert.equal(agents.get("receptionist")?.greeting, "Two.");
});

Deno.test("a sound that is replaced is heard in the next call, and changes the version", async () => {
  const tone = (hz: number) =>
    wavOf(Int16Array.from({ length: 8000 }, (_, at) => 8000 * Math.sin(at * hz / 8000)), {
      hz: 8000,
    });
  await using folder = await createAgentFolder({
    "receptionist.md": agent("greeting: Good day.\naudio: { greeting: hello.wav }"),
    "hello.wav": tone(440),
  });
  await using rig = await startWith(folder);
  const { agents } = rig.server.app;
  const first = agents.get("receptionist");
  await changing(agents, () => folder.save("hello.wav", tone(880)));
  const second = agents.get("receptionist");
  assert.notEqual(second?.version, first?.version);
  assert.notDeepEqual(second?.sounds?.greeting?.samples, first?.sounds?.greeting?.samples);
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  assert.equal(
    talk.model.received.filter(({ type }) => type === "response.create").length,
    0,
    "the file is played, not the model",
  );
  await hangUp(talk.phone);

  await changing(agents, () => folder.save("hello.wav", "no sound"));
  assert.match(
    (await incidentsOf(rig)).join(),
    /line 4: audio\.greeting: hello\.wav cannot be used: .*not a WAV file/,
  );
  await changing(agents, () => folder.save("hello.wav", tone(440)));
  assert.equal(agents.get("receptionist")?.version, first?.version);
});

Deno.test("a sound that is saved while it is read is heard in the next call, with its own version", async () => {
  const tone = (hz: number) =>
    wavOf(Int16Array.from({ length: 8000 }, (_, at) => 8000 * Math.sin(at * hz / 8000)), {
      hz: 8000,
    });
  await using folder = await createAgentFolder({
    "receptionist.md": agent("greeting: Good day.\naudio: { greeting: hello.wav }"),
    "hello.wav": tone(440),
  });
  let saves = 0;
  const bytes: typeof filesOnDisk.bytes = async (path, maxBytes) => {
    const read = await filesOnDisk.bytes?.(path, maxBytes) ?? new Uint8Array();
    if (read.toHex() === tone(880).toHex() && saves++ === 0) {
      await folder.save("hello.wav", tone(220));
    }
    return read;
  };
  await using rig = await startWith(folder, {
    overrides: { agentFiles: { ...filesOnDisk, bytes } },
  });
  const { agents } = rig.server.app;
  const heard = () => agents.get("receptionist")?.sounds?.greeting?.samples.join();
  const [last, first] = [readSound(tone(220)).samples.join(), agents.get("receptionist")?.version];
  await changing(agents, () => folder.save("hello.wav", tone(880)), () => heard() === last);
  const version = agents.get("receptionist")?.version;
  await changing(agents, () => folder.save("hello.wav", tone(440)));
  assert.equal(agents.get("receptionist")?.version, first);
  await changing(agents, () => folder.save("hello.wav", tone(220)));
  assert.deepEqual([agents.get("receptionist")?.version, heard()], [version, last]);
});

Deno.test("of agents that need each other the last to be mended mends the others", async () => {
  const closed = 'hours: { open: { mon: "00:00-24:00" }, outside: { agent: night } }';
  await using folder = await createAgentFolder({
    "receptionist.md": agent(""),
    "shop.md": agent(closed),
  });
  await using rig = await startWith(folder);
  const { agents } = rig.server.app;
  assert.deepEqual([...agents.unusable.keys()], ["shop"]);
  await changing(agents, () => folder.save("night.md", agent("")));
  assert.deepEqual([...agents.unusable.keys()], []);
  assert.ok(agents.get("shop"));
});
