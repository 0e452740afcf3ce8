import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { ModelSetup } from "../../../src/call/modelSetup.ts";
import type {
  ModelInput,
  RealtimeClient,
  ResponsePurpose,
  SpeechRef,
} from "../../../src/call/realtimeClient.ts";
import { createOpenModel, type OpenModelOptions } from "../../../src/services/openai/openModel.ts";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { createIncidents } from "../../../src/utils/incidents.ts";
import { credentialsFor } from "../../../src/services/openai/credentials.ts";
import { questionUrl } from "../../../src/services/openai/handshakeDiagnosis.ts";
import { ModelFaults } from "../../../src/services/openai/modelFaults.ts";
import { reportOpenLimits } from "../../../src/services/openai/openEngine.ts";
import { Inbox } from "../../support/inbox.ts";
import { awaitNodeSockets } from "../../support/nodeSockets.ts";
import {
  type ClientFrame,
  type ScriptedRealtime,
  type ScriptedSession,
  startScriptedRealtime,
} from "../../support/openai/scriptedRealtime.ts";

const SETUP: ModelSetup = {
  model: "gpt-test",
  instructions: "Be kind.",
  voice: "marin",
  speed: 1.1,
  format: "pcmu",
  turnDetection: { kind: "server", interrupts: true },
  noiseReduction: "near_field",
  transcription: { model: "gpt-transcribe", language: "en" },
  tools: [{ name: "end_call", description: "Ends.", parameters: { type: "object" } }],
  reasoningEffort: "low",
  safetyId: "pseudonym",
  history: [],
};
const KEY = "sk-very-secret";

type InputOf<T extends ModelInput["type"]> = Extract<ModelInput, { type: T }>;

/** Records what the model's end says. */
class Sink {
  readonly inputs = new Inbox<ModelInput>();
  readonly sounds = new Inbox<{ readonly ref: SpeechRef; readonly audio: string }>();

  onInput(input: ModelInput): void {
    this.inputs.add(input);
  }

  onSpeech(ref: SpeechRef, audio: string): void {
    this.sounds.add({ ref, audio });
  }

  async first<T extends ModelInput["type"]>(type: T): Promise<InputOf<T>> {
    return await this.inputs.find((input): input is InputOf<T> => input.type === type);
  }
}

class ThrowingSink extends Sink {
  override onInput(input: ModelInput): void {
    super.onInput(input);
    throw new Error("sink broke");
  }

  override onSpeech(ref: SpeechRef, audio: string): void {
    super.onSpeech(ref, audio);
    throw new Error("sink broke");
  }
}

class Log {
  readonly lines: string[] = [];
  warn(message: string, fields?: unknown): void {
    this.lines.push(`${message} ${JSON.stringify(fields)}`);
  }
  error(message: string): void {
    this.lines.push(message);
  }
}

interface Stage {
  readonly server: ScriptedRealtime;
  readonly log: Log;
  open(options?: Partial<OpenModelOptions>, setup?: Partial<ModelSetup>, sink?: Sink): {
    readonly client: RealtimeClient;
    readonly sink: Sink;
  };
  /** A confirmed session. */
  live(options?: Partial<OpenModelOptions>, setup?: Partial<ModelSetup>, sink?: Sink): Promise<{
    readonly client: RealtimeClient;
    readonly sink: Sink;
    readonly session: ScriptedSession;
  }>;
}

/** One test over each of the sockets, with a server of its own. */
function contract(
  name: string,
  body: (stage: Stage) => Promise<void>,
  serverOptions?: Parameters<typeof startScriptedRealtime>[0],
): void {
  for (const socket of ["native", "ws"] as const) {
    Deno.test(`createOpenModel(${socket}) ${name}`, async () => {
      await using _sockets = awaitNodeSockets();
      await using server = startScriptedRealtime(serverOptions);
      const log = new Log();
      const clients: RealtimeClient[] = [];
      function open(
        options: Partial<OpenModelOptions> = {},
        setup: Partial<ModelSetup> = {},
        sink = new Sink(),
      ) {
        const openModel = createOpenModel({
          url: server.url,
          apiKey: KEY,
          socket,
          log,
          ...options,
        });
        const client = openModel({ ...SETUP, ...setup }, sink);
        clients.push(client);
        return { client, sink };
      }
      const live: Stage["live"] = async (options, setup, sink) => {
        const opened = open(options, setup, sink);
        const session = await server.session(clients.length - 1);
        await session.confirm();
        await opened.sink.first("modelReady");
        return { ...opened, session };
      };
      try {
        await body({ server, log, open, live });
        assert.ok(!log.lines.some((line) => line.includes(KEY)), "a log line holds the key");
      } finally {
        for (const client of clients) client.close();
      }
    });
  }
}

function respond(purpose: ResponsePurpose) {
  return { type: "respond", request: { purpose } } as const;
}

function audioFrames(session: ScriptedSession): string[] {
  return session.frames.all.flatMap((frame) =>
    frame.type === "input_audio_buffer.append" ? [frame.audio] : []
  );
}

// Start-up

contract("sends the key, the model and the safety id, and no beta header", async (stage) => {
  const { session } = await stage.live();
  assert.equal(session.url.searchParams.get("model"), "gpt-test");
  assert.equal(session.headers.get("authorization"), `Bearer ${KEY}`);
  assert.equal(session.headers.get("openai-safety-identifier"), "pseudonym");
  assert.equal(session.headers.get("openai-beta"), null);
});

contract("sets the session up at once, before the server has said a word", async (stage) => {
  stage.open();
  const session = await stage.server.session();
  const { session: told } = await session.first("session.update");
  assert.equal(told.instructions, "Be kind.");
  assert.deepEqual(told.audio.output.format, { type: "audio/pcmu" });
});

contract("tells how long the session may last", async (stage) => {
  const { sink } = stage.open({ wallClock: () => 1_000_000, now: () => 0 });
  await (await stage.server.session()).confirm({ expires_at: 1_600 });
  assert.deepEqual(await sink.first("modelReady"), { type: "modelReady", expiresInMs: 600_000 });
});

