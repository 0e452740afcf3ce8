import assert from "node:assert/strict";
import { followTurns } from "../../../src/scenarios/run/words/liveTurns.ts";
import { NotRehearsed } from "../../../src/scenarios/run/notRehearsed.ts";
import { until } from "../../support/until.ts";

Deno.test("the turns of calls are followed beyond the end of a stream, and told when they are lost", async () => {
  const asked: (string | undefined)[] = [];
  const streams = [eventOf("e-1", "call_a", "Hello."), eventOf("e-2", "call_a", "Goodbye.")];
  const isGone = Promise.withResolvers<never>();
  isGone.promise.catch(() => {});
  const turns = await followTurns((lastId) => {
    asked.push(lastId);
    return Promise.resolve(streams.shift() ?? isGone.promise);
  }, { retryMs: 1 });
  await until(() => asked.length, (length) => length === 3);
  assert.deepEqual(asked, [undefined, "e-1", "e-2"]);
  assert.deepEqual(turns.of("call_a").map(({ text }) => text), ["Hello.", "Goodbye."]);
  isGone.reject(new Error("gone"));
  await until(() => {
    try {
      return turns.of("call_a");
    } catch (error) {
      return error;
    }
  }, (found) => found instanceof NotRehearsed);
  await turns.close();
});

Deno.test("calls that were over long ago are not kept", async () => {
  const ids = Array.from({ length: 250 }, (_, index) => `call_${index}`);
  const text = ids.map((id) =>
    `${turnText(`${id}-1`, id, "Hello.")}id: ${id}-2\nevent: ended\ndata: {"callId":"${id}"}\n\n`
  ).join("");
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    pull: () => end,
  });
  const turns = await followTurns(() => Promise.resolve(new Response(stream)));
  await until(() => turns.of("call_249"), ({ length }) => length === 1);
  assert.equal(turns.of("call_49").length, 0);
  assert.equal(turns.of("call_50").length, 1);
  resolve();
  await turns.close();
});

function eventOf(id: string, callId: string, text: string): Response {
  return new Response(turnText(id, callId, text));
}

function turnText(id: string, callId: string, text: string): string {
  const turn = { id: `turn-${id}`, role: "agent", text, startedMs: 0, final: true };
  return `id: ${id}\nevent: turn\ndata: ${JSON.stringify({ callId, event: { turn } })}\n\n`;
}
