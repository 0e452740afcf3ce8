import assert from "node:assert/strict";
import { relative } from "node:path";
import { filesOnDisk } from "../../src/config/agentFiles.ts";
import { type AgentFolder, changing, createAgentFolder } from "../support/agents/agentFolder.ts";
import { callTool } from "../support/servers/callTool.ts";
import { type PhoneRig, type PhoneRigOptions, startPhoneRig } from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { until } from "../support/until.ts";

const agent = (tools: string, more = "") =>
  `---\ntitle: Desk\ntools: ${tools}\n${more}---\nHelp.\n`;

const book = (answer: string) => `
import { defineTool, ToolError, z } from "parley";

export default defineTool({
  description: "Books a table.",
  input: z.object({
    people: z.int().min(1).max(12).describe("How many come."),
    day: z.string().transform((day) => day.toUpperCase()),
    note: z.string().default("none"),
  }),
  run({ people, day, note }, { caller, called, callId, direction, agent, variables, timeZone, now, signal, log }) {
    if (day === "MONDAY") throw new ToolError("closed", "We are closed on Mondays.");
    if (day === "NEVER") throw new Error("card 4111111111111111");
    log("booked");
    return {
      text: \`${answer} \${people} on \${day}, \${note}\`,
      call: { caller, called, callId, direction, agent, variables, timeZone },
      year: now().getFullYear() > 2000,
      aborted: signal.aborted,
    };
  },
});
`;

function startWith(folder: AgentFolder, options: PhoneRigOptions = {}): Promise<PhoneRig> {
  return startPhoneRig({
    ...options,
    env: { ...folder.env, ...options.env },
    overrides: { ...folder.overrides, ...options.overrides },
  });
}

async function problemsOf({ server }: PhoneRig): Promise<string> {
  const { incidents } = await (await server.request("/health")).json();
  return JSON.stringify(incidents);
}

Deno.test("a tool in TypeScript knows its call, and gives the model what it returns or says is wrong", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[book]", "timezone: Europe/London\n"),
    "tools/book.ts": book("Table for"),
  });
  await using rig = await startWith(folder);
  const talk = await rig.ring();
  const [declared] = JSON.parse(JSON.stringify(talk.model.config.tools));
  assert.deepEqual(
    [declared.name, declared.description, declared.parameters.required],
    ["book", "Books a table.", ["people", "day"]],
  );
  const { text, call, year, aborted } = JSON.parse(
    await callTool(talk, "book", { people: "2", day: "friday" }),
  );
  assert.deepEqual([text, year, aborted], ["Table for 2 on FRIDAY, none", true, false]);
  assert.match(call.caller, /^\+1/);
  assert.match(call.called, /^\+1/);
  const { callId, direction, agent: name, variables, timeZone } = call;
  assert.deepEqual([callId, direction, name, variables, timeZone], [
    ...[talk.callId, "inbound", "receptionist", {}, "Europe/London"],
  ]);
  assert.match(await callTool(talk, "book", { people: 2, day: "friday" }), /"repeated":true/);
  assert.deepEqual(JSON.parse(await callTool(talk, "book", { people: 2, day: "monday" })), {
    error: "We are closed on Mondays.",
    code: "closed",
  });
  assert.match(
    await callTool(talk, "book", { people: 99, day: "friday" }),
    /"people\\" must be <= 12/,
  );
  assert.match(await callTool(talk, "book", { people: 1, day: "never" }), /"code":"tool_failed"/);
  const line = await until(
    () => rig.server.logged.find((each) => each.includes("Tool failed")),
    (each) => each !== undefined,
  );
  assert.match(line ?? "", /"fault":"Error","place":"book.ts, line 13"/);
  assert.ok(!rig.server.logged.some((each) => each.includes("4111")));
  assert.ok(rig.server.logged.some((each) => each.includes('"note":"booked"')));
  const headers = { "X-API-Key": apiKey };
  const { tools } = await until(
    async () => await (await rig.server.request(`/api/calls/${talk.callId}`, { headers })).json(),
    ({ tools }) => tools.length === 5 && tools.at(-1).result !== null,
  );
  assert.deepEqual(tools.map(({ result }: { result: { error: string } }) => result.error), [
    ...[null, null, "closed", "invalid_arguments", "tool_failed"],
  ]);
  await hangUp(talk.phone);
});