contract("case 62: does not believe a session to end in no time, or never", async (stage) => {
  const hour = 3_600_000;
  const clocks = { wallClock: () => 1e12, now: () => 0 };
  const told: readonly (readonly [session: Record<string, unknown>, lifeMs: number])[] = [
    ...[0, -1, 1e9 - 7200, 1e9, 1e9 + 3, 1e9 + 7200, 1e12 + 600_000, 1e308, -1e308, 0.5]
      .map((expires_at) => [{ expires_at }, hour] as const),
    ...["1000000600", null, [], {}, true].map((expires_at) => [{ expires_at }, hour] as const),
    [{}, hour],
    [{ expires_at: 1e9 + 3_605 }, hour],
    [{ expires_at: 1e9 + 600 }, 600_000],
    // The server's clock is hours off, and it says when the session began.
    [{ created_at: 5e8, expires_at: 5e8 + 600 }, 600_000],
    [{ created_at: 2e9, expires_at: 2e9 + 600 }, 600_000],
    [{ created_at: 1e9, expires_at: 1e9 }, hour],
    [{ created_at: "yesterday", expires_at: 1e9 + 600 }, 600_000],
  ];
  for (const [index, [session, lifeMs]] of told.entries()) {
    const { client, sink } = stage.open(clocks);
    await (await stage.server.session(index)).confirm(session);
    const { expiresInMs } = await sink.first("modelReady");
    assert.equal(expiresInMs, lifeMs, JSON.stringify(session));
    client.close();
  }
});

Deno.test("case 62: a session's length is taken by the server's clock where its handshake shows it", async () => {
  await using _sockets = awaitNodeSockets();
  const server = createServer();
  server.on("upgrade", (request, socket) => {
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    const created = JSON.stringify({ type: "session.created", session: { expires_at: 1_600 } });
    const updated = JSON.stringify({ type: "session.updated", session: {} });
    socket.write([
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${accept}`,
      `Date: ${new Date(1_000_000).toUTCString()}`,
      "\r\n",
    ].join("\r\n"));
    for (const text of [created, updated]) {
      socket.write(new Uint8Array([0x81, text.length, ...new TextEncoder().encode(text)]));
    }
    socket.on("data", () => {});
    socket.on("end", () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const sink = new Sink();
  const url = `ws://127.0.0.1:${address.port}/v1/realtime`;
  const client = createOpenModel({ url, socket: "ws", now: () => 0, log: new Log() })(
    SETUP,
    sink,
  );
  assert.equal((await sink.first("modelReady")).expiresInMs, 600_000);
  client.close();
  await new Promise((resolve) => server.close(resolve));
});

contract("keeps what the caller says until the session is ready (case 7)", async (stage) => {
  const { client, sink } = stage.open();
  const session = await stage.server.session();
  await session.first("session.update");
  client.sendAudio("AAAA");
  client.sendAudio("BBBB");
  client.send(respond("greeting"));
  await session.confirm();
  await sink.first("modelReady");
  client.sendAudio("CCCC");
  await session.nth("input_audio_buffer.append", 2);
  assert.deepEqual(session.frames.all.map((frame) => frame.audio ?? frame.type), [
    "session.update",
    "response.create",
    "AAAA",
    "BBBB",
    "CCCC",
  ]);
});

contract("tells the history first, then what was asked, then what was heard", async (stage) => {
  const history = [
    { type: "message", role: "user", text: "Hi" },
    { type: "message", role: "agent", text: "Hello" },
    { type: "toolCall", callId: "c1", name: "t", arguments: "{}", output: "done" },
  ] as const;
  const { client, sink } = stage.open({}, { history });
  client.sendAudio("AAAA");
  client.send({ type: "message", role: "system", text: "Late caller" });
  const session = await stage.server.session();
  await session.confirm();
  await session.first("input_audio_buffer.append");
  const [, ...frames] = session.frames.all;
  assert.deepEqual(frames.map((frame) => frame.item?.role ?? frame.item?.type ?? frame.type), [
    "user",
    "assistant",
    "function_call",
    "function_call_output",
    "system",
    "input_audio_buffer.append",
  ]);
  assert.deepEqual(frames[1]?.item.content, [{ type: "output_text", text: "Hello" }]);

  for (const [index, frame] of frames.slice(0, 4).entries()) {
    session.say({
      type: "conversation.item.added",
      previous_item_id: frames[index - 1]?.item.id ?? null,
      item: frame.item,
    });
  }
  session.say({
    type: "conversation.item.added",
    previous_item_id: frames[3]?.item.id,
    item: { id: "item_1", type: "message", role: "user" },
  });
  assert.deepEqual(await sink.first("itemAdded"), {
    type: "itemAdded",
    itemId: "item_1",
    role: "user",
  });
});

contract("keeps a reply behind the turn it replies to", async (stage) => {
  const { client } = stage.open();
  client.sendAudio("AAAA");
  client.clearInputBuffer();
  client.commitAudio();
  client.sendAudio("BBBB");
  client.commitAudio();
  client.send(respond("reply"));
  const session = await stage.server.session();
  await session.confirm();
  await session.first("response.create");
  assert.deepEqual(session.frames.all.map((frame) => frame.audio ?? frame.type), [
    "session.update",
    "BBBB",
    "input_audio_buffer.commit",
    "response.create",
  ]);
});

contract("drops the oldest of too much held audio, and counts it", async (stage) => {
  const { client, sink } = stage.open({ maxHeldAudioMs: 1 });
  for (const audio of ["AAAA", "BBBB", "CCCC", "DDDD"]) client.sendAudio(audio);
  const session = await stage.server.session();
  await session.confirm();
  await sink.first("modelReady");
  client.commitAudio();
  await session.first("input_audio_buffer.commit");
  assert.deepEqual(audioFrames(session), ["CCCC", "DDDD"]);
  client.close();
  assert.match(stage.log.lines.join(), /"droppedFrames":2/);
});

contract("refuses requests beyond what it can hold", async (stage) => {
  const { client, sink } = stage.open();
  for (let index = 0; index < 257; index++) client.send({ type: "delete", itemId: `i${index}` });
  const { request, kind, code } = await sink.first("requestRefused");
  assert.deepEqual([request, code], [{ type: "delete", itemId: "i256" }, "too_many_held"]);
  assert.equal(kind, "other");
});

contract("goes on without a confirmation that does not come (case 10)", async (stage) => {
  const { client, sink } = stage.open({ readyTimeoutMs: 1 });
  client.sendAudio("AAAA");
  await sink.first("modelReady");
  await (await stage.server.session()).first("input_audio_buffer.append");
});

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
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "invalid_value", retry: "no" });
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

type Told = Readonly<Record<string, unknown>>;

/** What is left of a set-up after it was refused in this way. */
async function afterRefusal(stage: Stage, error: Told, index: number): Promise<ClientFrame> {
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
function said(session: unknown, path = ""): readonly string[] {
  if (Array.isArray(session)) return session.map((tool) => `${path}.${tool.name ?? tool}`);
  if (typeof session !== "object" || session === null) return [path];
  return Object.entries(session).flatMap(([name, value]) =>
    said(value, path === "" ? name : `${path}.${name}`)
  );
}

const invalid = { type: "invalid_request_error" };
const NAMED: readonly (readonly [error: Told, gone: readonly string[]])[] = [
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
    const full = said((await (await stage.server.session()).first("session.update")).session);
    client.close();
    for (const [index, [error, gone]] of NAMED.entries()) {
      const session = await afterRefusal(stage, { message: "", ...error }, index + 1);
      const missing = full.filter((path) => !said(session).includes(path));
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
    const { loss } = await sink.first("modelLost");
    assert.deepEqual(loss, { code: "unknown_parameter", retry: "no" });
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
  assert.deepEqual(second.frame.session.tools.map((tool: Told) => tool.name), ["end_call"]);
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
  await sink.first("modelReady");
  session.refuse(await session.first("session.update"), { code: "unknown_parameter" });
  const essential = await session.nth("session.update", 1);
  assert.equal(essential.session.reasoning, undefined);
  session.refuse(essential, { code: null, type: "invalid_request_error" });
  session.refuse(await session.nth("session.update", 2), { code: null });
  assert.equal((await sink.first("modelLost")).loss.retry, "no");
});

contract(
  "case 63: opens no more than the process may, and lets go of what it refused",
  async (stage) => {
    let now = 0;
    const openModel = createOpenModel({
      url: stage.server.url,
      log: stage.log,
      maxOpeningsPerMinute: 2,
      now: () => now,
    });
    const clients: RealtimeClient[] = [];
    const opened = () => {
      const sink = new Sink();
      clients.push(openModel(SETUP, sink));
      return sink;
    };
    opened();
    opened();
    await stage.server.session(1);
    const { loss } = await opened().first("modelLost");
    assert.deepEqual(loss, { code: "open_limit", retry: "backoff" });
    const silent = opened();
    clients.at(-1)?.close();
    await Promise.resolve();
    assert.deepEqual(silent.inputs.all, []);
    now = 60_000;
    opened();
    await stage.server.session(2);
    for (const client of clients) client.close();
  },
);

Deno.test("case 63: a call that may open no more is an incident", async () => {
  const events = createEventHub(Date.now);
  const incidents = createIncidents({ now: Date.now, log: { warn() {} } });
  const faults = new ModelFaults({ incidents, log: { warn() {} } });
  const watching = reportOpenLimits(events, faults, "gpt-test");
  events.publish("call_1", { type: "modelLost", code: "network", recovering: true });
  events.publish("call_1", { type: "modelLost", code: "open_limit", recovering: false });
  await Promise.resolve();
  assert.deepEqual(incidents.list().map(({ code, subject }) => [code, subject]), [
    ["model_open_limit", "gpt-test"],
  ]);
  assert.equal(faults.counts().get("open_limit"), 1);
  watching.close();
});

// Failing to connect (case 8)

const REFUSALS = [
  [401, { code: "invalid_api_key", retry: "no" }],
  [403, { code: "not_permitted", retry: "no" }],
  [404, { code: "model_not_found", retry: "no" }],
  [429, { code: "rate_limited", retry: "backoff" }],
  [503, { code: "server_error", retry: "backoff" }],
] as const;

for (const [status, loss] of REFUSALS) {
  contract(`tells why a handshake was refused with ${status}`, async (stage) => {
    const { sink } = stage.open();
    assert.deepEqual((await sink.first("modelLost")).loss, loss);
    assert.equal(sink.inputs.all.length, 1);
  }, { answer: () => new Response("{}", { status }) });
}

Deno.test("createOpenModel(ws) reads the error code of a refused handshake", async () => {
  const body = JSON.stringify({ error: { code: "insufficient_quota" } });
  await using server = startScriptedRealtime({ answer: () => new Response(body, { status: 429 }) });
  const sink = new Sink();
  createOpenModel({ url: server.url, socket: "ws", log: new Log() })(SETUP, sink);
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "insufficient_quota", retry: "no" });
});

contract("is lost when nobody listens", async (stage) => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const { sink } = stage.open({ url: `ws://127.0.0.1:${port}/v1/realtime` });
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "network", retry: "backoff" });
});

