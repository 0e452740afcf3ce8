import assert from "node:assert/strict";
import { readAgent } from "../../src/config/agents.ts";
import { readSettings, SettingsError } from "../../src/config/env.ts";
import { fillSentence } from "../../src/utils/sentence.ts";
import { unreachableHosts } from "../../src/config/hostPermissions.ts";

function read(analysis: string) {
  return readAgent("desk", `---\ntitle: Desk\nanalysis: ${analysis}\n---\nHelp.`);
}

function problems(analysis: string): readonly string[] {
  const result = read(analysis);
  if (result.ok) return [];
  return result.problems.map(({ path, message }) => `${path ?? "-"}: ${message}`);
}

Deno.test("analysis of an agent's file has defaults for all but what it is to find out", () => {
  const agent = read("{ fields: { name: { description: The name } } }");
  assert.deepEqual(agent.ok && agent.agent.analysis, {
    summary: true,
    fields: { name: { type: "string", description: "The name", required: false } },
    success: {},
    min_turns: 1,
  });
  assert.deepEqual(problems("{}"), []);
  assert.deepEqual(problems("{ language: de-AT, summary: One sentence. }"), []);
});

Deno.test("fields of an analysis may be a JSON Schema", () => {
  const agent = read(`
  fields:
    type: object
    additionalProperties: false
    required: [day]
    properties:
      day: { type: string, format: date, description: The day }
      guests: { type: [integer, "null"], title: Guests }
      topic: { type: string, enum: [a, b], description: Topic }`);
  assert.ok(agent.ok, JSON.stringify(agent));
  assert.deepEqual(agent.agent.analysis?.fields, {
    day: { type: "date", description: "The day", required: true },
    guests: { type: "integer", description: "Guests", required: false },
    topic: { type: "string", description: "Topic", enum: ["a", "b"], required: false },
  });
  // A field may be called type, or properties.
  assert.deepEqual(
    problems("{ fields: { type: { description: D }, properties: { description: D } } }"),
    [],
  );
});

Deno.test("every problem of an analysis is told with its place", () => {
  for (
    const [analysis, expected] of [
      ["{ colour: red }", /^analysis\.colour: is not known/],
      ["{ summary: 7 }", /^analysis\.summary: must be true, false or instructions/],
      ["{ summary: false }", /^analysis: asks for nothing/],
      ["{ language: Klingon }", /^analysis\.language: must be a code/],
      ["{ min_turns: 0 }", /^analysis\.min_turns: /],
      ["{ fields: 7 }", /^analysis\.fields: /],
      ["{ fields: { '1st': { description: D } } }", /^analysis\.fields\.1st: must be letters/],
      [
        "{ fields: { a: { type: text, description: D } } }",
        /^analysis\.fields\.a\.type: .*"integer"/,
      ],
      ["{ fields: { a: { type: string } } }", /^analysis\.fields\.a\.description: /],
      [
        "{ fields: { a: { description: D, colour: red } } }",
        /^analysis\.fields\.a\.colour: is not known/,
      ],
      [
        "{ fields: { a: { description: D, enum: [yes, 1] } } }",
        /^analysis\.fields\.a\.enum\.1: is 1, which is no string: quote it/,
      ],
      ["{ fields: { a: { description: D, enum: [] } } }", /^analysis\.fields\.a\.enum: /],
      [
        "{ fields: { a: { description: D, enum: [b, b] } } }",
        /^analysis\.fields\.a\.enum: has a value twice/,
      ],
      [
        "{ fields: { a: { type: boolean, description: D, enum: [b] } } }",
        /^analysis\.fields\.a\.enum: has no meaning for a boolean/,
      ],
      ["{ success: { kind: '' } }", /^analysis\.success\.kind: /],
      ["{ fields: { type: object } }", /^analysis\.fields\.properties: must be a map/],
      [
        "{ fields: { type: object, properties: { a: { type: array, description: D } } } }",
        /^analysis\.fields\.properties\.a\.type: /,
      ],
      [
        "{ fields: { type: object, required: [b], properties: { a: { description: D } } } }",
        /^analysis\.fields\.required: names b, which no property/,
      ],
      [
        "{ fields: { type: object, anyOf: [], properties: { a: { description: D } } } }",
        /^analysis\.fields\.anyOf: is not supported/,
      ],
      [
        "{ fields: { type: object, properties: { a: { format: uri, description: D } } } }",
        /^analysis\.fields\.properties\.a\.format: must be date/,
      ],
    ] as const
  ) {
    const found = problems(analysis);
    assert.ok(found.some((problem) => expected.test(problem)), `${analysis}: ${found.join(" | ")}`);
  }
  const many = Array.from({ length: 41 }, (_, at) => `f${at}: { description: D }`).join(", ");
  assert.match(problems(`{ fields: { ${many} } }`).join(), /analysis\.fields: must be 40 at most/);
  const criteria = Array.from({ length: 21 }, (_, at) => `c${at}: C`).join(", ");
  assert.match(
    problems(`{ success: { ${criteria} } }`).join(),
    /analysis\.success: must be 20 at most/,
  );
});

