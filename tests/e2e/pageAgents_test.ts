import assert from "node:assert/strict";
import { browserTest, openPage } from "../support/browser/browser.ts";
import { startPhoneServer } from "../support/servers/phoneServer.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";

const admin = "the-admin-secret-0123456789";

browserTest("page lists the agents, and tries a tool", async () => {
  await using service = startService();
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${admin};scopes=admin` },
    overrides: {
      agentFiles: onlyAgent(`numbers: ["+12025550100"]
tools: [get_current_time]
http_tools:
  - name: find_order
    description: Finds an order by its number.
    url: "${service.url}/orders/{{number}}"
    method: GET
    parameters: { type: object, properties: { number: { type: string } }, required: [number] }`),
    },
  });
  const { page, complaints, close } = await openPage(`${server.origin}/#agents`);
  try {
    await page.fill("#gate-key", admin);
    await page.press("#gate-key", "Enter");
    await page.waitForSelector("#tool-trial:not([hidden])");
    assert.match(await page.innerText("#agents-list"), /Desk.*version [0-9a-f]{12}.*\+12025550100/);
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
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

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