contract("asks for the model when the socket does not say why it failed", async (stage) => {
  const asked: Request[] = [];
  const { sink } = stage.open({
    url: "ws://127.0.0.1:1/v1/realtime",
    fetch: (input, init) => {
      asked.push(new Request(input, init));
      return Promise.resolve(new Response("{}", { status: 401 }));
    },
  });
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "invalid_api_key", retry: "no" });
  assert.deepEqual(
    asked.map((request) => [request.url, request.headers.get("authorization")]),
    [["http://127.0.0.1:1/v1/models/gpt-test", `Bearer ${KEY}`]],
  );
});

contract("gives up a handshake that is not answered", async (stage) => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `ws://127.0.0.1:${listener.addr.port}/v1/realtime`;
  const { sink } = stage.open({ url, connectTimeoutMs: 20 });
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "timeout", retry: "backoff" });
  listener.close();
});

const AUTHS = [
  ["wss://res.openai.azure.com/openai/v1/realtime", "auto", "api-key"],
  ["wss://res.services.ai.azure.com/openai/v1/realtime", "auto", "api-key"],
  ["wss://res.cognitiveservices.azure.com/openai/v1/realtime", "auto", "api-key"],
  ["wss://res.openai.azure.com/openai/v1/realtime", "bearer", "authorization"],
  ["wss://res.openai.azure.com.example.com/v1/realtime", "auto", "authorization"],
  ["ws://127.0.0.1:1/v1/realtime", "auto", "authorization"],
  ["ws://127.0.0.1:1/v1/realtime", "api-key", "api-key"],
] as const;

