import assert from "node:assert/strict";
import { join } from "node:path";
import { rehearse } from "../../../src/cli/rehearse.ts";
import { readRehearseOptions } from "../../../src/cli/rehearse/rehearseOptions.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { desk } from "../../support/scenarios/desk.ts";
import { apiKey, serveApp } from "../../support/servers/phoneServer.ts";
import { printedScreen } from "../../support/scenarios/printedScreen.ts";
import { freePort } from "../../support/servers/freePort.ts";

const PHONE = {
  PUBLIC_URL: "https://parley.example",
  TWILIO_ACCOUNT_SID: `AC${"a1".repeat(16)}`,
  TWILIO_AUTH_TOKEN: "5".repeat(32),
  TWILIO_PHONE_NUMBER: "+14155550100",
};
const LOW = "a-key-that-may-do-little";
const ADMIN = `ops:${apiKey};scopes=admin`;

const BROWSER = `
title: A browser talks.
leg: browser
caller:
  - hears: How can I help you
  - type: Which day is it?
  - hears: which day is it
expect:
  - heard: How can I help you
  - never_heard: no such words
  - first_sound_within_ms: 8000
`;
const PHONED = `
title: A phone calls, and breaks in.
agent: reminder
caller:
  - silence_ms: 300
  - cut_in: { say: "Wait a moment, please.", after_ms: 500 }
expect:
  - cut_within_ms: 2500
  - ended: caller_hung_up
`;
const MISSPELT = `
title: A tool is misspelt.
leg: browser
caller: [hang_up: true]
expect: [no_tool: end_cal]
`;
const FAULTY = `
title: The model fails.
model_faults: [rate_limit]
caller: [Hello.]
`;

