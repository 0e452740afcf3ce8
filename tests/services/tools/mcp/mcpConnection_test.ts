import { deepEqual, equal, rejects } from "node:assert/strict";
import { McpConnection } from "../../../../src/services/tools/mcp/mcpConnection.ts";
import { type SimMcpTool, startMcpServer } from "../../../../src/sim/mcp/mcpServer.ts";
import { setTimer } from "../../../../src/utils/clock.ts";
import { createIncidents } from "../../../../src/utils/incidents.ts";
import { until } from "../../../support/until.ts";

const object = { type: "object", properties: { number: { type: "string" } } };
const find: SimMcpTool = {
  name: "find_order",
  description: "Finds an order.",
  inputSchema: object,
  readOnly: true,
  run: ({ number }) => `order ${number}: on its way`,
};

Deno.test("a connection lists the server's tools and calls them", async () => {
  await using server = served([find]);
  await using one = connected(server.url);
  await one.connection.tried;
  deepEqual(toolNames(one.connection), ["find_order"]);
  const answer = await call(one.connection, "find_order", { number: "17" });
  deepEqual(answer, { isError: false, text: "order 17: on its way" });
});

Deno.test("tools that a server offers later are known without a new connection", async () => {
  await using server = served([find]);
  await using one = connected(server.url);
  await one.connection.tried;
  await server.offer([{ ...find, name: "find_invoice" }]);
  await until(() => toolNames(one.connection), (names) => names[0] === "find_invoice");
});

Deno.test("a session that the server has forgotten is opened again in the same call", async () => {
  await using server = served([find]);
  await using one = connected(server.url);
  await one.connection.tried;
  server.forget();
  const answer = await call(one.connection, "find_order", { number: "17" });
  equal(answer.text, "order 17: on its way");
});

Deno.test("a server that is away is reported, and found again when it is back", async () => {
  const first = startMcpServer({ tools: [find] });
  await using one = connected(first.url);
  await one.connection.tried;
  await first.close();
  await rejects(call(one.connection, "find_order", {}), { code: "unreachable" });
  equal(one.connection.state.status, "away");
  deepEqual(one.incidents().map(({ code, subject }) => [code, subject]), [
    ["mcp_server_away", "shop"],
  ]);
  const server = startMcpServer({ tools: [find], port: first.port });
  try {
    await until(() => one.connection.state.status, (status) => status === "ready");
    deepEqual(one.incidents(), []);
  } finally {
    await one.connection.close();
    await server.close();
  }
});

Deno.test("a wrong key is named as the reason, without the key", async () => {
  await using server = served([find], "right");
  await using one = connected(server.url, { Authorization: "Bearer wrong" });
  await one.connection.tried;
  deepEqual(one.connection.state, {
    status: "away",
    reason: "it answered 401: check its headers",
  });
});

Deno.test("a tool that does not answer is stopped at its time limit, at the server too", async () => {
  const stopped = Promise.withResolvers<void>();
  const hang: SimMcpTool = {
    ...find,
    run: (_, { signal }) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          stopped.resolve();
          resolve("");
        })
      ),
  };
  await using server = served([hang]);
  await using one = connected(server.url);
  await one.connection.tried;
  await rejects(call(one.connection, "find_order", {}, 50), { code: "timeout" });
  await stopped.promise;
  await until(() => server.streams, (streams) => streams === 0);
});

Deno.test("an answer of 5 MB is an error of that call alone", async () => {
  const big: SimMcpTool = { ...find, name: "big", run: () => "x".repeat(5_000_000) };
  await using server = served([find, big]);
  await using one = connected(server.url);
  await one.connection.tried;
  await rejects(call(one.connection, "big", {}, 600_000), { code: "unreachable" });
  await until(() => one.connection.state.status, (status) => status === "ready");
  equal((await call(one.connection, "find_order", { number: "1" })).isError, false);
});

Deno.test("one listing without a name costs itself", async () => {
  const nameless = { ...find, name: "" };
  await using server = served([nameless, find]);
  await using one = connected(server.url);
  await one.connection.tried;
  deepEqual(toolNames(one.connection), ["find_order"]);
});

function call(
  connection: McpConnection,
  name: string,
  args: Readonly<Record<string, unknown>>,
  timeoutMs = 10_000,
) {
  return connection.call(name, args, { signal: new AbortController().signal, timeoutMs });
}

function toolNames({ state }: McpConnection): readonly string[] {
  return state.status === "ready" ? state.tools.map(({ name }) => name) : [];
}

function served(tools: readonly SimMcpTool[], token?: string) {
  const server = startMcpServer({ tools, ...(token !== undefined && { token }) });
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}

function connected(url: string, headers: Readonly<Record<string, string>> = {}) {
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const incidents = createIncidents({ now: Date.now, log });
  const connection = new McpConnection("shop", { url, headers }, { setTimer, incidents, log });
  return {
    connection,
    incidents: incidents.list,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