Deno.test("case 67: Azure's servers get the key in a header of their own", () => {
  for (const [url, auth, header] of AUTHS) {
    const expected = header === "api-key" ? { "api-key": KEY } : { Authorization: `Bearer ${KEY}` };
    assert.deepEqual(credentialsFor(url, KEY, auth), expected, `${url} ${auth}`);
  }
  const token = "eyJhbGciOi.payload.signature";
  assert.deepEqual(credentialsFor(AUTHS[0][0], token, "auto"), {
    Authorization: `Bearer ${token}`,
  });
  assert.equal(
    questionUrl("wss://res.openai.azure.com/openai/v1/realtime?model=m&api-key=k"),
    "https://res.openai.azure.com/openai/v1/realtime?model=m&api-key=k",
  );
});

contract(
  "case 67: sends the key as it is set, to the socket and to the diagnosis",
  async (stage) => {
    const { session } = await stage.live({ auth: "api-key" });
    assert.equal(session.headers.get("api-key"), KEY);
    assert.equal(session.headers.has("authorization"), false);
    const asked: Request[] = [];
    const { sink } = stage.open({
      url: "ws://127.0.0.1:1/v1/realtime",
      auth: "api-key",
      fetch: (input, init) => {
        asked.push(new Request(input, init));
        return Promise.resolve(new Response("{}", { status: 500 }));
      },
    });
    await sink.first("modelLost");
    assert.equal(asked[0]?.headers.get("api-key"), KEY);
  },
);

contract(
  "case 67: a key in the URL reaches the server and the diagnosis, and no log",
  async (stage) => {
    const asked: string[] = [];
    const openModel = createOpenModel({
      url: `${stage.server.url}?api-key=${KEY}`,
      log: stage.log,
    });
    const client = openModel(SETUP, new Sink());
    const { url } = await stage.server.session();
    assert.deepEqual([...url.searchParams], [["api-key", KEY], ["model", "gpt-test"]]);
    client.close();
    const { sink } = stage.open({
      url: `ws://127.0.0.1:1/v1/realtime?api-key=${KEY}`,
      fetch: (input) => {
        const { searchParams } = new URL(String(input));
        asked.push(String(input));
        const status = searchParams.get("api-key") === KEY ? 200 : 401;
        return Promise.resolve(new Response("{}", { status }));
      },
    });
    const { loss } = await sink.first("modelLost");
    assert.deepEqual(loss, { code: "handshake_refused", retry: "backoff" });
    assert.deepEqual(asked, [`http://127.0.0.1:1/v1/models/gpt-test?api-key=${KEY}`]);
  },
);

contract(
  "case 67: a server without a page about models is not taken for one without the model",
  async (stage) => {
    for (const status of [400, 404, 405, 426]) {
      const { sink } = stage.open({
        url: "ws://127.0.0.1:1/v1/realtime",
        fetch: () => Promise.resolve(new Response("<html>Not found</html>", { status })),
      });
      const { loss } = await sink.first("modelLost");
      assert.deepEqual(loss, { code: "handshake_refused", retry: "backoff" });
    }
    const { sink } = stage.open({
      url: "ws://127.0.0.1:1/v1/realtime",
      fetch: () =>
        Promise.resolve(Response.json({ error: { code: "model_not_found" } }, { status: 404 })),
    });
    const { loss } = await sink.first("modelLost");
    assert.deepEqual(loss, { code: "model_not_found", retry: "no" });
  },
);

contract("lets go of a connection that is closed while it is being made", async (stage) => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `ws://127.0.0.1:${listener.addr.port}/v1/realtime`;
  const { client, sink } = stage.open({ url });
  const peer = await listener.accept();
  client.close();
  client.sendAudio("AAAA");
  client.send(respond("greeting"));
  client.close();
  const bytes = new Uint8Array(4096);
  while ((await peer.read(bytes).catch(() => null)) !== null);
  assert.deepEqual(sink.inputs.all, []);
  peer.close();
  listener.close();
});

contract("reports headers that cannot be sent as a loss", async (stage) => {
  const { sink } = stage.open({}, { safetyId: "line\nbreak" });
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "invalid_request", retry: "no" });
});

Deno.test("case 66: a refused handshake is told with its status, its code and its message", async () => {
  const body = {
    error: { code: "insufficient_quota", message: "You exceeded your current quota." },
  };
  await using server = startScriptedRealtime({
    answer: () => Response.json(body, { status: 429 }),
  });
  const log = new Log();
  const sink = new Sink();
  createOpenModel({ url: server.url, socket: "ws", log })(SETUP, sink);
  await sink.first("modelLost");
  const [line = ""] = log.lines;
  for (const part of ['"status":429', "insufficient_quota", "You exceeded your current quota."]) {
    assert.ok(line.includes(part), `${part} in ${line}`);
  }
});

// What the model says

contract("hands speech on untouched, with its place", async (stage) => {
  const { session, sink } = await stage.live();
  const place = { response_id: "r1", item_id: "i1", content_index: 0 };
  session.say({ type: "response.output_audio.delta", ...place, delta: "UVVV" });
  session.say({ type: "response.audio.delta", ...place, delta: "XXXX" });
  session.say({ type: "response.output_audio.done", ...place });
  const ref = { responseId: "r1", itemId: "i1", contentIndex: 0 };
  assert.deepEqual(await sink.first("speechDone"), { type: "speechDone", ref });
  assert.deepEqual(sink.sounds.all, [{ ref, audio: "UVVV" }, { ref, audio: "XXXX" }]);
});

contract("takes a delta of several megabytes", async (stage) => {
  const { session, sink } = await stage.live();
  const delta = "QUJD".repeat(2 ** 20);
  session.say({ type: "response.output_audio.delta", response_id: "r", item_id: "i", delta });
  const [sound] = await sink.sounds.when((all) => all.length > 0);
  assert.equal(sound?.audio.length, delta.length);
});

