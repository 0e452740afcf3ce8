import assert from "node:assert/strict";
import { type AppOverrides, createApp } from "../../src/app.ts";
import { AgentsError } from "../../src/config/agents.ts";
import { startupBanner } from "../../src/config/startupBanner.ts";
import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import {
  callUntil,
  initiate,
  initiateDialled,
  ringing,
  slowPace,
  startBeside,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import { startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const sound = "---\ntitle: Desk\ngreeting: Good day.\n---\nHelp.";
const unfitTool =
  '---\ntitle: Desk\nlanguage: de\nphone_voice: Polly.Vicki-Neural\nhttp_tools:\n  - { name: a, description: d, url: "https://a.b/" }\n  - { name: b, description: d, url: "https://a.b/", parameters: { type: array } }\n---\nHelp.';

function agentFiles(texts: Readonly<Record<string, string | Error>>) {
  return {
    list: () => Promise.resolve(Object.keys(texts)),
    text: (path: string) => {
      const text = texts[path.split("/").at(-1) ?? ""] ?? "";
      return typeof text === "string" ? Promise.resolve(text) : Promise.reject(text);
    },
  };
}

interface Incident {
  readonly code: string;
  readonly subject?: string;
  readonly message: string;
}

async function incidentsOf(server: TestServer): Promise<readonly Incident[]> {
  const { incidents } = await (await server.request("/health")).json();
  return incidents.filter(({ code }: Incident) => code === "agent_unusable");
}

async function heardBy(call: SimulatedCall) {
  const { text, language, voice } = await call.next("said");
  await call.settled;
  assert.deepEqual(call.errors, []);
  return { text, language, ...(voice !== undefined && { voice }) };
}

function session(server: TestServer, body: unknown): Promise<Response> {
  return server.post("/api/web/session", body);
}

Deno.test("case 108: one agent that cannot be used is told of, and all others serve", async () => {
  const files: Readonly<Record<string, string | Error>> = {
    "receptionist.md": sound,
    "yaml.md": "---\ntitle: [\n---\nHelp.",
    "empty.md": "",
    "sales.md": unfitTool,
    "gone.md": new Deno.errors.NotFound("No such file"),
    "Wrong Name.md": sound,
    "model.md": "---\ntitle: M\nlanguage: fr\nspeed: 9\napology: Désolé.\n---\nHelp.",
  };
  await using server = await startPhoneServer({ overrides: { agentFiles: agentFiles(files) } });
  const call = server.network.call();
  await call.next("media");
  await hangUp(call);

  const told = new Map((await incidentsOf(server)).map((it) => [it.subject, it.message]));
  assert.deepEqual([...told.keys()].sort(), [
    ...["Wrong Name", "empty", "gone", "model", "sales", "yaml"],
  ]);
  assert.match(
    told.get("sales") ?? "",
    /sales\.md: line 7: http_tools\.1: Cannot offer the tool b: parameters\.type/,
  );
  assert.match(told.get("gone") ?? "", /^gone\.md: cannot be read: No such file/);
  assert.match(told.get("yaml") ?? "", /^yaml\.md: line 2: the front matter is not valid YAML: /);
  assert.match(server.logged.join("\n"), /"Agent unusable".*"agent":"sales"/);
  const health = await server.request("/ready");
  assert.equal(health.status, 200);
  await health.body?.cancel();

  const { agents } = await (await server.request("/api/web/info")).json();
  assert.deepEqual(agents, [{ name: "receptionist", title: "Desk" }]);
  for (const agent of ["sales", "yaml", "model"]) {
    assert.deepEqual(await problemOf(await session(server, { agent })), [503, "agent_unusable"]);
    const request = { to: "+14155550123", agent };
    assert.deepEqual(
      await problemOf(await server.post("/api/outbound/initiate", request)),
      [503, "agent_unusable"],
    );
    const batch = { agent, calls: [{ to: "+14155550123" }] };
    assert.deepEqual(
      await problemOf(await server.post("/api/outbound/batch", batch)),
      [503, "agent_unusable"],
    );
  }
  assert.deepEqual(await problemOf(await session(server, { agent: "nobody" })), [
    422,
    "unknown_agent",
  ]);
});

Deno.test("case 108: callers of an agent that cannot be used hear the apology, in its language where that can be read", async () => {
  await using server = await startPhoneServer({
    overrides: { agentFiles: agentFiles({ "other.md": sound, "receptionist.md": unfitTool }) },
    network: { line: { sayMsPerCharacter: 1 } },
  });
  const { text, ...voice } = await heardBy(server.network.call());
  assert.match(text, /^Es tut uns leid/);
  assert.deepEqual(voice, { language: "de-DE", voice: "Polly.Vicki-Neural" });
  assert.equal(server.app.registry.size, 0);
});

Deno.test("case 109: the server starts where only the default agent cannot be used, says so loudly, and lets no other take its calls", async () => {
  const broken = "---\ntitle: D\nlanguage: fr\nspeed: 9\napology: Désolé.\n---\nHelp.";
  await using server = await startPhoneServer({
    overrides: { agentFiles: agentFiles({ "other.md": sound, "receptionist.md": broken }) },
  });
  assert.deepEqual(await heardBy(server.network.call()), { text: "Désolé.", language: "fr-FR" });
  assert.deepEqual(await problemOf(await session(server, {})), [503, "agent_unusable"]);
  assert.deepEqual(
    await problemOf(await server.post("/api/outbound/initiate", { to: "+14155550123" })),
    [503, "agent_unusable"],
  );
  const served = await session(server, { agent: "other" });
  assert.equal(served.status, 200);
  await served.body?.cancel();
  assert.equal((await incidentsOf(server))[0]?.subject, "receptionist");
  const screen = startupBanner(server.app, { hostname: "127.0.0.1", port: 8000 });
  assert.match(screen, /Agent +receptionist CANNOT BE USED/);
  assert.match(
    screen,
    /! The agent receptionist cannot be used:\n.*receptionist\.md: line 4: speed/,
  );
});

Deno.test("case 109: the server does not start without any usable agent, or without a file of the default's name", async () => {
  const starting = (files: Readonly<Record<string, string>>, more: AppOverrides = {}) =>
    createApp({ DATABASE_URL: "sqlite::memory:" }, { agentFiles: agentFiles(files), ...more });
  await assert.rejects(
    starting({ "receptionist.md": unfitTool, "a.md": "x" }),
    (error) =>
      error instanceof AgentsError &&
      /receptionist\.md: line 7: http_tools\.1: Cannot offer the tool b/.test(error.message) &&
      /a\.md: must begin with front matter/.test(error.message),
  );
  await assert.rejects(starting({ "sales.md": sound, "a.md": "x" }), (error) => {
    assert.ok(error instanceof AgentsError);
    assert.match(error.message, /DEFAULT_AGENT is receptionist, but there are only: sales, a/);
    return true;
  });
});

Deno.test("case 108: a limit in dollars asks for no price of an agent that cannot be used", async () => {
  const files = agentFiles({
    "receptionist.md": sound,
    "other.md": "---\ntitle: O\nmodel: own-model\nspeed: 9\n---\nHelp.",
  });
  const app = await createApp(
    { DATABASE_URL: "sqlite::memory:", MAX_CALL_USD: "2" },
    { agentFiles: files, engine: { voice: "tone" } },
  );
  await app.close();
});

Deno.test("case 108: an agent whose tool may not be reached is set aside, where another is left", async () => {
  const tool =
    '---\ntitle: T\nhttp_tools:\n  - { name: a, description: d, url: "https://a.b/" }\n---\nHelp.';
  await using server = await startPhoneServer({
    overrides: {
      agentFiles: agentFiles({ "receptionist.md": sound, "shop.md": tool }),
      examineAgent: ({ http_tools }) => http_tools.map(({ name }) => `the tool ${name}: no way.`),
    },
  });
  const [incident] = await incidentsOf(server);
  assert.deepEqual([incident?.subject, incident?.message], [
    "shop",
    "shop.md: the tool a: no way.",
  ]);
});

Deno.test("case 108: a call that waited for its turn is not dialled for an agent that cannot be used any more", async () => {
  await using database = await temporaryDatabase();
  const pace = slowPace();
  const env = { ...pace.env, DATABASE_URL: database.url };
  const files = (sales: string) => agentFiles({ "receptionist.md": sound, "sales.md": sales });
  await using server = await startPhoneServer({
    ...ringing,
    env,
    overrides: { ...pace.overrides, agentFiles: files(sound) },
  });
  await initiateDialled(server);
  const { callId } = await (await initiate(server, { to: "+14155550124", agent: "sales" })).json();
  await server.app.close();
  await using next = await startBeside(server, env, { agentFiles: files(unfitTool) });
  const { outcome, detail } = await callUntil(
    next,
    callId,
    ({ outcome }) => outcome !== undefined,
  );
  assert.deepEqual([outcome, detail], ["failed", "agent_unusable"]);
  assert.equal(server.network.calls.length, 1);
});

Deno.test("case 108: a call under way whose agent cannot be used after a restart ends with the apology", async () => {
  await using database = await temporaryDatabase();
  const { env } = database;
  await using server = await startPhoneServer({
    env,
    overrides: { agentFiles: agentFiles({ "receptionist.md": sound, "other.md": sound }) },
    network: { line: { sayMsPerCharacter: 1 } },
  });
  const call = server.network.call();
  await call.next("media");
  await using next = await startBeside(server, env, {
    agentFiles: agentFiles({ "receptionist.md": unfitTool, "other.md": sound }),
    // Else the version that the call began with would be used.
    examineAgent: ({ name }) => name === "receptionist" ? ["is not wanted any more."] : [],
  });
  server.network.connectTo(next.origin);
  let instructions = 0;
  call.watch(({ type }) => {
    if (type === "twiml") instructions++;
  });
  call.breakConnection();
  assert.match((await call.next("said")).text, /^Es tut uns leid/);
  await call.settled;
  assert.ok(instructions <= 2, `${instructions} instructions, and no sound`);
});
