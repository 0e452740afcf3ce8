import assert from "node:assert/strict";
import {
  createHttpTool,
  type HttpToolDefinition,
} from "../../../../src/services/tools/http/httpTool.ts";
import { createToolRegistry } from "../../../../src/services/tools/toolRegistry.ts";
import { describeFault } from "../../../../src/services/tools/toolFault.ts";
import { ToolMemory } from "../../../../src/services/tools/toolMemory.ts";
import { context } from "../../../support/runTool.ts";
import { toolServices } from "../../../support/toolServices.ts";

/** What a service does with one connection. */
type Behave = (connection: Deno.Conn) => Promise<void>;

const say = (text: string): Behave => async (connection) => {
  await connection.write(new TextEncoder().encode(text));
};

/** Runs a tool of a service that behaves like this, below HTTP; `asked` counts its requests. */
async function against(behave: Behave, definition: Partial<HttpToolDefinition> = {}, runs = 1) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let asked = 0;
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      await connection.read(new Uint8Array(65_536));
      asked++;
      await behave(connection).catch(() => {});
      if (open.delete(connection)) connection.close();
    }
  })().catch(() => {});
  const faults: unknown[] = [];
  const tools = createToolRegistry({
    tools: [createHttpTool({
      name: "order",
      description: "Orders.",
      parameters: {},
      url: `http://127.0.0.1:${listener.addr.port}/`,
      ...definition,
    }, toolServices())],
    onFault: (_name, error) => faults.push(describeFault(error)),
    timeLimitMs: 1500,
  });
  const memory = new ToolMemory();
  let outcome = { output: "", ok: true };
  for (let i = 0; i < runs; i++) {
    outcome = await tools.run({ callId: "c", name: "order", arguments: "{}" }, context(), memory);
  }
  listener.close();
  for (const connection of open) connection.close();
  await serving;
  const { output, ok } = outcome;
  return { output: output.startsWith("{") ? JSON.parse(output) : output, ok, asked, faults };
}

const head = (type: string, length?: number) =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nConnection: close\r\n${
    length === undefined ? "" : `Content-Length: ${length}\r\n`
  }\r\n`;

Deno.test("a service that answers with a web page gives an error that the model can use", async () => {
  const page = "<!DOCTYPE html><html><body>Sign in</body></html>";
  for (const type of ["text/html; charset=utf-8", "text/plain", "application/json"]) {
    const { output, ok, faults } = await against(say(head(type) + page));
    assert.deepEqual([output.code, ok], ["web_page", false], type);
    assert.match(output.error, /web page and not with data/);
    assert.deepEqual(faults, [{ code: "web_page" }]);
  }
  const broken =
    `HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n${page}`;
  const { output } = await against(say(broken));
  assert.deepEqual(output, { error: "The service answered 404", code: "http_404" });
});

Deno.test("a service that answers with a picture gives an error", async () => {
  for (const type of ["image/png", "application/octet-stream"]) {
    const { output } = await against(say(`${head(type)}\x89PNG\0\0`));
    assert.equal(output.code, "not_text", type);
  }
});

Deno.test("a service that answers 5 MB gives the model the beginning, and no more is read", async () => {
  let sent = 0;
  const flood: Behave = async (connection) => {
    const chunk = new TextEncoder().encode("x".repeat(65_536));
    await connection.write(new TextEncoder().encode(head("text/plain", 5_242_880)));
    for (let i = 0; i < 80; i++) sent += await connection.write(chunk);
  };
  const { output, ok } = await against(flood);
  assert.deepEqual([output.truncated, output.text.length, ok], [true, 16_000, true]);
  assert.match(output.note, /first 16000 /);
  assert.ok(sent < 5_242_880, `${sent}`);
  const mapped = await against(flood, { result: "/a" });
  assert.equal(mapped.output.code, "answer_too_long");
});

Deno.test("a service that closes the connection may have done its work: it is not asked again", async () => {
  for (const behave of [say(""), say("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")]) {
    const { output, asked, faults } = await against(behave, {}, 2);
    assert.equal(output.code, "no_answer");
    assert.match(output.error, /not known whether/);
    assert.equal(asked, 1);
    assert.equal(faults.length, 1);
  }
  const read = await against(say(""), { method: "GET" });
  assert.deepEqual([read.output.code, read.asked], ["no_answer", 2]);
});

Deno.test("a service that hangs is stopped, also in the middle of its answer", async () => {
  const never = () => new Promise<void>(() => {});
  for (const begun of ["", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"]) {
    const { output } = await against(
      async (connection) => {
        await connection.write(new TextEncoder().encode(begun));
        await Promise.race([never(), connection.read(new Uint8Array(10))]);
      },
      {},
    );
    assert.equal(output.code, "timeout");
  }
});

Deno.test("a service that lies about its schema gives an error", async () => {
  const cases = [
    ["application/json", '{"a":', "not_json"],
    ["application/json", "[]", "unexpected_answer"],
    ["application/json", '"text"', "unexpected_answer"],
    ["application/json", "", "not_json"],
  ] as const;
  for (const [type, body, code] of cases) {
    const { output } = await against(say(head(type) + body), { result: "/a/b" });
    assert.equal(output.code, code, body);
  }
});

Deno.test("what is no HTTP at all gives an error", async () => {
  const { output, ok } = await against(say("SSH-2.0-OpenSSH_9.6\r\n"));
  assert.deepEqual([output.code, ok], ["no_answer", false]);
});

Deno.test("of a service that does not answer the log has the host and the reason, and no arguments", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const url = `http://127.0.0.1:${port}/?token=secret`;
  const { output, faults } = await against(() => Promise.resolve(), { url });
  assert.equal(output.code, "unreachable");
  assert.deepEqual(faults, [
    { code: "unreachable", host: `127.0.0.1:${port}`, reason: "connection refused" },
  ]);
});

Deno.test("the place of a fault is none of the runtime's own files", async () => {
  const error = await fetch("http://127.0.0.1:1/").catch((error) => error);
  assert.ok(error instanceof Error && /ext:/.test(error.stack ?? ""));
  assert.doesNotMatch(JSON.stringify(describeFault(error)), /26_fetch/);
});
