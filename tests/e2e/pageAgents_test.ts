import assert from "node:assert/strict";
import { type AgentFolder, changing, createAgentFolder } from "../support/agents/agentFolder.ts";
import { violationsOf } from "../support/browser/accessibility.ts";
import { type BrowserPage, browserTest, openPage } from "../support/browser/browser.ts";
import { heardSaying, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey, otherKey } from "../support/servers/phoneServer.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { endedRecord } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";

const keys = `ops:${apiKey};scopes=admin,reader:${otherKey};scopes=calls:read`;
const body = Array.from({ length: 20 }, (_, at) => `Rule ${at + 1}.`).join("\n");
const agent = (fields: string) => `---\ntitle: Desk\n${fields}\n---\nHelp {{name}}.\n${body}\n`;

interface Visit extends BrowserPage {
  readonly rig: Awaited<ReturnType<typeof startPhoneRig>>;
  readonly folder: AgentFolder;
}

async function visitAgent(
  files: Readonly<Record<string, string>>,
  run: (visit: Visit) => Promise<void>,
  { key = apiKey, hash = "#agents/receptionist", isReadOnly = false } = {},
): Promise<void> {
  await using folder = await createAgentFolder(files);
  const { agentFiles } = folder.overrides;
  const writing = () => Promise.resolve("not_permitted" as const);
  await using rig = await startPhoneRig({
    env: { ...folder.env, API_KEYS: keys },
    overrides: { agentFiles: { ...agentFiles, ...(isReadOnly && { writing }) } },
  });
  const opened = await openPage(`${rig.server.origin}/${hash}`);
  try {
    await opened.page.fill("#gate-key", key);
    await opened.page.press("#gate-key", "Enter");
    await opened.page.waitForSelector("main:is(#one-agent, #agents):not([hidden])");
    await run({ ...opened, rig, folder });
    const others = opened.complaints.filter((text) => !/status of 4(09|22|03)/.test(text));
    assert.deepEqual(others, []);
  } finally {
    await opened.close();
  }
}

/** What axe has to say, and whether the page is as narrow as a narrow window. */
async function assertAccessible({ page }: BrowserPage): Promise<void> {
  assert.deepEqual(await violationsOf(page), []);
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320);
}

browserTest("page marks what is wrong with a file at its line, and checks a change", async () => {
  const files = { "receptionist.md": agent("voice: marin"), "sales.md": agent("vioce: <b>x</b>") };
  await visitAgent(files, async (visit) => {
    const { page, folder } = visit;
    await page.waitForSelector("#agents-list li");
    assert.match(await page.innerText("#agents-list .ok"), /Desk.*version [0-9a-f]{12}/s);
    await page.click("#agents-list .unusable a");
    await page.waitForSelector("#agent-listing li.problem");
    assert.equal(
      await page.innerText("#agent-listing li:nth-child(3)"),
      "vioce: <b>x</b>\nvioce: is not known; did you mean voice?",
    );
    assert.equal(await page.locator("#agent-listing li.problem").count(), 1);
    await page.click("#agent-edit");
    await page.waitForSelector("#agent-gutter span.problem:nth-child(3)");
    await page.click("#agent-faults button");
    const selected = "getSelection().toString()";
    assert.equal(await page.evaluate(selected), "vioce: <b>x</b>");
    await assertAccessible(visit);
    const faulty = await page.inputValue("#agent-text");
    await page.fill("#agent-text", faulty.replace("vioce: <b>x</b>", "# a\n# b\nspede: 1"));
    await page.click("#agent-check");
    await page.waitForSelector("#agent-gutter span.problem:nth-child(5)");
    assert.match(await page.innerText("#agent-said"), /calls could not use it/);
    await page.press("#agent-text", "Control+s");
    await until(() => page.innerText("#agent-problem"), (text) => /Nothing was saved/.test(text));
    assert.equal(await folder.read("sales.md"), files["sales.md"]);
    await page.fill("#agent-text", agent("voice: cedar"));
    await page.press("#agent-text", "Control+s");
    await until(() => page.innerText("#agent-said"), (text) => /^Saved\./.test(text));
    assert.equal(await folder.read("sales.md"), agent("voice: cedar"));
    await until(() => page.innerText("#agent-facts"), (text) => /version/.test(text));
  }, { hash: "#agents" });
});

