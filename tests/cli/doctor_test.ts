import { strict as assert } from "node:assert";
import { doctor } from "../../src/cli/doctor.ts";
import { usualModels } from "../../src/sim/openai/modelCards.ts";
import { startRealtimeServer } from "../../src/sim/openai/realtimeServer.ts";
import { openStore } from "../../src/services/store.ts";
import { createDoctorFolder, type Diagnosis, type DoctorFolder } from "../support/doctorFolder.ts";
import { startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";

const AGENT = `---
title: Desk
---
You help callers.
`;

/** Each code with what its sentence and its remedy have to say. */
type Expected = Readonly<Record<string, readonly [text: RegExp, remedy: RegExp]>>;

Deno.test("doctor finds faults in the files that keep the server from starting, and mends some", async () => {
  await using folder = await createDoctorFolder();
  await folder.write("agents/receptionist.md", AGENT);
  const config = await folder.read("deno.json");
  await folder.write(
    "deno.json",
    config.replace('          "SMS_*",\n', "          // Text messages are sent elsewhere.\n"),
  );
  await folder.write(".env", ENV, 0o644);

  const found = await folder.diagnose();
  assert.equal(found.exitCode, 1);
  assert.equal(found.report.ok, false);
  assertFound(found, {
    setting_not_usable: [/PORT is "99999".* from 0 to 65535/, /line 2 of \.env/],
    settings_conflict: [/AUDIT_DAYS must not be less than RETENTION_DAYS/, /line 4 of \.env/],
    setting_missing: [/API_KEYS is missing.*PUBLIC_URL/, /Add it to \.env/],
    setting_misspelt: [/OUTBOUND_HOUR in line 6.*OUTBOUND_HOURS\?/, /Write OUTBOUND_HOURS/],
    setting_unknown: [/OUTBOUND_WEATHER in line 7/, /\.env\.example/],
    setting_repeated: [/LOG_LEVEL stands twice.*line 8 counts, line 9/, /one of the two/],
    env_line_not_understood: [/Line 10 of \.env/, /NAME=value/],
    setting_not_permitted: [/SMS_FROM in line 11/, /"SMS_FROM" to env\.allow/],
    env_file_open: [/Other users/, /chmod 600/],
  });

  const mended = await folder.diagnose("--fix", "--yes");
  assert.deepEqual(
    mended.report.fixed.map(({ code }) => code).toSorted(),
    ["env_file_open", "setting_missing", "setting_misspelt", "setting_not_permitted"],
  );
  const env = await folder.read(".env");
  const [, secret = ""] = /^API_KEYS=ops:([0-9a-f]{48});scopes=admin$/m.exec(env) ?? [];
  assert.notEqual(secret, "");
  assert.ok(!mended.text.includes(secret), "a secret was printed");
  assert.equal(
    env.replace(/^API_KEYS=.*\n/m, ""),
    ENV.replace("OUTBOUND_HOUR=", "OUTBOUND_HOURS="),
    "all other lines stay",
  );
  assert.equal((await Deno.stat(`${folder.path}/.env`)).mode! & 0o777, 0o600);
  const written = await folder.read("deno.json");
  assert.match(written, /\/\/ Text messages are sent elsewhere\./);
  assert.match(written, /"TERM",\n {10}"SMS_FROM"\n/);

  const again = codesOf(await folder.diagnose());
  for (const { code } of mended.report.fixed) assert.ok(!again.has(code), code);
  assert.ok(again.has("setting_not_usable"), "what nobody can mend for one stays");
});

const ENV = `# My settings
PORT=99999
RETENTION_DAYS=400
AUDIT_DAYS=30
PUBLIC_URL=https://voice.example.com
OUTBOUND_HOUR=country
OUTBOUND_WEATHER=fine
LOG_LEVEL=info
LOG_LEVEL=debug
some words
SMS_FROM=+12025550100
`;

/** Whatever day it is, one of them is about to end. */
const ending = usualModels.map((card) =>
  card.id === "gpt-realtime" ? { ...card, shutdown_date: dateIn(40) } : card
);

function dateIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

Deno.test("doctor finds faults of models, agents, services, clock, store and port, and mends some", async () => {
  await using folder = await createDoctorFolder();
  await using model = closing(startRealtimeServer({ clockAheadMs: 10 * 60_000, models: ending }));
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const away = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const awayUrl = `http://127.0.0.1:${away.addr.port}`;
  away.close();
  await folder.write("agents/receptionist.md", faultyAgent(awayUrl));
  await folder.write("agents/broken.md", "---\ntitle: Broken\ngreetng: Hello.\n---\nHelp.\n");
  await newerDatabase(folder);
  const url = new URL(model.url);
  await folder.write(
    ".env",
    [
      `PORT=${taken.addr.port}`,
      "AGENTS_DIR=agents",
      "OPENAI_API_KEY=sk-test",
      `OPENAI_REALTIME_URL=${url.href}`,
      "OPENAI_MODEL=gpt-realtime",
      "ANALYSIS_MODEL=gpt-none",
      "ANALYSIS_API_KEY=sk-test",
      `ANALYSIS_URL=http://${url.host}/v1/chat/completions`,
      "WEBHOOK_URL=https://hooks.example.com/parley",
      `WEBHOOK_SECRET=whsec_${btoa("s".repeat(32))}`,
      "JOURNAL_DIR=./elsewhere",
      `API_KEYS=ops:${apiKey};scopes=admin`,
    ].join("\n"),
  );

  const found = await folder.diagnose();
  taken.close();
  assert.equal(found.exitCode, 1, found.text);
  assertFound(found, {
    port_taken: [/port \d+ is taken/, /PORT to another/],
    model_shuts_down: [
      /switches gpt-realtime off on \d{4}-\d\d-\d\d, in \d+ days: OPENAI_MODEL/,
      /ano/,
    ],
    agent_model_unknown: [/gpt-realtime-9.*: receptionist\./, /Correct model/],
    transcription_model_unknown: [/whisper-9.*: receptionist\./, /Correct transcription/],
    analysis_model_unknown: [/gpt-none.*ANALYSIS_MODEL/, /Correct ANALYSIS_MODEL/],
    voice_unknown: [/no voice nova: receptionist/, /marin, cedar/],
    clock_wrong: [/(?:59\d|600) s behind/, /NTP/],
    agent_unusable: [/broken.*broken\.md: line 3: greetng/, /Correct the file/],
    service_not_answering: [/find_order \(receptionist\.md\): 127\.0\.0\.1:\d+/, /Start it/],
    mcp_server_away: [/crm \(receptionist\.md\)/, /url and headers/],
    host_not_permitted: [/WEBHOOK_URL.*hooks\.example\.com:443/, /"net" of permissions\.server/],
    path_not_permitted: [/JOURNAL_DIR.*\.\/elsewhere \(read, write\)/, /permissions\.server/],
    store_newer: [/version 9999/, /newer program/],
    recordings_not_encrypted: [/receptionist/, /RECORDING_KEY/],
  });
  const clock = found.report.checks.find(({ code }) => code === "clock_wrong");
  assert.equal(clock?.state, "broken");

  const mended = await folder.diagnose("--fix", "--yes");
  assert.deepEqual(
    mended.report.fixed.map(({ code }) => code).toSorted(),
    ["host_not_permitted", "path_not_permitted", "recordings_not_encrypted"],
  );
  const again = codesOf(await folder.diagnose());
  for (const { code } of mended.report.fixed) assert.ok(!again.has(code), code);
  const { permissions: { server } } = JSON.parse(await folder.read("deno.json"));
  assert.ok(server.net.includes("hooks.example.com:443"));
  assert.ok(!codesOf(found).has("webhook_ok"), "nothing can be delivered");
  assert.ok(server.read.includes("./elsewhere") && server.write.includes("./elsewhere"));
});

function faultyAgent(away: string): string {
  return `---
title: Desk
model: gpt-realtime-9
transcription: whisper-9
voice: nova
recording: { consent: none }
http_tools:
  - name: find_order
    description: Finds an order.
    url: ${away}/orders
mcp_servers:
  - name: crm
    url: ${away}/mcp
    tools: all
---
You help callers.
`;
}

/** As a later version of the program would leave it. */
async function newerDatabase({ path }: DoctorFolder): Promise<void> {
  await Deno.mkdir(`${path}/data`);
  const file = `${path}/data/parley.db`;
  await (await openStore({ kind: "sqlite", path: file }, { now: Date.now })).close();
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(file);
  database.exec("INSERT INTO schema_version (version, applied_at) VALUES (9999, 0)");
  database.close();
}

Deno.test("doctor says of a key that the model's server refuses it, and of agents that there are none", async () => {
  await using folder = await createDoctorFolder();
  await using model = closing(startRealtimeServer({ apiKey: "another" }));
  await folder.write(
    ".env",
    `PORT=0\nAGENTS_DIR=agents\nOPENAI_API_KEY=sk-secret-of-mine\nOPENAI_REALTIME_URL=${model.url}\n`,
  );
  const none = await folder.diagnose();
  assertFound(none, {
    model_key_refused: [/refuses the key/, /OPENAI_API_KEY/],
    agents_unreadable: [/agents holds no agent/, /does not start/],
  });
  assert.ok(!none.text.includes("sk-secret-of-mine"), "a secret was printed");

  await folder.write("agents/desk.md", AGENT);
  assertFound(await folder.diagnose(), {
    default_agent_unknown: [/DEFAULT_AGENT is receptionist.*only: desk/, /DEFAULT_AGENT/],
  });
});

Deno.test("doctor says that all is in order, and changes what is off only when asked", async () => {
  await using folder = await createDoctorFolder();
  const { exitCode, report } = await folder.diagnose("--fix", "--yes");
  assert.equal(exitCode, 0);
  assert.equal(report.ok, true);
  assert.equal(report.server, "stopped");
  assert.deepEqual(report.fixed, []);
  assert.ok(codesOf({ report }).has("env_file_missing"));
  const { text } = await folder.run("--fix");
  assert.match(text, /Nothing is broken, 0 warnings/);
  assert.match(text, /env_file_missing/);
  assert.match(text, /Do that\?|deno task doctor --fix/);
  await assert.rejects(folder.read(".env"), Deno.errors.NotFound);
  assert.equal((await folder.run("--yes")).exitCode, 2);
  assert.match((await folder.run("--help")).text, /It ends with 0/);
});

Deno.test("doctor tells programs of a change that could not be made", async () => {
  await using folder = await createDoctorFolder();
  await folder.write(".env", "PORT=0\nDATABASE_URL=sqlite:./elsewhere/parley.db\n");
  const config = await folder.read("deno.json");
  // Of two lists of one name, it is not known which one counts.
  await folder.write("deno.json", config.replace('"write": [', '"write": [], "write": ['));
  const { report } = await folder.diagnose("--fix", "--yes");
  assert.deepEqual(report.fixed, []);
  assert.deepEqual(report.failed.map(({ code }) => code), ["path_not_permitted"]);
  assert.match(report.failed[0]?.reason ?? "", /by hand/);
});

Deno.test("doctor asks before each change, and makes those that somebody agrees to", async () => {
  await using folder = await createDoctorFolder();
  const env = "OUTBOUND_HOUR=country\nOUTBOUND_COUNTRYS=US\nPORT=9\n";
  await folder.write(".env", env, 0o644);
  const questions: string[] = [];
  const said: string[] = [];
  const answers = ["n", "yes"];
  const exitCode = await doctor(
    { isHelp: false, isJson: false, isFixing: true, isYes: false },
    {
      environment: { PORT: "0", DATABASE_URL: "sqlite::memory:" },
      place: {
        envPath: `${folder.path}/.env`,
        denoPath: `${folder.path}/deno.json`,
        dataFolder: folder.path,
      },
      terminal: {
        print: (line) => said.push(line),
        ask: (question) => {
          questions.push(`${said.at(-1)} ${question}`);
          return Promise.resolve(answers[questions.length - 1]);
        },
      },
    },
  );
  assert.equal(exitCode, 0);
  assert.match(said.join("\n"), /setting_overridden\n +PORT in line 3 of \.env has no effect/);
  assert.match(questions[0] ?? "", /^env_file_open: .*Do that\? \[y\/N\]$/);
  assert.match(questions[1] ?? "", /^setting_misspelt: Write OUTBOUND_HOURS .* line 1/);
  assert.match(questions[2] ?? "", /^setting_misspelt: Write OUTBOUND_COUNTRIES .* line 2/);
  assert.match(questions[3] ?? "", /^keys_not_set: /, "what is off, at last");
  assert.equal(await folder.read(".env"), env.replace("HOUR=", "HOURS="));
  assert.ok(said.includes("Changed: 1. deno task doctor looks again."), said.join("\n"));
});

Deno.test("doctor asks a server that runs, and tells where that takes no key", async () => {
  await using folder = await createDoctorFolder();
  await folder.write("agents/receptionist.md", AGENT);
  await using rig = await startPhoneRig();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => rig.server.app.fetch(request, { remoteAddress: "127.0.0.1" }),
  );
  try {
    const env = (key: string) =>
      `PORT=${server.addr.port}\nAGENTS_DIR=agents\nAPI_KEYS=ops:${key};scopes=admin\n`;
    await folder.write(".env", env(apiKey));
    const asked = await folder.diagnose();
    assert.equal(asked.report.server, "running");
    // Of the server's phone, which the file knows nothing of.
    const phone = asked.report.checks.find(({ code }) => code === "number_ok");
    assert.match(phone?.text ?? "", /Calls to \+1\d+ come here/);

    await folder.write(".env", env("another-secret-than-the-servers"));
    const refused = await folder.diagnose();
    assertFound(refused, { server_refuses_keys: [/no key of API_KEYS/, /setup:read/] });
    assert.ok(codesOf(refused).has("number_not_set"), "of the files");
  } finally {
    await server.shutdown();
  }
});

function assertFound(diagnosis: Diagnosis, expected: Expected): void {
  const { checks } = diagnosis.report;
  for (const [code, [text, remedy]] of Object.entries(expected)) {
    const check = checks.find((each) => each.code === code && text.test(each.text));
    const said = checks.filter((each) => each.code === code).map(({ text }) => text).join("\n");
    assert.ok(check !== undefined, `${code} ${text}: ${said || diagnosis.text}`);
    assert.match(check.remedy ?? "", remedy, code);
  }
}

function codesOf({ report }: Pick<Diagnosis, "report">): ReadonlySet<string> {
  return new Set(report.checks.map(({ code }) => code));
}

function closing<T extends { close(): Promise<void> }>(opened: T): T & AsyncDisposable {
  return Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() });
}
