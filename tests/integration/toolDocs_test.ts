import assert from "node:assert/strict";
import { toolOptionsShape } from "../../src/config/toolOptionsSchema.ts";
import { createAgentFolder } from "../support/agents/agentFolder.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";

const text = await Deno.readTextFile(new URL("../../docs/tools.md", import.meta.url));

/** The text of an example, by the words after its fence. */
function example(fence: string): string {
  const [, found] = text.split(`\`\`\`${fence}\n`);
  return found?.split("\n```")[0] ?? assert.fail(fence);
}

Deno.test("docs/tools.md describes every option", () => {
  const told = new Set([...text.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name));
  for (const name of Object.keys(toolOptionsShape)) assert.ok(told.has(name), name);
});

Deno.test("the examples of docs/tools.md work as they stand there", async () => {
  const asked: { readonly path: string; readonly authorization: string | null }[] = [];
  await using shop = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url, headers }) => {
      asked.push({ path: new URL(url).pathname, authorization: headers.get("authorization") });
      return Response.json({ data: { state: "sent", shipping: { date: "2027-03-30" } } });
    },
  );
  const http = example("yaml tools/find_order")
    .replace("https://shop.example.com", `http://127.0.0.1:${shop.addr.port}`);
  const options = example("yaml").replace("  - end_call\n", "").replace("tools:\n", "");
  const wrap = (fields: string) => `---\ntitle: Desk\n${fields}\n---\nHelp.\n`;
  await using folder = await createAgentFolder({
    "receptionist.md": wrap(`${example("yaml tools/book_table.ts")}\n${http}`),
    "options.md": wrap(`tools:\n  - end_call\n${options}`),
    "tools/book_table.ts": example("ts tools/book_table.ts"),
  });
  await using server = await startPhoneServer({
    env: { ...folder.env, API_KEYS: `ops:${apiKey};scopes=admin`, TOOL_SHOP_TOKEN: "token-1" },
    overrides: folder.overrides,
  });
  assert.deepEqual(server.app.agents.names, ["options", "receptionist"]);
  const attempt = async (tool: string, args: unknown) => {
    const path = `/api/agents/receptionist/tools/${tool}/try`;
    return await (await server.post(path, { arguments: args })).json();
  };
  const booked = await attempt("book_table", { people: 2, day: "2999-01-31" });
  assert.ok(booked.ok, booked.output);
  const { callId: _, ...rest } = JSON.parse(booked.output);
  assert.deepEqual(rest, {
    booked: true,
    people: 2,
    day: "2999-01-31",
    note: "none",
    timeZone: "UTC",
  });
  assert.equal(
    (await attempt("book_table", { people: 2, day: "1999-01-31" })).error,
    "day_is_over",
  );
  assert.equal(
    (await attempt("book_table", { people: 2, day: "soon" })).error,
    "invalid_arguments",
  );
  const found = await attempt("find_order", { number: "17" });
  assert.deepEqual(JSON.parse(found.output), { state: "sent", sent_on: "2027-03-30" });
  assert.deepEqual(asked, [{ path: "/orders/17", authorization: "Bearer token-1" }]);
  const path = new URL("../../", import.meta.url).pathname;
  const checked = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", `--config=${path}deno.json`, `${folder.path}/tools/book_table.ts`],
    stderr: "piped",
  }).output();
  assert.ok(checked.success, new TextDecoder().decode(checked.stderr));
});