Deno.test("scenarios are held against a server that runs elsewhere, by phone and browser", async () => {
  const apiUrl = `http://127.0.0.1:${freePort()}`;
  await using server = await serveApp(apiUrl, {
    API_KEYS: ADMIN,
    DATABASE_URL: "sqlite::memory:",
    OPENAI_API_KEY: "rehearsal",
  });
  const { code, printed, report } = await rehearsed(
    { browser: BROWSER, phoned: PHONED, faulty: FAULTY },
    ["--against", server.origin],
    { ...PHONE, TWILIO_API_URL: apiUrl, API_KEYS: ADMIN },
  );
  assert.equal(code, 0, printed);
  assert.match(printed, /words are those of the server's own record/);
  assert.match(printed, /skip +faulty[^]*faults of the model are for a server that is started/);
  assert.match(printed, /ok +browser/);
  assert.match(printed, /ok +phoned/);
  assert.match(report, /"against": "http:/);
  assert.match(report, /with the words of the server's record/);
  assert.match(report, /compared by their times alone/);
});

Deno.test("a tool that no agent of the server has is told, or that nobody could look", async () => {
  await using server = await serveApp("http://127.0.0.1:9", {
    API_KEYS: `${ADMIN},low:${LOW};scopes=calls:create+calls:read`,
    DATABASE_URL: "sqlite::memory:",
    OPENAI_API_KEY: "rehearsal",
  });
  const act = (text: string, key: string) =>
    rehearsed({ one: text }, ["--against", server.origin], { PARLEY_KEY: key });
  const refused = await act(MISSPELT, apiKey);
  assert.equal(refused.code, 1, refused.printed);
  assert.match(refused.printed, /Cannot rehearse with the tool end_cal: no agent has it/);
  const right = await act(MISSPELT.replace("end_cal", "end_call"), apiKey);
  assert.doesNotMatch(right.printed, /end_call: |no agent/);
  const unseen = await act(MISSPELT, LOW);
  assert.match(
    unseen.printed,
    /one: could not check whether an agent has the tool end_cal: the key/,
  );
});

Deno.test("tools that only the model's provider knows are not refused", async () => {
  await using folder = await createAgentFolder({
    "desk.md": desk(
      "mcp_servers: [{ name: stock, url: 'https://stock.example/mcp', by: model, tools: all }]",
    ),
  });
  await using server = await serveApp("http://127.0.0.1:9", {
    ...folder.env,
    API_KEYS: ADMIN,
    DATABASE_URL: "sqlite::memory:",
    DEFAULT_AGENT: "desk",
    OPENAI_API_KEY: "rehearsal",
  });
  const { code, printed } = await rehearsed({ one: MISSPELT }, ["--against", server.origin], {
    PARLEY_KEY: apiKey,
  });
  assert.equal(code, 0, printed);
  assert.match(printed, /has the tool end_cal: the model may call all tools of an MCP server of/);
});

Deno.test("without the server's settings of a phone its scenarios are left out", async () => {
  await using server = await serveApp("http://127.0.0.1:9", {
    API_KEYS: ADMIN,
    DATABASE_URL: "sqlite::memory:",
    OPENAI_API_KEY: "rehearsal",
  });
  const settings = { API_KEYS: ADMIN, TWILIO_API_URL: "http://127.0.0.1:9" };
  const against = ["--against", server.origin];
  const without = await rehearsed({ phoned: PHONED }, against, { API_KEYS: ADMIN });
  assert.equal(without.code, 2);
  assert.match(without.printed, /skip +phoned[^]*a phone call takes the server's settings/);
  const other = { ...PHONE, TWILIO_AUTH_TOKEN: "6".repeat(32), ...settings };
  const foreign = await rehearsed({ phoned: PHONED }, against, other);
  assert.match(
    foreign.printed,
    /refuses what is signed with TWILIO_AUTH_TOKEN for PUBLIC_URL \(403\)/,
  );
});

Deno.test("what is wrong with the server or the key is said, and nothing is rehearsed", async () => {
  await using server = await serveApp("http://127.0.0.1:9", {
    API_KEYS: ADMIN,
    DATABASE_URL: "sqlite::memory:",
    OPENAI_API_KEY: "rehearsal",
  });
  await using moved = serve(() => Response.redirect("https://other.example/health", 301));
  await using page = serve(() => new Response("<h1>Hello</h1>"));
  await using old = serve((path) =>
    path === "/health"
      ? Response.json({ status: "ok", calls: { live: 0, max: 10 } })
      : new Response("", { status: 404 })
  );
  const keys: string[] = [];
  await using nosy = serve((_, request) => {
    keys.push(request.headers.get("authorization") ?? "none");
    return Response.redirect(`${server.origin}/health`, 307);
  });
  const closed = `http://127.0.0.1:${freePort()}`;
  const cases: readonly (readonly [string, RegExp, Readonly<Record<string, string>>?])[] = [
    [closed, /Nothing answers at http:\/\/127\.0\.0\.1:\d+\. Start the server/],
    [moved.origin, /answers with a redirect[^]*give --against https:\/\/other\.example/],
    [page.origin, /is no Parley server: \/health answers with 200/],
    [old.origin, /is of an earlier version[^]*update it/],
    [server.origin, /asks for an API key: give it with --key-file/],
    [server.origin, /does not accept this API key \(401\)/, { PARLEY_KEY: "wrong".repeat(4) }],
    [nosy.origin, /answers with a redirect/, { PARLEY_KEY: apiKey }],
  ];
  for (const [origin, message, environment = {}] of cases) {
    const refusal = rehearsed({ browser: BROWSER }, ["--against", origin], environment);
    await assert.rejects(refusal, { name: "TypeError", message });
  }
  assert.deepEqual(keys, [`Bearer ${apiKey}`], "it went nowhere else, and once");
});

Deno.test("a server that was asked too much is asked again when it says", async () => {
  let asked = 0;
  await using busy = serve((path) => {
    if (path === "/health") return Response.json({ status: "ok", calls: { live: 0, max: 10 } });
    if (++asked === 1) return new Response("", { status: 429, headers: { "retry-after": "1" } });
    return Response.json({ may: [] });
  });
  await assert.rejects(
    rehearsed({ browser: BROWSER }, ["--against", busy.origin], { PARLEY_KEY: apiKey }),
    { message: /lacks the scopes calls:create and calls:read/ },
  );
  assert.equal(asked, 2);
});

async function rehearsed(
  scenarios: Readonly<Record<string, string>>,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(scenarios)) {
      await Deno.writeTextFile(join(folder, `${name}.yaml`), text);
    }
    const report = join(folder, "report.json");
    const lines: string[] = [];
    const options = readRehearseOptions(
      [folder, ...args, "--json", report, "--html", join(folder, "report.html")],
      2,
    );
    const { signal: interrupted } = new AbortController();
    const screen = printedScreen(lines);
    const code = await rehearse(options, { environment, screen, interrupted });
    return { code, printed: lines.join("\n"), report: await Deno.readTextFile(report) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function serve(answer: (path: string, request: Request) => Response) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answer(new URL(request.url).pathname, request),
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
