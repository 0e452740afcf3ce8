import assert from "node:assert/strict";
import type { ModelSetup } from "../../../src/call/modelSetup.ts";
import { ModelFaults } from "../../../src/services/openai/modelFaults.ts";
import { createOpenModel } from "../../../src/services/openai/openModel.ts";
import { createIncidents } from "../../../src/utils/incidents.ts";
import {
  audioFrames,
  contract,
  type Fields,
  Log,
  respond,
  SETUP,
  Sink,
  type Stage,
} from "../../support/openai/modelContract.ts";
import { type ClientFrame, startScriptedRealtime } from "../../support/openai/scriptedRealtime.ts";

contract(
  "asks again without optional fields when the set-up is refused (case 9)",
  async (stage) => {
    const { client, sink } = stage.open();
    client.sendAudio("AAAA");
    const session = await stage.server.session();
    const full = await session.first("session.update");
    assert.equal(full.session.reasoning.effort, "low");
    session.refuse(full, { type: "invalid_request_error", code: "unknown_parameter" });
    const essential = await session.nth("session.update", 1);
    assert.deepEqual(Object.keys(essential.session).toSorted(), [
      "audio",
      "instructions",
      "output_modalities",
      "tool_choice",
      "tools",
      "type",
    ]);
    assert.deepEqual(essential.session.audio.output.format, { type: "audio/pcmu" });
    assert.deepEqual(audioFrames(session), []);
    session.say({ type: "session.updated", session: {} });
    await sink.first("modelReady");
    await session.first("input_audio_buffer.append");
  },
);

contract("is lost when the bare set-up is refused too", async (stage) => {
  const { sink } = stage.open();
  const session = await stage.server.session();
  session.refuse(await session.first("session.update"), { code: "unknown_parameter" });
  session.refuse(await session.nth("session.update", 1), { code: "invalid_value" });
  const bare = await session.nth("session.update", 2);
  assert.deepEqual(Object.keys(bare.session).toSorted(), [
    "audio",
    "instructions",
    "tools",
    "type",
  ]);
  assert.deepEqual(bare.session.tools, []);
  session.refuse(bare, { code: "invalid_value" });
  assert.deepEqual(await sink.loss(), { code: "invalid_value", retry: "no" });
  await session.closed;
});

/** Two tools, of which a server may dislike one, and all that a set-up may say. */
const RICH: Partial<ModelSetup> = {
  turnDetection: { kind: "semantic", eagerness: "low", interrupts: true },
  tools: ["end_call", "find_order"].map((name) => ({
    name,
    description: "",
    parameters: { type: "object" },
  })),
};

/** What is left of a set-up after it was refused in this way. */
async function afterRefusal(stage: Stage, error: Fields, index: number): Promise<ClientFrame> {
  const { client, sink } = stage.open({}, RICH);
  const session = await stage.server.session(index);
  const frame = await session.first("session.update");
  session.say({ type: "error", error: { event_id: frame.event_id, ...error } });
  const again = await session.nth("session.update", 1);
  session.say({ type: "session.updated", session: {} });
  await sink.first("modelReady");
  client.close();
  return again.session;
}

/** The paths of all values in a set-up, and each tool's name. */
function valuePaths(session: unknown, path = ""): readonly string[] {
  if (Array.isArray(session)) return session.map((tool) => `${path}.${tool.name ?? tool}`);
  if (typeof session !== "object" || session === null) return [path];
  return Object.entries(session).flatMap(([name, value]) =>
    valuePaths(value, path === "" ? name : `${path}.${name}`)
  );
}