contract("tells a voice turn from the first sound to the usage", async (stage) => {
  const { session, sink } = await stage.live();
  const place = { response_id: "r1", item_id: "i2", content_index: 0 };
  const ref = { responseId: "r1", itemId: "i2", contentIndex: 0 };
  const call = { type: "function_call", id: "i3", call_id: "c1", name: "t", arguments: "{}" };
  for (
    const event of [
      { type: "input_audio_buffer.speech_started", item_id: "i1", audio_start_ms: 0 },
      { type: "input_audio_buffer.speech_stopped", item_id: "i1", audio_end_ms: 900 },
      { type: "input_audio_buffer.committed", item_id: "i1", previous_item_id: null },
      {
        type: "conversation.item.added",
        item: { id: "i1", type: "message", role: "user" },
        previous_item_id: null,
      },
      { type: "response.created", response: { id: "r1", conversation_id: "conv", metadata: null } },
      { type: "response.output_audio_transcript.delta", ...place, delta: "Sure" },
      { type: "response.output_audio_transcript.done", ...place, transcript: "Sure" },
      {
        type: "response.function_call_arguments.done",
        ...place,
        call_id: "c1",
        name: "t",
        arguments: "{}",
      },
      {
        type: "response.output_item.done",
        response_id: "r1",
        item: { ...call, status: "completed" },
      },
      {
        type: "response.done",
        response: {
          id: "r1",
          status: "completed",
          output: [{ ...call, status: "completed" }, { ...call, status: "incomplete" }],
          usage: {
            input_token_details: {
              text_tokens: 100,
              audio_tokens: 40,
              cached_tokens_details: { text_tokens: 64, audio_tokens: 20 },
            },
            output_token_details: { text_tokens: 9 },
          },
        },
      },
      {
        type: "conversation.item.input_audio_transcription.completed",
        item_id: "i1",
        transcript: "Please",
        usage: { type: "duration", seconds: 1.5 },
      },
      { type: "input_audio_buffer.timeout_triggered", item_id: "i4" },
    ]
  ) session.say(event);
  await sink.first("modelIdled");
  const toolCall = { callId: "c1", name: "t", arguments: "{}" };
  assert.deepEqual(sink.inputs.all.slice(1), [
    { type: "speechStarted", itemId: "i1" },
    { type: "speechStopped", itemId: "i1" },
    { type: "committed", itemId: "i1" },
    { type: "itemAdded", itemId: "i1", role: "user" },
    { type: "responseStarted", responseId: "r1", aside: false },
    { type: "speechText", ref, text: "Sure" },
    { type: "toolAnnounced", responseId: "r1", call: toolCall },
    { type: "toolAnnounced", responseId: "r1", call: toolCall },
    {
      type: "responseDone",
      responseId: "r1",
      status: "completed",
      toolCalls: [toolCall],
      usage: {
        inputText: 100,
        inputAudio: 40,
        cachedText: 64,
        cachedAudio: 20,
        outputText: 9,
        outputAudio: 0,
      },
    },
    { type: "callerText", itemId: "i1", text: "Please", final: true },
    { type: "transcriptionUsed", usage: { unit: "seconds", seconds: 1.5 } },
    { type: "modelIdled" },
  ]);
});

contract("tells whole transcripts of servers that send no pieces", async (stage) => {
  const { session, sink } = await stage.live();
  session.say({
    type: "response.audio_transcript.done",
    response_id: "r",
    item_id: "i",
    transcript: "All at once",
  });
  assert.equal((await sink.first("speechText")).text, "All at once");
});

contract("knows its own responses again, and those beside the conversation", async (stage) => {
  const { client, session, sink } = await stage.live();
  client.send({
    type: "respond",
    request: { purpose: "filler", instructions: "Say: one moment.", aside: true },
  });
  const { response } = await session.first("response.create");
  assert.deepEqual(response, {
    metadata: { purpose: "filler" },
    instructions: "Say: one moment.",
    conversation: "none",
    tool_choice: "none",
  });
  session.say({
    type: "response.created",
    response: { id: "r9", conversation_id: null, metadata: response.metadata },
  });
  assert.deepEqual(await sink.first("responseStarted"), {
    type: "responseStarted",
    responseId: "r9",
    aside: true,
    purpose: "filler",
  });
});

contract("runs no tool of a response that was cut short (case 38)", async (stage) => {
  const { session, sink } = await stage.live();
  const item = { id: "i", type: "function_call", call_id: "c", name: "t", arguments: '{"a":' };
  session.say({
    type: "response.output_item.done",
    response_id: "r",
    item: { ...item, status: "incomplete" },
  });
  session.say({
    type: "response.done",
    response: {
      id: "r",
      status: "cancelled",
      status_details: { type: "cancelled", reason: "turn_detected" },
      output: [{ ...item, status: "incomplete" }, item],
    },
  });
  assert.deepEqual(await sink.first("responseDone"), {
    type: "responseDone",
    responseId: "r",
    status: "cancelled",
    reason: "turn_detected",
    callerSpoke: true,
    toolCalls: [],
  });
  assert.ok(!sink.inputs.all.some((input) => input.type === "toolAnnounced"));
});

contract(
  "ignores what it does not know, and counts what it cannot read (case 47)",
  async (stage) => {
    const { client, session, sink } = await stage.live();
    session.say({ type: "brand.new", extra: {} });
    session.say({ type: "conversation.item.added", item: { id: "m", type: "mcp_call" } });
    session.say({
      type: "conversation.item.added",
      item: { id: "n", type: "message", role: "dev" },
    });
    for (const raw of ["", "{", "null", "[]", "7", '{"type":7}', '{"type":"response.done"}']) {
      session.sayRaw(raw);
    }
    session.sayRaw(new Uint8Array([1, 2, 3]));
    session.say({ type: "input_audio_buffer.speech_started" });
    assert.deepEqual(await sink.first("speechStarted"), { type: "speechStarted" });
    assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady", "speechStarted"]);
    client.close();
    assert.match(stage.log.lines.join(), /"malformedEvents":8/);
  },
);

