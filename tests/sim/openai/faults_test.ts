import assert from "node:assert/strict";
import { parseFault } from "../../../src/sim/openai/faults.ts";
import { type Fault, startRealtimeServer } from "../../../src/sim/openai/realtimeServer.ts";
import {
  openRealtime,
  type RealtimeWire,
  withRealtime,
} from "../../support/openai/realtimeWire.ts";

Deno.test("parseFault() reads names as people type them", () => {
  assert.equal(parseFault("close-mid-sentence"), "closeMidSentence");
  assert.equal(parseFault("server_error"), "serverError");
  assert.equal(parseFault("slowStart:250"), "slowStart:250");
  assert.equal(parseFault("refuseHandshake=429"), "refuseHandshake:429");
  for (const unknown of ["", "explode", "refuseHandshake:200", "slowStart", "slowStart:-1"]) {
    assert.equal(parseFault(unknown), undefined);
  }
});

for (const status of [401, 403, 404, 429, 500] as const) {
  Deno.test(`refuseHandshake:${status} refuses the upgrade and a look at the model`, async () => {
    const server = startRealtimeServer({ faults: [`refuseHandshake:${status}`] });
    const models = server.url.replace("ws:", "http:").replace("/realtime", "/models/m");
    const response = await fetch(models, { headers: { authorization: "Bearer sk-test" } });
    assert.equal(response.status, status);
    assert.ok((await response.json()).error.message);
    await openRealtime(server.url).closed;
    assert.equal(server.stats.connections, 0);
    server.heal();
    const wire = openRealtime(server.url);
    await wire.nth("session.created");
    await wire.close();
    await server.close();
  });
}

Deno.test("a fault may stand in the URL", async () => {
  const server = startRealtimeServer();
  await openRealtime(server.url, { fault: "refuseHandshake:403" }).closed;
  assert.deepEqual(server.stats, { connections: 0, refused: 1 });
  await server.close();
});

Deno.test("closeAfterHandshake closes before the first event", async () => {
  await withFault("closeAfterHandshake", async (wire) => {
    assert.equal((await wire.closed).code, 1011);
    assert.deepEqual(wire.types, []);
  });
});

Deno.test("slowStart keeps what the client sends until the session begins", async () => {
  await withFault("slowStart:50", async (wire) => {
    wire.configure({ instructions: "Early." });
    const { session } = await wire.nth("session.updated");
    assert.equal(session.instructions, "Early.");
    assert.deepEqual(wire.types, ["session.created", "session.updated"]);
  });
});

Deno.test("noSessionUpdated applies an update without a word", async () => {
  await withRealtime({ faults: ["noSessionUpdated"] }, async (wire, _, session) => {
    wire.configure({ instructions: "Silent." });
    wire.send({ type: "input_audio_buffer.clear" });
    await wire.nth("input_audio_buffer.cleared");
    assert.equal(wire.of("session.updated").length, 0);
    assert.equal(session.config.instructions, "Silent.");
  });
});

Deno.test("rejectSessionUpdate refuses an optional field and takes the update without it", async () => {
  await withFault("rejectSessionUpdate", async (wire) => {
    wire.configure({ instructions: "One.", reasoning: { effort: "low" } });
    const { error } = await wire.nth("error");
    assert.deepEqual([error.code, error.param], ["unknown_parameter", "session.reasoning"]);
    wire.configure({ instructions: "Two." });
    assert.equal((await wire.nth("session.updated")).session.instructions, "Two.");
  });
});

Deno.test("rejectEverySessionUpdate refuses every update", async () => {
  await withFault("rejectEverySessionUpdate", async (wire) => {
    wire.configure({ instructions: "One." });
    assert.equal((await wire.nth("error")).error.code, "unknown_parameter");
  });
});

Deno.test("closeMidSentence closes between two deltas of a reply", async () => {
  await withFault("closeMidSentence", async (wire) => {
    wire.send({ type: "response.create" });
    assert.equal((await wire.closed).code, 1011);
    assert.equal(wire.of("response.output_audio.delta").length, 1);
    assert.equal(wire.of("response.done").length, 0);
  });
});

Deno.test("goSilent leaves the socket open and says nothing more", async () => {
  await withRealtime({ script: long, speed: 20 }, async (wire, _, session) => {
    wire.send({ type: "response.create" });
    await wire.nth("response.output_audio.delta");
    session.fail("goSilent");
    wire.send({ type: "response.cancel" });
    wire.send({ type: "input_audio_buffer.clear" });
    await session.next("input_audio_buffer.clear");
    // Whatever was said has come when the socket is closed.
    await wire.close();
    for (const type of ["response.done", "input_audio_buffer.cleared"]) {
      assert.equal(wire.of(type).length, 0, type);
    }
  });
});

Deno.test("expire says session_expired and closes with 1001", async () => {
  await withRealtime({}, async (wire, _, session) => {
    await wire.nth("session.created");
    session.fail("expire");
    assert.equal((await wire.nth("error")).error.code, "session_expired");
    assert.deepEqual(await wire.closed, {
      code: 1001,
      reason: "Your session hit the maximum duration of 60 minutes.",
    });
  });
});