browserTest(
  "page saves a change that the next call has, shows differences, and restores",
  async () => {
    const first = agent("greeting: Good day.");
    await visitAgent({ "receptionist.md": first }, async (visit) => {
      const { page, rig, folder } = visit;
      const call = async (greeting: RegExp) => {
        const talk = await rig.ring();
        await heardSaying(rig, talk.callId, greeting);
        await hangUp(talk.phone);
        return await endedRecord(rig.server, talk.callId);
      };
      const { agentVersion } = await call(/^Good day\.$/);
      await page.click("#agent-edit");
      await page.fill("#agent-text", agent("greeting: Good evening."));
      await page.click("#agent-editor button[type=submit]");
      await until(() => page.innerText("#agent-said"), (text) => /^Saved\./.test(text));
      await call(/^Good evening\.$/);

      const compare = page.getByRole("button", {
        name: `Compare with the file: version ${agentVersion}`,
      });
      await compare.waitFor();
      await compare.click();
      await page.waitForSelector("#agent-diff .gone");
      assert.equal(await page.innerText("#agent-diff .gone"), "greeting: Good evening.");
      assert.equal(await page.innerText("#agent-diff .new"), "greeting: Good day.");
      assert.match(await page.innerText("#agent-diff .folded"), /^\d+ unchanged lines$/);
      await assertAccessible(visit);
      await page.getByRole("button", { name: `Restore version ${agentVersion}` }).click();
      assert.equal(await page.innerText("#restore-about"), agentVersion);
      await page.click("#restore-form button[type=submit]");
      await page.waitForSelector("#restore-dialog:not([open])", { state: "attached" });
      assert.equal(await folder.read("receptionist.md"), first);
      await call(/^Good day\.$/);
    });
  },
);

browserTest(
  "page saves over a file that changed meanwhile only when its difference was shown",
  async () => {
    await visitAgent({ "receptionist.md": agent("speed: 1.1") }, async ({ page, rig, folder }) => {
      await page.click("#agent-edit");
      await page.fill("#agent-text", agent("speed: 1.2"));
      const theirs = agent("speed: 1.3");
      await changing(rig.server.app.agents, () => folder.save("receptionist.md", theirs));
      await page.click("#agent-editor button[type=submit]");
      await page.waitForSelector("#agent-conflict:not([hidden])");
      assert.equal(await page.innerText("#agent-conflict .gone"), "speed: 1.3");
      assert.equal(await folder.read("receptionist.md"), theirs);
      // What is not saved is there again after other views were shown.
      await page.evaluate("location.hash = 'agents'");
      await page.click("#agents-list a");
      await page.waitForSelector("#agent-editor:not([hidden])");
      assert.equal(await page.inputValue("#agent-text"), agent("speed: 1.2"));
      await page.click("#agent-editor button[type=submit]");
      await until(() => page.innerText("#agent-said"), (text) => /^Saved\./.test(text));
      assert.equal(await folder.read("receptionist.md"), agent("speed: 1.2"));
    });
  },
);

browserTest("page makes a new agent", async () => {
  await visitAgent({ "receptionist.md": agent("speed: 1.1") }, async ({ page, rig }) => {
    await page.fill("#new-agent-name", "receptionist");
    await page.press("#new-agent-name", "Enter");
    await until(() => page.innerText("#new-agent-problem"), (text) => text !== "");
    await page.fill("#new-agent-name", "front-desk");
    await page.press("#new-agent-name", "Enter");
    await page.waitForSelector("main#one-agent:not([hidden])");
    await until(() => page.innerText("#agent-title"), (text) => text === "Front desk");
    assert.deepEqual(rig.server.app.agents.names, ["front-desk", "receptionist"]);
  }, { hash: "#agents" });
});