contract("case 69: figures that cannot be are not believed", async (stage) => {
  const { client, session, sink } = await stage.live();
  const usages = [
    { input_tokens: -5, output_tokens: 7 },
    { input_tokens: 1e300, output_tokens: 7 },
    { input_tokens: "1e300", output_tokens: 7 },
    { output_token_details: { text_tokens: 7.2, audio_tokens: -1e300 } },
  ];
  for (const usage of usages) session.say({ type: "response.done", response: { id: "r", usage } });
  session.sayRaw('{"type":"response.done","response":{"id":"r","usage":{"input_tokens":1e999}}}');
  for (const seconds of [-1, 1e300, "7", 1.5]) {
    session.say({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "i",
      transcript: "Hi",
      usage: { type: "duration", seconds },
    });
  }
  for (const index of [-1, 0.5, 1e300, "1", null, 3]) {
    session.say({
      type: "response.output_audio.delta",
      response_id: "r",
      item_id: "i",
      content_index: index,
      delta: "AAAA",
    });
  }
  client.send({ type: "truncate", itemId: "i", contentIndex: 0, audioEndMs: 9 });
  session.refuse(await session.first("conversation.item.truncate"), {
    message: `Audio content of ${"9".repeat(400)}ms is already shorter than 9ms`,
  });
  const { availableMs } = await sink.first("requestRefused");
  assert.equal(availableMs, undefined);
  const done = sink.inputs.all.filter((input) => input.type === "responseDone");
  assert.deepEqual(done.map(({ usage }) => usage && Object.values(usage)), [
    ...usages.map(() => [0, 0, 0, 0, 7, 0]),
    undefined,
  ]);
  const transcribed = sink.inputs.all.flatMap((input) =>
    input.type === "transcriptionUsed" && input.usage.unit === "seconds"
      ? [input.usage.seconds]
      : []
  );
  assert.deepEqual(transcribed, [0, 0, 1.5]);
  assert.deepEqual(sink.sounds.all.map(({ ref }) => ref.contentIndex), [0, 0, 0, 0, 0, 3]);
});

contract(
  "case 70: what is out of all proportion is cut or left out, and the session goes on",
  async (stage) => {
    const { client, session, sink } = await stage.live();
    const place = { response_id: "r", item_id: "i" };
    const huge = "x".repeat(2 ** 20);
    const call = {
      type: "function_call",
      id: "f",
      name: "t",
      arguments: "{}",
      status: "completed",
    };
    session.say({ type: "response.output_audio_transcript.delta", ...place, delta: huge });
    session.say({
      type: "response.output_audio.delta",
      ...place,
      delta: "QUJD".repeat(5 * 2 ** 20),
    });
    session.say({ type: "response.output_audio.delta", ...place, item_id: huge, delta: "QUJD" });
    session.say({
      type: "response.output_item.done",
      response_id: "r",
      item: { ...call, call_id: "c", name: huge, arguments: huge },
    });
    session.say({
      type: "response.done",
      response: {
        id: "r",
        status: "completed",
        output: Array.from({ length: 100_000 }, (_, n) => ({ ...call, call_id: `c${n}` })),
      },
    });
    const { toolCalls } = await sink.first("responseDone");
    assert.equal(toolCalls.length, 128);
    const { call: announced } = await sink.first("toolAnnounced");
    assert.ok(announced.name.length <= 128 && announced.arguments.length <= 200_000);
    assert.equal((await sink.first("speechText")).text.length, 100_000);
    assert.deepEqual(sink.sounds.all, []);
    for (let n = 0; n < 1000; n++) {
      session.say({
        type: "response.output_item.done",
        response_id: "r2",
        item: { ...call, call_id: `d${n}` },
      });
    }
    session.say({ type: "input_audio_buffer.speech_started" });
    await sink.first("speechStarted");
    assert.equal(sink.inputs.all.filter(({ type }) => type === "toolAnnounced").length, 257);
    client.close();
    assert.match(stage.log.lines.join(), /"malformedEvents":2/);
  },
);

contract("case 71: audio that is no base64 reaches nobody", async (stage) => {
  const { client, session, sink } = await stage.live();
  const place = { response_id: "r", item_id: "i" };
  const broken = [
    "AAA",
    "AA=A",
    "AA A",
    "AAA\n",
    "AAA-",
    "<b>",
    "====",
    `${"A".repeat(70_000)}!AAA`,
  ];
  for (const delta of [...broken, "", "QUI=", `${"QUJD".repeat(20_000)}QQ==`]) {
    session.say({ type: "response.output_audio.delta", ...place, delta });
  }
  session.say({ type: "response.output_audio.done", ...place });
  await sink.first("speechDone");
  assert.deepEqual(sink.sounds.all.map(({ audio }) => audio.length), [4, 80_004]);
  client.close();
  assert.match(stage.log.lines.join(), /"malformedEvents":8/);
});

contract("goes on when the listener throws", async (stage) => {
  const sink = new ThrowingSink();
  const { session } = await stage.live({}, {}, sink);
  session.say({
    type: "response.output_audio.delta",
    response_id: "r",
    item_id: "i",
    delta: "AAAA",
  });
  session.say({ type: "input_audio_buffer.speech_started" });
  await sink.first("speechStarted");
  assert.equal(sink.sounds.all.length, 1);
  assert.equal(stage.log.lines.length, 4);
});

// Errors

contract("tells which request was refused, and what a truncate may ask for", async (stage) => {
  const { client, session, sink } = await stage.live();
  const truncate = {
    type: "truncate",
    itemId: "i1",
    contentIndex: 0,
    audioEndMs: 2_000,
  } as const;
  client.send(truncate);
  const frame = await session.first("conversation.item.truncate");
  assert.deepEqual([frame.item_id, frame.content_index, frame.audio_end_ms], ["i1", 0, 2_000]);
  session.refuse(frame, {
    type: "invalid_request_error",
    code: null,
    message: "Audio content of 1234ms is already shorter than 2000ms",
  });
  assert.deepEqual(await sink.first("requestRefused"), {
    type: "requestRefused",
    request: truncate,
    kind: "tooShort",
    code: "invalid_request_error",
    availableMs: 1_234,
  });
});

contract("takes a collision of responses for the latest request (case 34)", async (stage) => {
  const { client, session, sink } = await stage.live();
  client.send(respond("tool_result"));
  await session.first("response.create");
  session.say({
    type: "error",
    error: { code: "conversation_already_has_active_response", message: "busy" },
  });
  const { request, kind, code } = await sink.first("requestRefused");
  assert.deepEqual(request, respond("tool_result"));
  assert.equal(kind, "busy");
  assert.equal(code, "conversation_already_has_active_response");
});

contract("survives errors of every shape and logs none of their text (case 48)", async (stage) => {
  const { client, session, sink } = await stage.live();
  client.commitAudio();
  const commit = await session.first("input_audio_buffer.commit");
  session.refuse(commit, { code: "input_audio_buffer_commit_empty" });
  session.say({ type: "error", error: "a private sentence" });
  session.say({ type: "error", error: { code: null, message: "a private sentence" } });
  session.say({ type: "error" });
  session.say({ type: "error", error: { message: "a private sentence", event_id: "unknown" } });
  session.say({ type: "input_audio_buffer.speech_started" });
  await sink.first("speechStarted");
  assert.equal(sink.inputs.all.length, 2);
  assert.equal(stage.log.lines.length, 5);
  assert.ok(!stage.log.lines.join().includes("private"));
});