Deno.test("a saved tool is used by the next call; a call under way keeps the one it began with", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[book]"),
    "other.md": agent("[get_current_time]"),
    "tools/book.ts": book("First"),
  });
  await using rig = await startWith(folder);
  const { agents } = rig.server.app;
  const before = await rig.ring();
  await changing(agents, () => folder.save("tools/book.ts", book("Second")));
  const after = await rig.ring();
  assert.match(await callTool(before, "book", { people: 1, day: "a" }), /"First 1/);
  assert.match(await callTool(after, "book", { people: 1, day: "a" }), /"Second 1/);

  await changing(agents, () => folder.save("tools/book.ts", "\n\nexport default 7 +;\n"));
  const stays = await rig.ring();
  assert.match(await callTool(stays, "book", { people: 1, day: "a" }), /"Second 1/);
  assert.match(await problemsOf(rig), /tools\/book\.ts, line 3: .*[Ee]xpression expected/);

  await changing(agents, () => folder.save("tools/book.ts", book("Third")));
  const mended = await rig.ring();
  assert.match(await callTool(mended, "book", { people: 1, day: "a" }), /"Third 1/);
  assert.ok(!(await problemsOf(rig)).includes("book.ts"));
  for (const talk of [before, after, stays, mended]) await hangUp(talk.phone);
});

Deno.test("a tool that is saved while it is loaded is the tool of the next call", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[book]"),
    "tools/book.ts": book("First"),
  });
  let saves = 0;
  const module: typeof filesOnDisk.module = async (path, text) => {
    if (text === book("Second") && saves++ === 0) await folder.save("tools/book.ts", book("Third"));
    return await filesOnDisk.module?.(path, text) ?? {};
  };
  await using rig = await startWith(folder, {
    overrides: { agentFiles: { ...filesOnDisk, module } },
  });
  const { agents } = rig.server.app;
  const version = agents.get("receptionist")?.version;
  const isThird = () => rig.server.app.agents.get("receptionist")?.version !== version;
  await changing(agents, () => folder.save("tools/book.ts", book("Second")), isThird);
  const talk = await rig.ring();
  assert.match(await callTool(talk, "book", { people: 1, day: "a" }), /"Third 1/);
  // What was loaded under the name of the second text is not taken for it.
  await changing(agents, () => folder.save("tools/book.ts", book("Second")));
  const back = await rig.ring();
  assert.match(await callTool(back, "book", { people: 1, day: "a" }), /"Second 1/);
  for (const each of [talk, back]) await hangUp(each.phone);
});

const head = 'import { defineTool, z } from "parley";\n';
const define = (fields: string) =>
  `${head}export default defineTool({ description: "d", input: z.object({}), run: () => 1, ${fields} });`;

Deno.test("a file that is no tool costs the agents that list it, and says what to do", async () => {
  const cases: Readonly<Record<string, readonly [text: string, told: RegExp]>> = {
    throws: [
      `const a = 1;\n\nthrow new Error("no database");\nexport default a;`,
      /tools\/throws\.ts, line 3: no database/,
    ],
    quits: [`Deno.exit(0);\n${define("")}`, /tools\/quits\.ts: it ends the process/],
    empty: ["", /tools\/empty\.ts: it has no default export: write export default defineTool/],
    number: ["export default 7;", /tools\/number\.ts: its default export is no tool/],
    syntax: ["\nexport default {;", /tools\/syntax\.ts, line 2: SyntaxError/],
    absent: [
      'import "./absent_helper.ts";',
      /tools\/absent\.ts, line 1: Module not found "absent_helper\.ts"/,
    ],
    npm: [
      'import x from "npm:left-pad@1.3.0";\nexport default x;',
      /it imports "npm:left-pad@1\.3\.0": it is not installed: run "deno add npm:left-pad@1\.3\.0"/,
    ],
    jsr: [
      'export * from "jsr:@std/assert";',
      /run "deno add jsr:@std\/assert" .* import it as "@std\/assert"/,
    ],
    bare: [
      'import {\n  x,\n} from "left-pad";',
      /it imports "left-pad": it is not installed: run "deno add npm:left-pad"/,
    ],
    web: [
      'const x = await import("https://esm.sh/left-pad");',
      /nothing is fetched while the server runs/,
    ],
    nested: ['import "./lib/nested.ts";', /it imports "npm:left-pad"/],
    stray: [define("colour: 1"), /colour is not known in defineTool/],
    near: [define("rnu: 1"), /rnu is not known in defineTool; did you mean run\?/],
    named: [define('name: "other"'), /its name is "other", but the file is called named\.ts/],
    words: [define("confirm: 7"), /confirm must be true, or the question/],
    schema: [
      `${head}export default defineTool({ description: "d", input: z.object({ at: z.date() }), run: () => 1 });`,
      /input has no form that a model can fill in: Date/,
    ],
    listy: [
      `${head}export default defineTool({ description: "d", input: z.array(z.string()), run: () => 1 });`,
      /must be object at the top/,
    ],
    end_call: [define(""), /tools\/end_call\.ts: the server has a tool of this name/],
  };
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[fine]"),
    "tools/fine.ts": define(""),
    "tools/lib/nested.ts": 'import "npm:left-pad";',
  });
  for (const [name, [text]] of Object.entries(cases)) {
    await folder.save(`tools/${name}.ts`, text);
    await folder.save(
      `${name.replaceAll("_", "-")}-agent.md`,
      agent(`[get_current_time, ${name}]`),
    );
  }
  // As most operators set it: from the server's folder on.
  const env = { AGENTS_DIR: relative(Deno.cwd(), folder.path) };
  await using rig = await startWith(folder, { env });
  const { agents } = rig.server.app;
  assert.deepEqual(agents.names, ["receptionist"]);
  for (const [name, [, told]] of Object.entries(cases)) {
    const [problem] = agents.unusable.get(`${name.replaceAll("_", "-")}-agent`)?.problems ?? [];
    assert.match(problem?.message ?? "", told, `${name}: ${problem?.message}`);
    assert.equal(problem?.line, 3, name);
    assert.ok(!problem?.message.includes(folder.path), problem?.message);
  }
  const talk = await rig.ring();
  assert.equal(await callTool(talk, "fine"), "1");
  await hangUp(talk.phone);
});

