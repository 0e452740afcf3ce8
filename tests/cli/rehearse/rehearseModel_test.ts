import assert from "node:assert/strict";
import { join } from "node:path";
import { rehearse } from "../../../src/cli/rehearse.ts";
import { readRehearseOptions } from "../../../src/cli/rehearse/rehearseOptions.ts";
import {
  type RealtimeServerOptions,
  startRealtimeServer,
} from "../../../src/sim/openai/realtimeServer.ts";
import { printedScreen } from "../../support/scenarios/printedScreen.ts";
import { type LateKind, startOutOfStep } from "../../support/openai/outOfStep.ts";

const KEY = "sk-of-the-test";
const GREETING = "Good morning. This is the office of Doctor Miller, on 42 Oak Street.";
const PRICE =
  "A first appointment costs $40 and takes 30 minutes. Every further one costs twenty dollars, and is paid at the desk.";

const SCENARIO = `
title: A caller asks, and breaks in at a word.
agent: receptionist
caller:
  - silence_ms: 200
  - What does it cost?
  - cut_in: { say: "Thank you very much. Goodbye.", at_word: further }
expect:
  - heard: forty dollars
  - never_heard: paid at the desk
  - cut_within_ms: 2500
  - first_sound_within_ms: 8000
`;

const SHORT = `
title: A caller says something.
agent: receptionist
max_seconds: 20
caller: [Hello?]
expect:
  - first_sound_within_ms: 15000
`;

const RULE_WITH_FAULT = "model: [{ hears: hello, says: Yes., fault: close-mid-sentence }]";

for (const late of ["text", "audio"] as const) {
  Deno.test(`a real model is heard by its tap, where ${late} comes later than the other`, async () => {
    let spoken = 0;
    await using model = startModel({ late, ms: 350 }, {
      script: ({ cause }) =>
        cause.type === "speech" ? { say: ++spoken === 1 ? PRICE : "Goodbye." } : { say: GREETING },
    });
    const { code, printed, report } = await rehearsed(model.url);
    assert.equal(code, 0, printed);
    assert.match(report, /"found": "heard at \d+\.\d+ s"/);
    assert.ok(!printed.includes("built-in engine answers"), "a model has answered");
  });
}

Deno.test("a model that has reached its limits is named, in the place of a silence", async () => {
  await using model = startModel({ late: "text", ms: 0 }, { faults: ["insufficientQuota"] });
  const { code, printed } = await rehearsed(model.engineUrl, SHORT);
  assert.equal(code, 1);
  assert.match(
    printed,
    /the model answers without a fault of its own: insufficient_quota: You exceeded your current quota/,
  );
});

Deno.test("scenarios with faults of the model are left out with a real one, by reason", async () => {
  await using model = startModel({ late: "text", ms: 0 }, {});
  for (const fault of ["model_faults: [close-mid-sentence]", RULE_WITH_FAULT]) {
    const { code, printed } = await rehearsed(model.engineUrl, `${SHORT}${fault}\n`);
    assert.equal(code, 2, "nothing was rehearsed");
    assert.match(printed, /skip +asks[^]*faults of the model need the built-in engine: --built-in/);
  }
});

Deno.test("a key that a model refuses is named", async () => {
  await using model = startModel({ late: "text", ms: 0 }, {});
  const { code, printed } = await rehearsed(model.engineUrl, SHORT, {
    OPENAI_API_KEY: "sk-another",
  });
  assert.equal(code, 1);
  assert.match(printed, /the model answers without a fault of its own: \w+/);
});

Deno.test("a model is asked at its own path, with its query and its header of the key", async () => {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const { headers } = request;
    const key = headers.get("api-key") ?? headers.get("authorization");
    if (headers.has("upgrade")) asked.push(`${pathname} ${searchParams.get("of")} ${key}`);
    const error = { code: "DeploymentNotFound", message: "There is no such deployment." };
    return Response.json({ error }, { status: 404 });
  });
  const url = `ws://127.0.0.1:${server.addr.port}/openai/v1/realtime?of=azure`;
  const { code, printed } = await rehearsed(url, SHORT, { OPENAI_AUTH: "api-key" });
  await server.shutdown();
  assert.equal(code, 1);
  assert.match(printed, /DeploymentNotFound: There is no such deployment/);
  assert.deepEqual([...new Set(asked)], [`/openai/v1/realtime azure ${KEY}`]);
});

/** What a real model could be: it talks faster than anybody listens, and text and sound come out of step. */
function startModel(
  { late, ms }: { readonly late: LateKind; readonly ms: number },
  options: RealtimeServerOptions,
) {
  const engine = startRealtimeServer({ voice: "flite", speed: 4, apiKey: KEY, ...options });
  const relay = startOutOfStep({ upstream: engine.url, late, ms });
  return {
    ...{ url: relay.url, engineUrl: engine.url },
    async [Symbol.asyncDispose]() {
      await engine.close();
      await relay.close();
    },
  };
}

async function rehearsed(
  url: string,
  scenario = SCENARIO,
  environment: Readonly<Record<string, string>> = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "asks.yaml"), scenario);
    const lines: string[] = [];
    const report = join(folder, "report.json");
    const options = readRehearseOptions(
      [folder, "--json", report, "--html", join(folder, "report.html")],
      2,
    );
    const code = await rehearse(options, {
      environment: { OPENAI_API_KEY: KEY, OPENAI_REALTIME_URL: url, ...environment },
      screen: printedScreen(lines),
      interrupted: new AbortController().signal,
    });
    return { code, printed: lines.join("\n"), report: await Deno.readTextFile(report) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