contract(
  "case 66: every refusal is told with its code, its parameter and what may be said of it",
  async (stage) => {
    const lines: Told[] = [];
    const log = {
      warn: (message: string, fields: Told) => void lines.push({ message, ...fields }),
    };
    const incidents = createIncidents({ now: Date.now, log });
    const faults = new ModelFaults({ incidents, log });
    const { session, sink } = await stage.live({ faults });
    const failed = (error: Told, id = "r") => ({
      type: "response.done",
      response: { id, status: "failed", status_details: { type: "failed", error } },
    });
    const completed = { type: "response.done", response: { id: "r", status: "completed" } };
    session.say({
      type: "error",
      error: {
        type: "invalid_request_error",
        code: "invalid_value",
        param: "item.content[0].text",
        message: "Invalid value: 'my secret wish'. Pick from 'session.audio.output'.",
      },
    });
    session.say(failed({ type: "tokens", code: "rate_limit_exceeded", message: RATE_LIMITED }));
    session.say({
      type: "conversation.item.input_audio_transcription.failed",
      item_id: "i",
      error: { type: "server_error", code: "DeploymentNotFound", message: "The API deployment…" },
    });
    session.say(failed({ type: "my private\nwords", message: "my private words" }, "r2"));
    session.say({ type: "error", error: { code: "x".repeat(10_000), message: "y".repeat(1e6) } });
    await sink.inputs.when((all) => all.filter(({ type }) => type === "responseDone").length === 2);
    session.say({ type: "input_audio_buffer.speech_started" });
    await sink.first("speechStarted");
    const told = lines.filter(({ message }) => message !== "Incident opened");
    assert.deepEqual(told, [
      {
        message: "Model reported an error",
        code: "invalid_value",
        type: "invalid_request_error",
        param: "item.content[0].text",
        reason: "Invalid value: '…'. Pick from 'session.audio.output'.",
        model: "gpt-test",
      },
      {
        message: "Model response failed",
        code: "rate_limit_exceeded",
        type: "tokens",
        reason: RATE_LIMITED,
        model: "gpt-test",
      },
      {
        message: "Model transcription failed",
        code: "DeploymentNotFound",
        type: "server_error",
        reason: "The API deployment…",
        model: "gpt-test",
      },
      { message: "Model response failed", code: "unknown", model: "gpt-test" },
      { message: "Model reported an error", code: "unknown", model: "gpt-test" },
    ]);
    assert.deepEqual(incidents.list().map(({ code }) => code), [
      "model_rate_limited",
      "transcription_failed",
    ]);
    assert.deepEqual(Object.fromEntries(faults.counts()), {
      invalid_value: 1,
      rate_limit_exceeded: 1,
      DeploymentNotFound: 1,
      other: 2,
    });
    session.say(completed);
    session.say({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "i",
      transcript: "Hello",
    });
    await sink.first("callerText");
    assert.deepEqual(incidents.list(), []);
  },
);

Deno.test("case 66: what a server errs without end is counted, and logged up to a limit", () => {
  let lines = 0;
  const faults = new ModelFaults({ log: { warn: () => void lines++ }, now: () => 0 });
  for (let n = 0; n < 100_000; n++) faults.report({ source: "error", code: `code_${n}` }, "m");
  assert.ok(lines <= 200);
  assert.deepEqual([...faults.counts()], [["other", 100_000]]);
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

const RATE_LIMITED = "Rate limit reached for gpt-test in org. Please try again in 20s.";

const FATAL = [
  ["session_expired", "now"],
  ["insufficient_quota", "no"],
  ["invalid_api_key", "no"],
  ["account_deactivated", "no"],
  ["billing_hard_limit_reached", "no"],
] as const;

for (const [code, retry] of FATAL) {
  contract(`is lost, retry ${retry}, on the error ${code}`, async (stage) => {
    const { session, sink } = await stage.live();
    session.say({ type: "error", error: { code, message: "" } });
    assert.deepEqual((await sink.first("modelLost")).loss, { code, retry });
    await session.closed;
  });
}

contract("case 75: is lost by the type of an error that has no code", async (stage) => {
  const { session, sink } = await stage.live();
  const message = "This server has no room.";
  session.say({ type: "error", error: { type: "session_limit_reached", message } });
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "session_limit_reached", retry: "backoff" });
});

contract("is lost for good when a response fails for want of money", async (stage) => {
  const { session, sink } = await stage.live();
  const status_details = { type: "failed", error: { code: "insufficient_quota" } };
  session.say({ type: "response.done", response: { id: "r", status: "failed", status_details } });
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "insufficient_quota", retry: "no" });
  const { reason, fatal } = await sink.first("responseDone");
  assert.deepEqual({ reason, fatal }, { reason: "insufficient_quota", fatal: true });
});

// The end

const CLOSURES = [
  [1001, "Your session hit the maximum duration of 60 minutes.", "session_expired", "now"],
  [1011, "", "connection_lost", "now"],
  [1008, "", "policy_violation", "no"],
  [1013, "", "server_restart", "backoff"],
  [1008, "Rate limit reached for requests", "rate_limited", "backoff"],
  [3000, "invalid_request_error.invalid_api_key", "invalid_api_key", "no"],
  [3000, "invalid_request_error.other", "invalid_request", "no"],
] as const;

for (const [code, reason, lossCode, retry] of CLOSURES) {
  contract(`is lost as ${lossCode} when closed with ${code} "${reason}"`, async (stage) => {
    const { session, sink } = await stage.live();
    session.close(code, reason);
    assert.deepEqual((await sink.first("modelLost")).loss, { code: lossCode, retry });
    assert.equal(sink.inputs.all.filter(({ type }) => type === "modelLost").length, 1);
  });
}