Deno.test("a tool whose top level never ends, ends the process or takes all memory stops no call, and is told of", async () => {
  const cases: Readonly<Record<string, readonly [text: string, told: RegExp]>> = {
    loops: [
      `${define("")}\nfor (;;);`,
      /tools\/loops\.ts: it was not loaded within 5 s: its top level never ends/,
    ],
    exits: [`Deno.exit(0);\n${define("")}`, /tools\/exits\.ts: it ends the process/],
    leaves: [
      `import { exit } from "node:process"; exit(0);\n${define("")}`,
      /tools\/leaves\.ts: it ends the process/,
    ],
    waits: [`await new Promise(() => {});\n${define("")}`, /its top level never ends/],
    hoards: [
      `const all = []; for (;;) all.push(new Array(1e6).fill(Math.random()));\n${define("")}`,
      /tools\/hoards\.ts: its top level takes more memory/,
    ],
  };
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[fine]"),
    "tools/fine.ts": define(""),
  });
  await using rig = await startWith(folder);
  const { agents } = rig.server.app;
  const before = await rig.ring();
  for (const [name, [text, told]] of Object.entries(cases)) {
    await folder.save(`tools/${name}.ts`, text);
    await changing(agents, () => folder.save(`${name}.md`, agent(`[${name}]`)));
    const [problem] = agents.unusable.get(name)?.problems ?? [];
    assert.match(problem?.message ?? "", told, problem?.message);
  }
  await changing(agents, () => folder.save("tools/loops.ts", define("")), () => isUsable("loops"));
  await changing(agents, () => folder.save("tools/fine.ts", `${define("")}\nawait 1;`));
  const after = await rig.ring();
  for (const talk of [before, after]) {
    assert.equal(await callTool(talk, "fine"), "1");
    await hangUp(talk.phone);
  }

  function isUsable(name: string): boolean {
    return agents.names.includes(name);
  }
});

