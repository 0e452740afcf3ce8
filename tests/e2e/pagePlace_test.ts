import assert from "node:assert/strict";
import { browserTest, openPage } from "../support/browser/browser.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";

browserTest("page: a call is placed by hand, and refusals say what helps", async () => {
  const agent = "greeting: Hello {{name}}.";
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey};scopes=admin`, OUTBOUND_CONCURRENT: "1" },
    overrides: { agentFiles: onlyAgent(agent) },
  });
  const { page, complaints, close } = await openPage(`${server.origin}/#place`, {
    viewport: { width: 320, height: 800 },
  });
  try {
    await page.fill("#gate-key", apiKey);
    await page.press("#gate-key", "Enter");
    await page.getByLabel("Number", { exact: true }).fill("+19005550123");
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.getByText("Premium-rate numbers are never dialled.").waitFor();
    await page.getByText("OUTBOUND_DENY say where calls may go").waitFor();

    await page.getByLabel("Number", { exact: true }).fill("+1 (415) 555-0123");
    // The agent's file names it, also where the usual agent is meant.
    await page.getByLabel("name", { exact: true }).fill("Ann");
    await page.selectOption("#place-agent", { index: 1 });
    await page.waitForFunction("document.querySelector('#place-declared input').value === 'Ann'");
    await page.getByRole("button", { name: "Add a variable" }).press("Enter");
    await page.keyboard.type("name");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Bob");
    await page.getByRole("button", { name: "Call", exact: true }).click();
    const name = page.getByLabel("Name of the variable");
    assert.equal(
      await name.evaluate((field: { validationMessage: string }) => field.validationMessage),
      "There is another variable of this name.",
    );
    await name.fill("order");
    await page.getByLabel("What the agent should know about this call").fill("She ordered a lamp.");
    await page.getByRole("button", { name: "Call", exact: true }).click();
    const call = await server.network.nextCall();
    await page.getByText("The phone is being rung.").waitFor();
    assert.doesNotMatch(await page.innerText("#place-placed"), /has no value/);
    const [created] = server.api.creates;
    assert.equal(created?.["To"], "+14155550123");

    // The same once more, while the line is taken.
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.getByText("Wait until calls end or a new day begins").waitFor();
    assert.equal(server.api.creates.length, 1);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320);

    await call.next("streamStarted");
    await page.fill("#place-to", "12");
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.locator("#place-problem:not(:empty)").waitFor();
    assert.deepEqual(complaints.filter((text) => !/status of 4\d\d/.test(text)), []);
  } finally {
    await close();
  }
});