const invalid = { type: "invalid_request_error" };
const NAMED: readonly (readonly [error: Fields, gone: readonly string[]])[] = [
  [{
    ...invalid,
    code: "invalid_value",
    param: "session.audio.input.turn_detection.type",
    message: "Invalid value: 'semantic_vad'. Supported values are: 'server_vad'.",
  }, ["audio.input.turn_detection.eagerness"]],
  [{ ...invalid, code: "invalid_value", message: "Invalid value: 'semantic_vad'." }, [
    "audio.input.turn_detection.eagerness",
  ]],
  [{ ...invalid, code: "unknown_parameter", param: "session.truncation" }, [
    "truncation.type",
    "truncation.retention_ratio",
  ]],
  [{
    ...invalid,
    code: "unknown_parameter",
    message: "Unknown parameter: 'session.reasoning'.",
    event_id: undefined,
  }, ["reasoning.effort"]],
  [{ ...invalid, param: "session.reasoning.effort" }, ["reasoning.effort"]],
  [{ ...invalid, param: "session.audio.input.noise_reduction" }, [
    "audio.input.noise_reduction.type",
  ]],
  [{ ...invalid, param: "audio.input.transcription.model", event_id: "event_of_nothing" }, [
    "audio.input.transcription.model",
    "audio.input.transcription.language",
  ]],
  [{ ...invalid, param: "session.audio.output.speed" }, ["audio.output.speed"]],
  [{ ...invalid, param: "session.audio.output.voice" }, ["audio.output.voice"]],
  [{ ...invalid, param: "session.tool_choice" }, ["tool_choice"]],
  [{
    ...invalid,
    code: "invalid_function_parameters",
    param: "session.tools[1].parameters",
    message: "Invalid schema for function 'find_order'.",
  }, ["tools.find_order"]],
  [{ ...invalid, message: "Invalid schema for function 'find_order': no object." }, [
    "tools.find_order",
  ]],
  [{ ...invalid, param: "session.tools", message: "No tools here." }, [
    "tools.end_call",
    "tools.find_order",
  ]],
];

contract(
  "case 64: leaves out of the set-up what its refusal names, and nothing else",
  async (stage) => {
    const { client } = stage.open({}, RICH);
    const full = valuePaths((await (await stage.server.session()).first("session.update")).session);
    client.close();
    for (const [index, [error, gone]] of NAMED.entries()) {
      const session = await afterRefusal(stage, { message: "", ...error }, index + 1);
      const missing = full.filter((path) => !valuePaths(session).includes(path));
      assert.deepEqual(missing.toSorted(), gone.toSorted(), JSON.stringify(error));
      const { type } = session.audio.input.turn_detection;
      assert.equal(type, gone[0]?.endsWith("eagerness") ? "server_vad" : "semantic_vad");
    }
  },
);

contract(
  "case 64: one refusal after another is met, in a bounded number of set-ups",
  async (stage) => {
    const { sink } = stage.open({}, RICH);
    const session = await stage.server.session();
    const params = [
      "truncation",
      "reasoning",
      "tools[0].parameters",
      "tools[0].parameters",
      "speed",
    ];
    for (const [index, name] of params.entries()) {
      session.refuse(await session.nth("session.update", index), { param: `session.${name}` });
    }
    const sixth = await session.nth("session.update", params.length);
    assert.deepEqual(sixth.session.tools, []);
    assert.equal(sixth.session.audio.input.turn_detection.type, "semantic_vad");
    session.refuse(sixth, { param: "session.audio.output.voice" });
    const bare = await session.nth("session.update", params.length + 1);
    assert.equal(bare.session.audio.input.turn_detection.type, "server_vad");
    session.refuse(bare, { param: "session.type", code: "unknown_parameter" });
    assert.deepEqual(await sink.loss(), { code: "unknown_parameter", retry: "no" });
    await session.closed;
  },
);

contract("case 64: several errors about one set-up are one refusal of it", async (stage) => {
  const { sink } = stage.open({}, RICH);
  const session = await stage.server.session();
  const full = await session.first("session.update");
  session.refuse(full, { param: "session.truncation" });
  session.refuse(full, { param: "session.audio.output.voice" });
  await session.nth("session.update", 1);
  session.say({ type: "session.updated", session: {} });
  await sink.first("modelReady");
  session.say({ type: "session.updated", session: {} });
  session.say({ type: "session.created", session: {} });
  session.say({ type: "input_audio_buffer.speech_started" });
  await sink.first("speechStarted");
  assert.equal(session.frames.all.length, 2);
  assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady", "speechStarted"]);
});