Deno.test("readSettings() has no analysis without a model, and a limit in dollars with one", () => {
  assert.equal(readSettings({ OPENAI_API_KEY: "sk-x" }).analysis, undefined);
  assert.deepEqual(
    readSettings({ OPENAI_API_KEY: "sk-x", ANALYSIS_MODEL: "gpt-5-mini" }).analysis,
    {
      model: "gpt-5-mini",
      url: "https://api.openai.com/v1/chat/completions",
      apiKey: "sk-x",
      dailyUsd: 5,
    },
  );
  // Another server never gets OpenAI's key.
  const own = {
    OPENAI_API_KEY: "sk-x",
    ANALYSIS_MODEL: "llama",
    ANALYSIS_URL: "http://localhost:11434/v1/chat/completions",
    ANALYSIS_DAILY_USD: "off",
  };
  const { analysis, hints } = readSettings(own);
  assert.deepEqual(analysis, { model: "llama", url: own.ANALYSIS_URL });
  assert.match(hints.map(fillSentence).join(), /ANALYSIS_DAILY_USD is off/);
  // Without any key the stand-in of the built-in engine is used.
  assert.equal(readSettings({ ANALYSIS_MODEL: "gpt-5-mini" }).analysis, undefined);
});

Deno.test("readSettings() says what is wrong with the settings of the analysis", () => {
  const model = { ANALYSIS_MODEL: "gpt-5-mini", OPENAI_API_KEY: "sk-x" };
  for (
    const [env, expected] of [
      [
        { ...model, ANALYSIS_URL: "http://models.example/v1" },
        /ANALYSIS_URL must begin with https:/,
      ],
      [{ ...model, ANALYSIS_URL: "ftp://x" }, /ANALYSIS_URL is not a URL/],
      [{ ...model, ANALYSIS_URL: "https://u:p@models.example/" }, /ANALYSIS_URL must have no user/],
      [{ ...model, ANALYSIS_DAILY_USD: "lots" }, /ANALYSIS_DAILY_USD is "lots"/],
      [
        { ANALYSIS_MODEL: "gpt-5-mini", OPENAI_REALTIME_URL: "ws://localhost:1/" },
        /ANALYSIS_API_KEY is missing/,
      ],
    ] as const
  ) {
    assert.throws(() => readSettings(env), (error) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, expected);
      return true;
    });
  }
  assert.match(
    readSettings({ ANALYSIS_MODL: "x" }).hints.map(fillSentence).join(),
    /did you mean ANALYSIS_MODEL/,
  );
});

Deno.test("unreachableHosts() names the endpoint of the analysis where it may not be reached", {
  permissions: { net: ["127.0.0.1"] },
}, () => {
  const settings = readSettings({
    ANALYSIS_MODEL: "x",
    ANALYSIS_URL: "https://models.example/v1/chat/completions",
  });
  const agents = { names: [], get: () => undefined };
  assert.match(
    unreachableHosts({ settings, agents, engine: "rehearsal" }).join(),
    /^ANALYSIS_URL: models\.example:443 may not be reached/,
  );
});
