import { strict as assert } from "node:assert";
import { browserTest, openPage } from "../support/browser/browser.ts";
import { violationsOf } from "../support/browser/accessibility.ts";
import { serveApp } from "../support/servers/phoneServer.ts";

browserTest("page: a first visit without a model's key starts with the set-up", async () => {
  await using server = await serveApp("", {
    DATABASE_URL: "sqlite::memory:",
    ...Object.fromEntries(NOT_SET.map((name) => [name, undefined])),
  });
  const { page, complaints, close } = await openPage(`${server.origin}/`, { isFirstVisit: true });
  try {
    await page.getByRole("heading", { name: "Three steps to the first real call" }).waitFor();
    const model = page.locator("#setup-list li", { hasText: "built-in rehearsal engine" });
    await model.getByText("Off", { exact: true }).waitFor();
    await model.getByText("Write OPENAI_API_KEY=sk-… into the file .env").waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await model.getByRole("button", { name: "Copy model_off" }).click();
    await page.getByText("model_off was copied.").waitFor();
    assert.equal(await page.evaluate("navigator.clipboard.readText()"), "model_off");
    assert.deepEqual(await violationsOf(page), []);
    assert.equal(await page.locator("#step-talk.done").count(), 0);
    assert.match(await page.innerText("#phone-lines"), /^API_KEYS=ops:[0-9a-f]{48};scopes=admin$/m);
    await page.getByLabel("Address of the site").fill("www.shop.example");
    await page.getByText("with https://").waitFor();
    await page.getByLabel("Address of the site").fill("https://www.shop.example/contact?a=1");
    const line = /^PUBLIC_KEYS=site:(pk_[0-9a-f]{32});origins=(.*);agents=receptionist$/
      .exec(await page.innerText("#site-key"));
    assert.equal(line?.[2], "https://www.shop.example");
    assert.equal(
      await page.innerText("#site-lines"),
      `<script type="module" src="${server.origin}/embed.js"></script>\n` +
        `<voice-agent key="${line?.[1]}" agent="receptionist"></voice-agent>`,
    );
    assert.equal(await page.locator("#site-problem").innerText(), "");
    await page.getByRole("link", { name: "Talk now" }).click();
    await page.locator("#start:enabled").waitFor();
    await page.goto(`${server.origin}/`);
    // Not again: the page is known by now.
    await page.locator("#start:enabled").waitFor();
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

const NOT_SET = [
  "API_KEYS",
  "PUBLIC_URL",
  "TWILIO_ACCOUNT_SID",
  "TWILIO_AUTH_TOKEN",
  "TWILIO_PHONE_NUMBER",
  "TWILIO_API_URL",
];