contract("case 72: a wait that the server asks for is told, and bounded", async (stage) => {
  const hints = [
    ["Rate limit reached. Please try again in 1.5s.", 1500],
    ["Please try again in 250ms.", 250],
    ["Please try again in 20 s.", 20_000],
    ["Please try again in 1000000000s.", undefined],
    ["Please try again in 999999999s.", 60_000],
    ["Please try again in 1e9s.", undefined],
    [`Please try again in ${"9".repeat(100_000)}`, undefined],
    ["Please try again in -5s.", undefined],
  ] as const;
  for (const [message, retryAfterMs] of hints) {
    const { session, sink } = await stage.live();
    session.say({ type: "error", error: { code: "session_limit_reached", message } });
    const { loss } = await sink.first("modelLost");
    assert.deepEqual(loss, {
      code: "session_limit_reached",
      retry: "backoff",
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    }, message);
  }
});

for (
  const [header, retryAfterMs] of [["2", 2000], ["999999999", 60_000], ["-1"], ["soon"]] as const
) {
  Deno.test(`case 72: a handshake refused with Retry-After ${header} says how long to wait`, async () => {
    const headers = { "Retry-After": header };
    await using server = startScriptedRealtime({
      answer: () => new Response("{}", { status: 429, headers }),
    });
    const sink = new Sink();
    createOpenModel({ url: server.url, socket: "ws", log: new Log() })(SETUP, sink);
    const { loss } = await sink.first("modelLost");
    assert.deepEqual(loss, {
      code: "rate_limited",
      retry: "backoff",
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  });
}

contract("case 73: a server that confirms late, twice or never has one session", async (stage) => {
  const { client, session, sink } = await stage.live();
  for (let n = 0; n < 3; n++) {
    session.say({ type: "session.created", session: { expires_at: 0 } });
    session.say({ type: "session.updated", session: {} });
  }
  client.send(respond("greeting"));
  await session.first("response.create");
  const late = stage.open({ readyTimeoutMs: 1 });
  const slow = await stage.server.session(1);
  await late.sink.first("modelReady");
  late.client.send(respond("greeting"));
  await slow.first("response.create");
  await slow.confirm();
  slow.say({ type: "input_audio_buffer.speech_started" });
  await late.sink.first("speechStarted");
  assert.deepEqual(slow.frames.all.map(({ type }) => type), ["session.update", "response.create"]);
  assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady"]);
});

contract("case 73: a handshake after which nothing is said ends as lost", async (stage) => {
  const { sink } = stage.open({ readyTimeoutMs: 1, heartbeatMs: 5, heartbeatTimeoutMs: 5 });
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "network", retry: "backoff" });
});

contract(
  "case 76: a response of which only what it brings is told begins with that",
  async (stage) => {
    const { session, sink } = await stage.live();
    const place = { response_id: "r", item_id: "i", output_index: 0, content_index: 0 };
    session.say({ type: "response.output_audio.delta", ...place, delta: "AAAA" });
    session.say({ type: "response.output_audio_transcript.delta", ...place, delta: "Hello." });
    for (const id of ["r", "q"]) session.say({ type: "response.done", response: { id } });
    session.say({ type: "response.created", response: { id: "s" } });
    session.say({ type: "response.done", response: { id: "t" } });
    session.say({ type: "input_audio_buffer.speech_started" });
    await sink.first("speechStarted");
    const told = sink.inputs.all.flatMap((input) =>
      "responseId" in input ? [`${input.type} ${input.responseId}`] : []
    );
    assert.deepEqual(told, [
      "responseStarted r",
      "responseDone r",
      "responseStarted q",
      "responseDone q",
      "responseStarted s",
      "responseDone s",
    ]);
  },
);

contract(
  "case 77: what a server refuses in a request for a response is left out",
  async (stage) => {
    const { client, session, sink } = await stage.live();
    client.send({
      type: "respond",
      request: { purpose: "greeting", instructions: "Say hello.", tools: "none" },
    });
    const first = await session.nth("response.create", 0);
    session.refuse(first, { code: "unknown_parameter", param: "response.metadata" });
    const second = await session.nth("response.create", 1);
    assert.deepEqual(second.response, { instructions: "Say hello.", tool_choice: "none" });
    session.refuse(second, { code: "unknown_parameter", param: "response.instructions" });
    assert.deepEqual((await session.nth("response.create", 2)).response, { tool_choice: "none" });
    const told = await session.first("conversation.item.create");
    assert.match(JSON.stringify(told), /"role":"system".*Say hello\./);
    assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady"]);

    client.send(respond("reply"));
    const next = await session.nth("response.create", 3);
    assert.deepEqual(next.response, {}, "as the first was taken");
    session.refuse(next, { code: "invalid_value" });
    assert.equal((await sink.first("requestRefused")).code, "invalid_value");
  },
);

contract("asks a silent server for a sign of life, and takes its answer", async (stage) => {
  const { session, sink } = await stage.live({ heartbeatMs: 5, heartbeatTimeoutMs: 2000 });
  for (let index = 0; index < 2; index++) {
    const probe = await session.nth("conversation.item.retrieve", index);
    session.refuse(probe, { code: "item_retrieve_invalid_item_id" });
  }
  assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady"]);
  assert.deepEqual(stage.log.lines, []);
});

contract("is lost when the sign of life does not come", async (stage) => {
  const { session, sink } = await stage.live({ heartbeatMs: 5, heartbeatTimeoutMs: 5 });
  const { loss } = await sink.first("modelLost");
  assert.deepEqual(loss, { code: "network", retry: "backoff" });
  await session.first("conversation.item.retrieve");
});

contract("is silent once it is closed", async (stage) => {
  const { client, session, sink } = await stage.live();
  client.close();
  session.say({
    type: "response.output_audio.delta",
    response_id: "r",
    item_id: "i",
    delta: "AAAA",
  });
  session.say({ type: "input_audio_buffer.speech_started" });
  client.sendAudio("AAAA");
  client.commitAudio();
  client.clearInputBuffer();
  client.send(respond("say"));
  client.close();
  assert.equal((await session.closed).code, 1000);
  assert.deepEqual(sink.sounds.all, []);
  assert.deepEqual(session.frames.all.map(({ type }) => type), ["session.update"]);
  assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady"]);
});

contract("drops the caller's audio rather than queue without end", async (stage) => {
  const { client, session } = await stage.live({ maxBufferedBytes: -1 });
  client.sendAudio("AAAA");
  client.commitAudio();
  await session.first("input_audio_buffer.commit");
  assert.deepEqual(audioFrames(session), []);
  client.close();
  assert.match(stage.log.lines.join(), /"droppedFrames":1/);
});
