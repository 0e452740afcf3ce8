import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { browserTest, openPage } from "../support/browser/browser.ts";
import { apiKey, otherKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";

const env = {
  API_KEYS: `ops:${apiKey},reader:${otherKey};scopes=calls:read`,
  OUTBOUND_CONCURRENT: "1",
};
const table = [
  "Phone,Name,ID",
  "(415) 555-0120,Ann,a",
  "+14155550121,Bob,b",
  "4.15556E+11,Cy,c",
  "+19005550123,Di,d",
  "+14155550122,Ed,e",
].join("\r\n");
const file = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(table) };

browserTest(
  "page previews a file of numbers, starts it, pauses it and shows what came of it",
  async () => {
    await using server = await startPhoneServer({
      env,
      network: { otherNumbers: { answer: "human", afterMs: 600_000 } },
    });
    const { page, complaints, close } = await openPage(`${server.origin}/#batches`, {
      acceptDownloads: true,
    });
    const widthFits = async (width: number) => {
      await page.setViewportSize({ width, height: 800 });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
    };
    try {
      await page.fill("#gate-key", apiKey);
      await page.press("#gate-key", "Enter");
      await page.waitForSelector("#batches-empty:not([hidden])");
      await page.click("#batch-new");
      await page.fill("#batch-form input[name=name]", "Reminders");
      await page.setInputFiles("#batch-file", file);
      await page.waitForSelector("#batch-preview:not([hidden])");
      // Without a country, the first number is none that can be dialled.
      const rows = async (kind: "accepted" | "refused") =>
        (await page.locator(`#batch-${kind} tbody tr`).allInnerTexts())
          .map((text) => text.replace(/\s+/g, " ").trim());
      assert.match(
        (await rows("refused"))[0] ?? "",
        /^2 \(415\) 555-0120 Phone: The number has no country code/,
      );
      await page.fill("#batch-form input[name=country]", "US");
      await page.press("#batch-form input[name=country]", "Tab");
      await page.waitForSelector("#batch-start:enabled:has-text('Start 3 calls')");
      assert.equal(await page.innerText("#batch-accepted summary"), "Will be called: 3");
      assert.equal(await page.innerText("#batch-refused summary"), "Refused: 2");
      assert.deepEqual(await rows("accepted"), [
        ...["2 +14155550120 US At once", "3 +14155550121 US At once", "6 +14155550122 US At once"],
      ]);
      const refused = await rows("refused");
      assert.match(refused[0] ?? "", /^4 4.15556E\+11 Phone: The spreadsheet has shortened/);
      assert.match(refused[1] ?? "", /^5 \+19005550123 Phone: Premium-rate numbers/);
      assert.match(
        await page.innerText("#batch-preview-figures"),
        /Will be called\s+3\s*of 5 lines\s+Refused\s+2\s+Estimated talk time\s+6 min/,
      );
      assert.match(await page.innerText("#batch-preview-caption"), /^Variables: \{\{Name\}\}/);
      for (const width of [390, 1280]) await widthFits(width);
      assert.equal(server.network.calls.length, 0);

      await page.click("#batch-start");
      await page.waitForSelector("#batch:not([hidden]) #batch-pause:not([hidden])");
      assert.equal(await page.innerText("#batch-name"), "Reminders");
      await until(() => page.innerText("#batch-results"), (text) => /In a call/.test(text));
      await page.click("#batch-pause");
      await until(() => page.innerText("#batch-state"), (text) => text === "Paused");
      assert.equal(await page.innerText("#batch-pause"), "Resume");
      await page.click("#batch-edit");
      await page.fill("#batch-edit-form input[name=hours]", "mon-sun 00:00-24:00");
      await page.fill("#batch-edit-form input[name=perMinute]", "30");
      await page.fill("#batch-edit-form input[name=endsAt]", "2020-01-01T09:00");
      await page.click("#batch-edit-form button[type=submit]");
      await page.waitForSelector("#batch-problem:has-text('in the past')");
      await page.fill("#batch-edit-form input[name=endsAt]", "2099-01-01T09:00");
      for (const width of [390, 1280]) await widthFits(width);
      await page.click("#batch-edit-form button[type=submit]");
      await page.waitForSelector("#batch-edit-form[hidden]", { state: "attached" });
      await until(
        () => page.innerText("#batch-state"),
        (text) => /^Paused · ends .*2099/.test(text),
      );
      assert.equal(await page.innerText("#batch-problem"), "");
      await page.click("#batch-edit");
      const shown = (name: string) => page.inputValue(`#batch-edit-form input[name=${name}]`);
      assert.deepEqual(await Promise.all(["hours", "perMinute", "endsAt", "atOnce"].map(shown)), [
        ...["mon-sun 00:00-24:00", "30", "2099-01-01T09:00", ""],
      ]);
      await page.fill("#batch-edit-form input[name=endsAt]", "");
      await page.click("#batch-edit-form button[type=submit]");
      await until(() => page.innerText("#batch-state"), (text) => text === "Paused");
      server.network.calls[0]?.finish({ status: "busy", reason: "busy" });
      await until(() => page.innerText("#batch-outcomes"), (text) => /Busy\s*1/.test(text));
      assert.match(await page.innerText("#batch-figures"), /Done\s+3 of 5/);
      const downloading = page.waitForEvent("download");
      await page.click("#batch-download");
      const csv = await Deno.readTextFile(await (await downloading).path());
      assert.match(csv, /\r\n0,2,a,\+14155550120,ended,busy,,busy,1,/);

      await page.click("#batch-cancel");
      assert.equal(await page.innerText("#batch-cancel-about"), "Reminders");
      // The question stays open until the server has done it, and says why where it has not.
      await page.route("**/cancel", (route) => route.fulfill({ status: 503 }), { times: 1 });
      await page.click("#batch-cancel-form button[type=submit]");
      await page.waitForSelector("#batch-cancel-problem:not(:empty)");
      await page.click("#batch-cancel-form button[type=submit]");
      await page.waitForSelector("#batch-cancel-dialog:not([open])", { state: "attached" });
      await until(() => page.innerText("#batch-state"), (text) => /^Cancelled/.test(text));
      assert.equal(await page.locator("#batch-pause").isHidden(), true);
      for (const width of [390, 1280]) await widthFits(width);
      await page.click("#batch .back");
      await page.waitForSelector("#batches-list li");
      assert.match(await page.innerText("#batches-list"), /^Reminders\n[^]*Cancelled[^]*5 of 5/);
      await widthFits(390);
      // The end in the past, and the cancellation that failed.
      assert.deepEqual(complaints.map((text) => /status of (\d+)/.exec(text)?.[1] ?? text), [
        ...["409", "503"],
      ]);
    } finally {
      await close();
    }
  },
);

