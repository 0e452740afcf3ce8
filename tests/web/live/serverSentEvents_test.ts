import assert from "node:assert/strict";
import {
  readServerSentEvents,
  type ServerSentEvent,
} from "../../../src/web/live/serverSentEvents.ts";

async function read(...chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<ServerSentEvent[]> {
  return await Array.fromAsync(readServerSentEvents(ReadableStream.from(chunks)));
}

const encoder = new TextEncoder();

Deno.test("readServerSentEvents() gives events with their id and name, and skips comments", async () => {
  const text =
    "retry: 2000\n\nid: r-1\nevent: turn\ndata: {}\n\n: still here\n\ndata: a\ndata: b\n\n";
  assert.deepEqual(await read(encoder.encode(text)), [
    { id: "r-1", name: "turn", data: "{}" },
    { id: "", name: "message", data: "a\nb" },
  ]);
});

Deno.test("readServerSentEvents() reads on across chunks, in the middle of a letter too", async () => {
  const bytes = encoder.encode("id: r-1\r\nevent: turn\r\ndata: Grüße: ja\r\n\r\n");
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assert.deepEqual(await read(...single), [{ id: "r-1", name: "turn", data: "Grüße: ja" }]);
});

Deno.test("readServerSentEvents() gives nothing of an event that broke off", async () => {
  assert.deepEqual(await read(encoder.encode("id: r-1\ndata: half\n")), []);
});

Deno.test("readServerSentEvents() lets go of the stream when its reader leaves", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(encoder.encode("data: a\n\n")),
    cancel: () => void (cancelled = true),
  });
  for await (const _ of readServerSentEvents(stream)) break;
  assert.ok(cancelled);
});