Deno.test("a session expires by itself at its maximum length", async () => {
  await withRealtime({ sessionMs: 30 }, async (wire) => {
    assert.equal((await wire.closed).code, 1001);
    assert.deepEqual(wire.types, ["session.created", "error"]);
  });
});

for (
  const [fault, code] of [["rateLimit", "rate_limit_exceeded"], [
    "serverError",
    "server_error",
  ]] as const
) {
  Deno.test(`${fault} fails one response, and not the next`, async () => {
    await withFault(fault, async (wire) => {
      wire.send({ type: "response.create" });
      const { response } = await wire.nth("response.done");
      assert.deepEqual([response.status, response.status_details.error.code], ["failed", code]);
      wire.send({ type: "response.create" });
      assert.equal((await wire.nth("response.done", 1)).response.status, "completed");
    });
  });
}

Deno.test("insufficientQuota fails every response", async () => {
  await withFault("insufficientQuota", async (wire) => {
    for (const index of [0, 1]) {
      wire.send({ type: "response.create" });
      const { response } = await wire.nth("response.done", index);
      assert.equal(response.status_details.error.code, "insufficient_quota");
    }
  });
});

Deno.test("oneGiantDelta sends a whole reply at once", async () => {
  await withRealtime(
    { script: () => ({ audioMs: 60_000 }), faults: ["oneGiantDelta"] },
    async (wire) => {
      wire.configure({ audio: { output: { format: { type: "audio/pcmu" } } } });
      wire.send({ type: "response.create" });
      await wire.nth("response.done");
      const [delta, ...more] = wire.of("response.output_audio.delta");
      assert.equal(more.length, 0);
      assert.equal(Uint8Array.fromBase64(delta?.delta).length, 480_000);
    },
  );
});

Deno.test("lateDeltas sends audio of a cancelled response before and after its end", async () => {
  await withRealtime({ script: long, faults: ["lateDeltas"], speed: 20 }, async (wire) => {
    wire.send({ type: "response.create" });
    await wire.nth("response.output_audio.delta", 1);
    wire.send({ type: "response.cancel" });
    await wire.nth("rate_limits.updated");
    wire.send({ type: "input_audio_buffer.clear" });
    await wire.nth("input_audio_buffer.cleared");
    const done = wire.types.indexOf("response.done");
    const late = wire.types.slice(done).filter((type) => type === "response.output_audio.delta");
    assert.equal(late.length, 2);
  });
});

Deno.test("duplicateToolCall announces a call twice", async () => {
  await withRealtime({
    script: () => ({ tools: [{ name: "t", arguments: "{}", callId: "call_1" }] }),
    faults: ["duplicateToolCall"],
  }, async (wire) => {
    wire.send({ type: "response.create" });
    const { response } = await wire.nth("response.done");
    assert.equal(response.output.length, 1);
    for (const type of ["response.function_call_arguments.done", "response.output_item.done"]) {
      assert.equal(wire.of(type).length, 2);
    }
  });
});

Deno.test("betaNames speaks the old names", async () => {
  await withFault("betaNames", async (wire) => {
    wire.send({ type: "response.create" });
    const done = await wire.nth("response.done");
    assert.equal(done.response.status, "completed");
    for (
      const type of [
        "response.audio.delta",
        "response.audio.done",
        "response.audio_transcript.delta",
        "response.audio_transcript.done",
        "response.output_item.done",
        "conversation.item.created",
      ]
    ) assert.ok(wire.of(type).length > 0, type);
    assert.ok(
      !wire.types.some((type) =>
        /output_audio|item\.added$/.test(type) && !type.includes("output_item")
      ),
    );
    assert.equal(wire.of("response.output_item.done")[0]?.item.content[0].type, "audio");
  });
});

Deno.test("a fault can be typed into the conversation", async () => {
  await withRealtime({}, async (wire) => {
    wire.type("/fault closeMidSentence");
    assert.equal((await wire.closed).code, 1011);
    assert.equal(wire.of("response.output_audio.delta").length, 1);
  });
});

Deno.test("fail() of the server strikes the live sessions and those to come", async () => {
  await withRealtime({}, async (wire, server) => {
    await wire.nth("session.created");
    server.fail("expire");
    assert.equal((await wire.closed).code, 1001);
    const next = openRealtime(server.url);
    assert.equal((await next.closed).code, 1001);
  });
});

function script() {
  return { say: "A reply of two seconds.", audioMs: 2_000 };
}

/** Takes three seconds to produce, twenty times as fast as it is spoken. */
function long() {
  return { say: "A reply of a minute.", audioMs: 60_000 };
}

async function withFault(fault: Fault, run: (wire: RealtimeWire) => Promise<void>): Promise<void> {
  await withRealtime({ script, faults: [fault] }, (wire) => run(wire));
}