browserTest("page shows no lines of a file where a batch came without one", async () => {
  await using server = await startPhoneServer({ env });
  const answer = await server.post("/api/outbound/batches", {
    calls: [{ to: "+14155550120" }, { to: "+14155550121" }],
    paused: true,
  });
  const { batchId } = await answer.json();
  const { page, close } = await openPage(`${server.origin}/#batches/${batchId}`);
  try {
    await page.fill("#gate-key", apiKey);
    await page.press("#gate-key", "Enter");
    await page.waitForSelector("#batch-results tr:nth-child(2)");
    const cells = page.locator("#batch-results tr td.number");
    assert.deepEqual((await cells.allInnerTexts()).slice(0, 2), ["", ""]);
  } finally {
    await close();
  }
});

browserTest("page says from when on lines are called, and what nothing fills in", async () => {
  const agentFiles = onlyAgent("greeting: Hello {{name}}, about {{topic}}.");
  await using server = await startPhoneServer({ env, overrides: { agentFiles } });
  const { page, close } = await openPage(`${server.origin}/#batches`);
  try {
    await page.fill("#gate-key", apiKey);
    await page.press("#gate-key", "Enter");
    await page.waitForSelector("#batches-empty:not([hidden])");
    await page.click("#batch-new");
    await page.click("#batch-form details summary");
    await page.fill("#batch-form input[name=startsAt]", "2099-01-01T09:00");
    const lines = "Phone,Name\n+14155550120,Ann\n911,Bob\n";
    await page.setInputFiles("#batch-file", { ...file, buffer: Buffer.from(lines) });
    await page.waitForSelector("#batch-preview:not([hidden])");
    assert.match(
      await page.innerText("#batch-accepted tbody tr"),
      /From Thursday, January 1, 2099, 09:00 (UTC|GMT\S*|[A-Z]{2,5}) on, without \{\{topic\}\}$/,
    );
    assert.match(await page.innerText("#batch-refused tbody tr"), /Phone: Emergency numbers are /);
    assert.equal(
      await page.innerText("#batch-preview-caption"),
      "Variables: {{Name}}. Without a value: {{topic}}. Calls without one leave it out of what is said.",
    );
  } finally {
    await close();
  }
});

browserTest("page offers no batch to a key that may only read", async () => {
  await using server = await startPhoneServer({ env });
  const { page, close } = await openPage(`${server.origin}/#batches`);
  try {
    await page.fill("#gate-key", otherKey);
    await page.press("#gate-key", "Enter");
    await page.waitForSelector("#batches-empty:not([hidden])");
    await page.waitForSelector("#batch-new", { state: "hidden" });
  } finally {
    await close();
  }
});
