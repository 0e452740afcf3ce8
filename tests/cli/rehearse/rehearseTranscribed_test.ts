import assert from "node:assert/strict";
import { startTranscriptionServer } from "../../../src/sim/transcription/transcriptionServer.ts";
import type { PhoneNetwork, SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";
import { AgentSpeech } from "../../../src/sim/twilio/call/agentSpeech.ts";
import { createFliteVoice } from "../../../src/sim/voice/fliteVoice.ts";
import { isRecord } from "../../../src/utils/isRecord.ts";
import { account, apiKey, publicUrl, serveApp } from "../../support/servers/phoneServer.ts";
import { startTwilio } from "../../support/scenarios/calledNumber.ts";
import { freePort } from "../../support/servers/freePort.ts";
import { startLineRelay } from "../../support/scenarios/lineRelay.ts";
import { rehearseTexts } from "../../support/scenarios/rehearseTexts.ts";

const CALLED = "+14155550123";
const KEY = "sk-of-the-test";
const GREETING = "Good morning, this is the salon.";
const PRICE = "A haircut costs forty dollars.";
const PHONE = {
  PUBLIC_URL: publicUrl,
  TWILIO_ACCOUNT_SID: account.accountSid,
  TWILIO_AUTH_TOKEN: account.authToken,
  TWILIO_PHONE_NUMBER: account.number,
};
const ADMIN = `ops:${apiKey};scopes=admin`;

const ASKS = `
title: A caller asks for the price.
max_seconds: 40
caller:
  - hears: Good morning
  - What is the price?
expect:
  - heard: costs $40
  - never_heard: fifty dollars
  - heard: parking is free of charge
`;

const GREETED = `
title: A caller is greeted.
agent: receptionist
caller:
  - hears: How can I help you
  - hang_up: true
expect:
  - heard: How can I help you
`;

Deno.test("what a number says is transcribed, and its words held against what was expected", async () => {
  const voice = createFliteVoice();
  await using twilio = startTwilio({ answer: "human" }, voice);
  await using model = startModel({ texts: [GREETING, PRICE], voice });
  const { network } = twilio;
  const agent = (async () => {
    await answer(await network.nextCall(), network);
    const second = await network.nextCall();
    model.fail({ type: "status", status: 500 }, { type: "status", status: 500 });
    await answer(second, network);
  })();
  const { code, printed, report } = await rehearseTexts(
    { first: ASKS, second: ASKS },
    ["--call", CALLED, "--yes"],
    { ...twilio.environment, ...settingsOf(model.url) },
  );
  await agent;
  voice.close();
  assert.equal(code, 1, printed);
  assert.match(
    printed,
    /gpt-transcribe at 127\.0\.0\.1:\d+ writes down what was heard, for \$0\.0045/,
  );
  assert.match(model.requests[0]?.model ?? "", /^gpt-transcribe$/);
  const [first = [], second = []] = verdictsIn(report);
  assert.match(first[0] ?? "", /^held heard "costs \$40": heard at \d+\.\d\d s, as transcribed$/);
  assert.match(first[1] ?? "", /^held never heard "fifty dollars": not heard, as transcribed$/);
  assert.match(first[2] ?? "", /^failed heard "parking is free of charge": it was not said$/);
  const untold = /^skipped .*: only the sound .*not its words; transcribing it failed: http_500$/;
  for (const one of second.slice(0, 3)) assert.match(one, untold);
  const more = verdictsIn(report).flat().filter((one) => one.includes("the caller gets through"));
  assert.deepEqual(more, []);
});

Deno.test("a record that lacks a sentence is found by the sound, and a misheard word is none", async () => {
  const voice = createFliteVoice();
  const apiUrl = `http://127.0.0.1:${freePort()}`;
  await using server = await serveApp(apiUrl, {
    API_KEYS: ADMIN,
    DATABASE_URL: "sqlite::memory:",
    OPENAI_API_KEY: "rehearsal",
  }, { engine: { voice } });
  let isLossy = false;
  await using relay = startLineRelay(
    server.origin,
    () => (message, pass) => pass(message),
    async (path, answer) => {
      if (!isLossy || !/^\/api\/calls\/[^/]+$/.test(path) || !answer.ok) return answer;
      return Response.json(withoutHelp(await answer.json()));
    },
  );
  await using model = startModel({
    texts: ["Hello, this is the front desk. How can I help you?"],
    voice,
    answer: (text) => text.replace("Hello,", "Hullo"),
  });
  const run = () =>
    rehearseTexts(
      { greeted: GREETED },
      ["--against", relay.origin],
      { ...PHONE, TWILIO_API_URL: apiUrl, API_KEYS: ADMIN, ...settingsOf(model.url) },
    );
  const whole = await run();
  isLossy = true;
  const lossy = await run();
  isLossy = false;
  model.fail({ type: "body", body: "{}" });
  const untold = await run();
  voice.close();
  assert.equal(whole.code, 0, whole.printed);
  assert.deepEqual(verdictsIn(whole.report)[0]?.slice(1), [
    "held the record says what was heard: 1 lines of the agent's, as transcribed",
  ]);
  assert.equal(lossy.code, 1, lossy.printed);
  assert.deepEqual(verdictsIn(lossy.report)[0]?.slice(1), [
    'failed the record says what was heard: it lacks "how can i help you"',
  ]);
  assert.equal(untold.code, 0, untold.printed);
  assert.match(
    verdictsIn(untold.report)[0]?.[1] ?? "",
    /^skipped the record says .*their times alone; transcribing the call failed: invalid_answer$/,
  );
});

/** Greets, and answers once it was spoken to. */
async function answer(call: SimulatedCall, { context }: PhoneNetwork): Promise<void> {
  const caller = new AgentSpeech((listener) => call.watch(listener), context.clock);
  await call.speak(GREETING);
  await caller.endOfTurn();
  await call.speak(PRICE);
  await call.ended;
}

function startModel(options: Parameters<typeof startTranscriptionServer>[0]) {
  const model = startTranscriptionServer({ apiKey: KEY, ...options });
  return { ...model, [Symbol.asyncDispose]: model.close };
}

function settingsOf(url: string) {
  return {
    ANALYSIS_MODEL: "gpt-5-mini",
    ANALYSIS_URL: url.replace("/audio/transcriptions", "/chat/completions"),
    ANALYSIS_API_KEY: KEY,
  };
}

function withoutHelp(call: unknown): unknown {
  if (!isRecord(call) || !Array.isArray(call["turns"])) return call;
  const turns = call["turns"].map((turn) => ({
    ...turn,
    text: turn.text.replace(" How can I help you?", ""),
  }));
  return { ...call, turns };
}

interface ToldScenario {
  readonly runs: readonly {
    readonly calls: readonly { readonly verdicts: readonly ToldVerdict[] }[];
  }[];
}

interface ToldVerdict {
  readonly state: string;
  readonly expected: string;
  readonly found: string;
}

/** Of each scenario's first call, a line for each. */
function verdictsIn(report: string): readonly (readonly string[])[] {
  const { scenarios }: { scenarios: readonly ToldScenario[] } = JSON.parse(report);
  return scenarios.map(({ runs }) =>
    (runs[0]?.calls[0]?.verdicts ?? []).map(({ state, expected, found }) =>
      `${state} ${expected}: ${found}`
    )
  );
}