Deno.test("a file that is tried as the server stops is not called faulty", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[fine]"),
    "tools/fine.ts": define(""),
  });
  const saved = `${define("")}\nfor (;;);`;
  const read = Promise.withResolvers<void>();
  const text: typeof filesOnDisk.text = async (path) => {
    const found = await filesOnDisk.text(path);
    if (found === saved) read.resolve();
    return found;
  };
  const rig = await startWith(folder, { overrides: { agentFiles: { ...filesOnDisk, text } } });
  await folder.save("tools/fine.ts", saved);
  await read.promise;
  await rig[Symbol.asyncDispose]();
  assert.deepEqual(rig.server.logged.filter((line) => line.includes("Agent broken")), []);
});

Deno.test("what is hidden of a tool is dots in events, the record and the journal, and its true self in the tool", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[charge]"),
    "tools/charge.ts": `${head}export default defineTool({
      description: "Charges.",
      input: z.object({ card_number: z.string(), amount: z.number() }),
      redact: ["card_number", "/receipt/secret"],
      run: ({ card_number, amount }) => ({ charged: card_number, amount, receipt: { secret: "hush-hush" } }),
    });`,
  });
  const journals = await Deno.makeTempDir();
  await using rig = await startWith(folder, {
    env: { JOURNAL_DIR: journals, JOURNAL_TEXTS: "true" },
  });
  const talk = await rig.ring();
  const card = "4111111111111111";
  const output = await callTool(talk, "charge", { card_number: card, amount: 5 });
  assert.match(output, /4111111111111111.*hush-hush/);
  await hangUp(talk.phone);
  const detail = await until(
    async () =>
      await (await rig.server.request(`/api/calls/${talk.callId}`, {
        headers: { "X-API-Key": apiKey },
      })).json(),
    ({ status }) => status === "ended",
  );
  const [tool] = detail.tools;
  assert.deepEqual(JSON.parse(tool.arguments), { card_number: "••••", amount: 5 });
  assert.deepEqual(JSON.parse(tool.result.output), {
    charged: "••••",
    amount: 5,
    receipt: { secret: "••••" },
  });
  await rig.server.app.close();
  const journal = await Deno.readTextFile(`${journals}/${talk.callId}.jsonl`);
  await Deno.remove(journals, { recursive: true });
  const everything = [
    JSON.stringify(rig.events.all),
    JSON.stringify(detail),
    journal,
    ...rig.server.logged,
  ];
  for (const text of everything) assert.ok(!/4111111111111111|hush-hush/.test(text), text);
  assert.ok(journal.includes("toolReturned"));
});

Deno.test("a tool without a file is told with its path and the file that was meant", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[book_repair]"),
    "tools/book_repair.ts": book("Table for"),
    "near.md": agent("[book_repar]"),
    "far.md": agent("[zzz]"),
  });
  await using rig = await startWith(folder);
  const problems = await problemsOf(rig);
  assert.match(
    problems,
    /near\.md: line 3: tools\.0: .* no file tools\/book_repar\.ts, and no built-in tool of this name; did you mean book_repair\?/,
  );
  assert.match(
    problems,
    /no file tools\/zzz\.ts, .* of this name; there are book_repair, end_call, /,
  );
});

Deno.test("a variable that is not set is told at the headers that have it", async () => {
  const tool =
    "http_tools:\n  - name: find\n    description: Finds.\n    url: https://a.example.com\n" +
    '    headers:\n      Authorization: "Bearer {{env.TOOL_NOT_THERE}}"\n';
  await using folder = await createAgentFolder({
    "receptionist.md": agent("[]"),
    "shop.md": agent("[]", tool),
  });
  await using rig = await startWith(folder);
  assert.match(
    await problemsOf(rig),
    /shop\.md: line 8: http_tools\.0\.headers: .*TOOL_NOT_THERE=\.\.\. to \.env.*start the server again/,
  );
});