contract("case 65: what a server refused is not tried on it with the next call", async (stage) => {
  let now = 0;
  const incidents = createIncidents({ now: Date.now, log: stage.log });
  const openModel = createOpenModel({
    url: stage.server.url,
    log: stage.log,
    faults: new ModelFaults({ incidents, log: stage.log }),
    now: () => now,
  });
  const setupOf = async (index: number, setup: Partial<ModelSetup> = {}) => {
    const client = openModel({ ...SETUP, ...RICH, ...setup }, new Sink());
    const session = await stage.server.session(index);
    return { client, session, frame: await session.first("session.update") };
  };
  const first = await setupOf(0);
  first.session.refuse(first.frame, {
    code: "invalid_function_parameters",
    param: "session.tools[1].parameters",
    message: "Invalid schema for function 'find_order': it is no object.",
  });
  await first.session.nth("session.update", 1);
  first.session.say({ type: "session.updated", session: {} });
  first.client.send(respond("greeting"));
  await first.session.first("response.create");
  assert.deepEqual(
    incidents.list().map(({ code, subject, message }) => [code, subject, message]),
    [[
      "setup_refused",
      "gpt-test",
      "invalid_function_parameters: session.tools[1].parameters: " +
      "Invalid schema for function 'find_order': it is no object.",
    ]],
  );
  const second = await setupOf(1);
  assert.deepEqual(second.frame.session.tools.map((tool: Fields) => tool.name), ["end_call"]);
  second.session.say({ type: "session.updated", session: {} });
  const mended = await setupOf(2, {
    tools: RICH.tools!.map((tool) => ({ ...tool, description: "Mended." })),
  });
  assert.equal(mended.frame.session.tools.length, 2);
  const other = await setupOf(3, { model: "gpt-other" });
  assert.equal(other.frame.session.tools.length, 2);
  now = 600_000;
  const later = await setupOf(4);
  assert.equal(later.frame.session.tools.length, 2);
  assert.equal(incidents.list().length, 1);
  later.client.send(respond("greeting"));
  later.session.say({ type: "session.updated", session: {} });
  await later.session.first("response.create");
  assert.deepEqual(incidents.list(), [], "the whole set-up has passed");
  for (const { client } of [first, second, mended, other, later]) client.close();
});

contract("does not stay on the server's defaults when the refusal comes late", async (stage) => {
  const { sink } = stage.open({ readyTimeoutMs: 1 });
  const session = await stage.server.session();
  session.say({ type: "session.created", session: {} });
  await sink.first("modelReady");
  session.refuse(await session.first("session.update"), { code: "unknown_parameter" });
  const essential = await session.nth("session.update", 1);
  assert.equal(essential.session.reasoning, undefined);
  session.refuse(essential, { code: null, type: "invalid_request_error" });
  session.refuse(await session.nth("session.update", 2), { code: null });
  assert.equal((await sink.loss()).retry, "no");
});

Deno.test("case 66: a set-up's refusal that repeats the instructions does not bring them into the log", async () => {
  await using server = startScriptedRealtime();
  const log = new Log();
  const instructions = "The caller is Ada Lovelace of Baker Street.";
  const sink = new Sink();
  const client = createOpenModel({ url: server.url, log })(
    { ...SETUP, instructions },
    sink,
  );
  const session = await server.session();
  const message = `Too long: ${instructions}`;
  session.refuse(await session.first("session.update"), { param: "session.speed", message });
  await session.nth("session.update", 1);
  client.close();
  assert.match(log.lines.join(), /session\.speed/);
  assert.doesNotMatch(log.lines.join(), /Ada|Baker/);
});

contract(
  "a server of tools that is refused costs itself, and nothing of its secrets is shown",
  async (stage) => {
    const secret = "tk-live-abcdefghij";
    const server = {
      url: "https://mcp.example.com",
      headers: { Authorization: `Bearer ${secret}` },
      secrets: [secret],
      asks: [],
    };
    const toolServers = [{ ...server, label: "shop" }, { ...server, label: "bank" }];
    const { sink } = stage.open({}, { toolServers });
    const session = await stage.server.session();
    const full = await session.first("session.update");
    const namesOf = (update: ClientFrame) =>
      update.session.tools.map((tool: Fields) => tool.name ?? tool.server_label);
    const kept = full.session.tools.length - 2;
    assert.equal(full.session.tools[kept].authorization, secret);
    session.refuse(full, {
      code: "invalid_value",
      message: `Invalid token ${secret}.`,
      param: `session.tools[${kept}].authorization`,
    });
    const reduced = await session.nth("session.update", 1);
    assert.deepEqual(namesOf(reduced), namesOf(full).toSpliced(kept, 1));
    assert.equal(namesOf(reduced).at(-1), "bank");
    session.say({ type: "session.updated", session: {} });
    await sink.first("modelReady");
    const lines = stage.log.lines.join();
    assert.match(lines, /Model refused the set-up/);
    assert.ok(!lines.includes("abcdefghij"), lines);
  },
);
