import assert from "node:assert/strict";
import { createRemoteRequest } from "../../../src/cli/rehearse/against/remoteRequest.ts";

Deno.test("an answer of another server that never ends is told, and ends the wait", async () => {
  await using server = endlessServer(() => new Promise(() => {}));
  const request = requestOf(server.origin, 200);
  await assert.rejects(request("/health"), /does not answer within 0\.2 s/);
});

Deno.test("an answer of another server that grows without end is told, and not kept", async () => {
  const chunk = new Uint8Array(1024 * 1024);
  await using server = endlessServer((stream) => {
    stream.enqueue(chunk);
    return Promise.resolve();
  });
  const request = requestOf(server.origin);
  await assert.rejects(request("/health"), /answers with more than 16 MB/);
});

Deno.test("the stream of events of another server lasts longer than an answer", async () => {
  const encoder = new TextEncoder();
  let turns = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  await using server = endlessServer(async (stream) => {
    if (turns++ > 0) await new Promise((resolve) => timer = setTimeout(resolve, 60));
    stream.enqueue(encoder.encode(": still here\n\n"));
  });
  const { body } = await requestOf(server.origin, 100)("/api/events");
  const reader = body!.getReader();
  for (let read = 0; read < 4; read++) assert.equal((await reader.read()).done, false);
  await reader.cancel();
  clearTimeout(timer);
});

function requestOf(origin: string, answerMs?: number) {
  const { signal } = new AbortController();
  const more = answerMs === undefined ? {} : { answerMs };
  return createRemoteRequest({ origin, key: undefined, signal, ...more });
}

/** Its bodies go on for as long as somebody reads. */
function endlessServer(
  pull: (stream: ReadableStreamDefaultController<Uint8Array>) => Promise<void>,
) {
  const left = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: left.signal },
    () => new Response(new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 })),
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      left.abort();
      await server.finished;
    },
  };
}
