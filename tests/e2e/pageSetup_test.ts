import { strict as assert } from "node:assert";
import { browserTest, openPage } from "../support/browser/browser.ts";
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
    await model.getByText("Off").waitFor();
    await model.getByText("Write OPENAI_API_KEY=sk-… into the file .env").waitFor();
    assert.equal(await page.locator("#step-talk.done").count(), 0);
    assert.equal(
      await page.innerText("#site-lines"),
      `<script type="module" src="${server.origin}/embed.js"></script>\n` +
        '<voice-agent key="pk_…" agent="receptionist"></voice-agent>',
    );
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
