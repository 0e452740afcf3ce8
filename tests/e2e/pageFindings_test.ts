import assert from "node:assert/strict";
import type { AnalysisResult } from "../../src/services/store/analyses/analysis.ts";
import { readingOf } from "../support/agents/agentFolder.ts";
import { browserTests } from "../support/browser/browser.ts";
import { NOW, type PageVisit, visitPage } from "../support/servers/pageServer.ts";
import { until } from "../support/until.ts";

const entries = [
  agentOf(
    "receptionist",
    `
  fields:
    topic: { enum: [booking, "<b>other</b>"], description: What it is about }
    guests: { type: number, description: For how many }
    wants_table: { type: boolean, description: Whether they want one }
    day: { type: date, description: When }
    name: { description: Of the caller }
  success: { solved: They got what they called for. }`,
  ),
  agentOf("clerk", "\n  fields:\n    topic: { enum: [billing], description: About }"),
  agentOf("night", undefined),
];

browserTests("page: findings of analyses", {
  "page finds calls by what agents' analyses declare, and keeps it in the URL": (browser) =>
    visitPage({ browser, hash: "#records", agents: entries }, async (visit) => {
      const { page, complaints } = visit;
      await analyzed(visit, "call_booking", "pass", {
        topic: "booking",
        guests: 4,
        wants_table: true,
        day: "2027-01-05",
        name: "Ann Lee",
      });
      await analyzed(visit, "call_other", "fail", { topic: "<b>other</b>", wants_table: false });
      const found = (ids: readonly string[]) =>
        until(
          () =>
            page.locator("#records-list a").evaluateAll((links) =>
              links.map((link) => link.getAttribute("href")).join()
            ),
          (shown) => shown === ids.map((id) => `#records/${id}`).join(),
        );
      await page.reload();
      await page.click("summary:text-is('What the analysis found')");
      const choice = (name: string) => page.getByRole("combobox", { name, exact: true });
      const field = (name: string) => page.getByLabel(name, { exact: true });
      assert.deepEqual(await page.locator("#records-finding-fields label").allInnerTexts(), [
        "Topic\nAny\nbilling\nbooking\n<b>other</b>",
        "Guests",
        "Wants table\nAny\nYes\nNo",
        "Day",
        "Name",
        "Solved\nAny\nPassed\nFailed\nNot known",
      ]);
      await choice("Topic").selectOption("<b>other</b>");
      await found(["call_other"]);
      await choice("Topic").selectOption("");
      await found(["call_other", "call_booking"]);
      await choice("Wants table").selectOption("Yes");
      await choice("Solved").selectOption("Passed");
      await field("Day").fill("2027-01-05");
      await field("Name").fill("Ann Lee");
      await field("Guests").fill("4.0");
      await field("Guests").press("Enter");
      await page.waitForFunction("location.hash.includes('analysis.guests=4')");
      await found(["call_booking"]);
      const { searchParams } = new URL(page.url().replace("#records", ""));
      assert.deepEqual(Object.fromEntries(searchParams), {
        "analysis.wants_table": "true",
        "analysis.success.solved": "pass",
        "analysis.day": "2027-01-05",
        "analysis.name": "Ann Lee",
        "analysis.guests": "4",
      });

      const awaited = page.waitForEvent("download");
      await page.click("#records-table");
      const file = await Deno.readTextFile(await (await awaited).path());
      assert.deepEqual(file.trim().split("\r\n").map((line) => line.split(",")[0]), [
        "id",
        "call_booking",
      ]);

      await page.reload();
      await found(["call_booking"]);
      assert.equal(await field("Name").inputValue(), "Ann Lee");
      assert.equal(await choice("Wants table").inputValue(), "true");

      // Another agent declares none of them, and what is filtered by can still be taken back.
      await page.selectOption("select[name=agent]", "clerk");
      await page.waitForFunction("location.hash.includes('agent=clerk')");
      const wants = page.getByRole("textbox", { name: "Wants table", exact: true });
      await wants.waitFor();
      assert.equal(await wants.inputValue(), "true");
      assert.equal(await page.locator("#records-finding-fields label").count(), 6);
      await page.selectOption("select[name=agent]", "");
      await field("Name").fill("Nobody");
      await field("Name").press("Enter");
      await page.waitForSelector("#records-empty:not([hidden])");
      await page.click("#records-empty a");
      await found(["call_other", "call_booking"]);
      await visit.go("records?agent=night");
      await page.waitForSelector("#records-findings", { state: "hidden" });
      assert.deepEqual(complaints, []);
    }),
});

function agentOf(name: string, analysis: string | undefined) {
  const text = `---\ntitle: Desk\ngreeting: Hello.${
    analysis === undefined ? "" : `\nanalysis:${analysis}`
  }
---
Help.`;
  const reading = readingOf(name, text);
  assert.ok(reading.result.ok, JSON.stringify(reading.result));
  return { name, agent: reading.result.agent, reading };
}

async function analyzed(
  { remember, store: { analyses } }: PageVisit,
  id: string,
  solved: "pass" | "fail",
  values: Readonly<Record<string, string | number | boolean>>,
): Promise<void> {
  await remember({ id, startedAt: NOW - (solved === "pass" ? 2000 : 1000) }, {});
  await analyses.enqueue(id, NOW);
  const [claim] = await analyses.claim(NOW, { limit: 1, leaseMs: 1 });
  const result: AnalysisResult = {
    summary: null,
    fields: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
    success: { solved: { result: solved, reason: "" } },
    passed: solved === "pass",
  };
  await analyses.finish(claim!, { state: "done", counted: new Set(), result }, { now: NOW });
}