browserTest(
  "page shows a file that may not be written, how it may be, and nothing that does it",
  async () => {
    await visitAgent({ "receptionist.md": agent("speed: 1.1") }, async ({ page }) => {
      await page.waitForSelector("#agent-writing:not([hidden])");
      assert.match(await page.innerText("#agent-writing"), /permissions\.server in deno\.json/);
      assert.equal(await page.isVisible("#agent-edit"), false);
      await page.evaluate("location.hash = 'agents'");
      await page.waitForSelector("#agents-list li");
      assert.equal(await page.isVisible("#new-agent"), false);
    }, { isReadOnly: true });
  },
);

browserTest("page shows the versions alone to a key that may not see the file", async () => {
  await visitAgent({ "receptionist.md": agent("speed: 1.1") }, async ({ page }) => {
    await page.waitForSelector("#agent-versions li");
    assert.match(await page.innerText("#agent-scope"), /takes a key with the scope admin/);
    for (
      const part of ["#agent-file", "#agent-session", "#agent-tools", "#agent-versions button"]
    ) {
      assert.equal(await page.isVisible(part), false, part);
    }
  }, { key: otherKey });
});

browserTest(
  "page shows what the model is sent, tries a tool, and searches the documents",
  async () => {
    await using service = startService();
    const fields = `voice: cedar
knowledge: [docs]
tools: [get_current_time]
http_tools:
  - name: find_order
    description: Finds an order by its number.
    url: "${service.url}/orders/{{number}}"
    method: GET
    parameters: { type: object, properties: { number: { type: string } }, required: [number] }`;
    const files = { "receptionist.md": agent(fields), "docs/a.md": "# Opening\n\nAt nine.\n" };
    await visitAgent(files, async (visit) => {
      const { page } = visit;
      for (const part of ["session", "tools", "knowledge"]) {
        await page.click(`#agent-${part} > summary`);
      }
      await until(
        () => page.innerText("#session-instructions"),
        (text) => /Help \[name\]/.test(text),
      );
      assert.match(await page.innerText("#session-facts"), /Voice\s+cedar/);
      assert.match(await page.innerText("#session-tools"), /find_order/);

      await page.waitForSelector("#tool-trial:not([hidden])");
      await page.selectOption("#tool-name", "find_order");
      assert.equal(await page.innerText("#tool-description"), "Finds an order by its number.");
      assert.deepEqual(JSON.parse(await page.inputValue("#tool-arguments")), { number: "" });
      await page.fill("#tool-arguments", '{"number": "17"}');
      await page.click("#tool-trial button");
      await page.waitForSelector("#tool-result:not([hidden])");
      const shown = await page.innerText("#tool-result");
      assert.match(shown, /GET .*\/orders\/17\ndone in \d+ ms\norder 17 is on its way/);
      await page.fill("#tool-arguments", "{");
      await page.click("#tool-trial button");
      assert.equal(await page.innerText("#tool-problem"), "The arguments are not JSON.");
      await page.fill("#tool-arguments", '{"name": "x"}');
      await page.click("#tool-trial button");
      await page.waitForSelector("#tool-result:not([hidden])");
      assert.match(await page.innerText("#tool-result"), /invalid_arguments/);

      await page.fill("#knowledge-query", "when is the opening");
      // The documents are read beside the start of the server.
      await until(async () => {
        await page.press("#knowledge-query", "Enter");
        await page.waitForSelector("#knowledge-said:not(:text('Searching…'))");
        return await page.innerText("#knowledge-said");
      }, (said) => said !== "The documents are not read yet.");
      await page.waitForSelector("#knowledge-passages li");
      assert.match(await page.innerText("#knowledge-passages"), /At nine\./);
      await assertAccessible(visit);
    });
  },
);

function startService() {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) => new Response(`order ${new URL(url).pathname.split("/").pop()} is on its way`),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
