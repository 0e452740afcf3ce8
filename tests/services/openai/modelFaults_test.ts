import assert from "node:assert/strict";
import { ModelFaults } from "../../../src/services/openai/modelFaults.ts";
import { createIncidents } from "../../../src/utils/incidents.ts";
import { contract, type Fields } from "../../support/openai/modelContract.ts";

const RATE_LIMITED = "Rate limit reached for gpt-test in org. Please try again in 20s.";

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
    const lines: Fields[] = [];
    const log = {
      warn: (message: string, fields: Fields) => void lines.push({ message, ...fields }),
    };
    const incidents = createIncidents({ now: Date.now, log });
    const faults = new ModelFaults({ incidents, log });
    const { session, sink } = await stage.live({ faults });
    const failed = (error: Fields, id = "r") => ({
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
