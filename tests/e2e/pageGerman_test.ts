import { strict as assert } from "node:assert";
import { browserTests, openPage } from "../support/browser/browser.ts";
import { englishOf } from "../support/browser/englishTexts.ts";
import { RECORDED_ID, rememberRecorded } from "../support/recordedConversation.ts";
import { agentsFolder } from "../support/knowledge/documents.ts";
import { callTool } from "../support/servers/callTool.ts";
import { visitPage } from "../support/servers/pageServer.ts";
import { heardSaying, recordOf, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { recordedApi } from "../support/servers/recordedApi.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const agent = `language: de
transfers: { vertrieb: { number: "+14155550199" } }
calendar:
  name: praxis
  hours: { mon-sun: "09:00-18:00" }
  services: { schnitt: { title: Waschen, minutes: 30 } }
tools: [{ name: book_slot, confirm: false }, search_knowledge]
knowledge: [docs]`;

/** The views, and what each shows once its data is there. */
const PARTS = [
  ["talk", "#start:enabled"],
  ["calls", ".live li"],
  ["records", "#records-list li"],
  ["analytics", "#analytics-charts svg"],
  ["place", "#place-form"],
  ["batches", "#batches-list > *"],
  ["calendar", "#calendar-list li"],
  ["agents", "#agents-list > *"],
  ["setup", "li"],
  ["audit", "#audit-list li"],
  ["do-not-call", "#listed li"],
] as const;
/** The parts of an agent that are loaded when they are opened, likewise. */
const FOLDS = {
  "agent-session": "#session-facts dd",
  "agent-tools": "#tool-trial:not([hidden])",
  "agent-knowledge": "#knowledge-documents li",
};

browserTests("page: German", {
  async "page shows no English text of the interface in any view of a German browser"(browser) {
    await using folder = await agentsFolder({ "docs/a.md": "# Parken\n\nIm Hof." });
    await using rig = await startPhoneRig({
      agent,
      env: {
        AGENTS_DIR: folder.dir,
        API_KEYS: `ein-langer-name-eines-api-schluessels:${apiKey};role=admin`,
      },
      network: { otherNumbers: { answer: "human", afterMs: 600_000 } },
    });
    const { server } = rig;
    await until(
      () => get(server, "/api/agents/receptionist/knowledge"),
      ({ state }) => state === "ready",
    );
    const past = await rig.ring();
    const { slots: [slot] } = JSON.parse(
      await callTool(past, "find_slots", { service: "schnitt", when: "in two weeks" }),
    );
    await callTool(past, "book_slot", { slot: slot.slot, name: "Ada", note: "Locken" });
    await callTool(past, "search_knowledge", { query: "Fahrrad" });
    await hangUp(past.phone);
    await recordOf(rig, past.callId);
    const live = await rig.ring();
    live.model.say("Guten Tag.");
    await heardSaying(rig, live.callId, /^Guten Tag/);
    const batch = await server.post("/api/outbound/batches", {
      calls: [{ to: "+14155550120" }, { to: "+14155550121" }],
    });
    const { batchId } = await batch.json();
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    const listed = await fetch(`${server.origin}/api/do-not-call/%2B14155550188`, {
      ...{ method: "PUT", headers, body: "{}" },
    });
    await listed.body?.cancel();

    const { page, complaints, close } = await openPage(`${server.origin}/`, {
      browser,
      locale: "de-DE",
      prepare: `sessionStorage.setItem("parley.key", ${JSON.stringify(apiKey)});`,
    });
    try {
      await page.setViewportSize({ width: 320, height: 700 });
      await page.locator("#start:enabled").waitFor();
      for (
        const [place, name, shown] of [
          ...PARTS.map(([part, shown]) => [part, part, shown] as const),
          [`calls/${live.callId}`, "call", "#call-transcript .line"],
          [`records/${past.callId}`, "record", "#record-booked li"],
          [`batches/${batchId}`, "batch", "#batch-results tr"],
          ["agents/receptionist", "one-agent", "#agent-versions li"],
        ] as const
      ) {
        await page.evaluate(`location.hash = ${JSON.stringify(place)}`);
        await page.locator(`main[id="${name}"]:not([hidden]) ${shown}`).first().waitFor();
        await page.locator(`main[id="${name}"]:not(.loading):not([aria-busy=true])`).waitFor();
        for (const [fold, loaded] of name === "one-agent" ? Object.entries(FOLDS) : []) {
          await page.click(`#${fold} > summary`);
          await page.locator(`#${fold} ${loaded}`).first().waitFor();
        }
        assert.deepEqual(await englishOf(page), [], place);
        // German words are long.
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320, place);
        assert.deepEqual(await page.evaluate(CLIPPED), [], place);
        assert.deepEqual(await page.evaluate(TOUCHING), [], place);
        await page.setViewportSize({ width: 1280, height: 700 });
        assert.deepEqual(await page.evaluate(CLIPPED), [], place);
        const [needed, given] = await page.evaluate<readonly number[]>(NAVIGATION);
        assert.equal(needed, given, `${place}: the parts scroll at 1280 pixels`);
        await page.setViewportSize({ width: 320, height: 700 });
      }
      await page.evaluate("location.hash = 'talk'");
      await page.click("#start-typing");
      for (const phase of ["live", "ended"]) {
        await page.locator(`[data-phase=${phase}]`).waitFor();
        assert.deepEqual(await englishOf(page), [], phase);
        if (phase === "live") await page.getByRole("button", { name: "Auflegen" }).click();
      }
      assert.deepEqual(complaints, []);
    } finally {
      await close();
    }
  },

  async "page shows no English text of the interface in a record with all of its parts"(browser) {
    await using recorded = await recordedApi();
    const look = { locale: "de-DE" };
    await visitPage({ browser, look, mount: recorded.mount }, async (visit) => {
      await rememberRecorded(visit, recorded);
      await visit.go(`records/${RECORDED_ID}`);
      await visit.page.waitForSelector("#record-transcript .line");
      await visit.page.waitForSelector(".waveform .legend");
      assert.deepEqual(await englishOf(visit.page), []);
      assert.match(await visit.page.innerText("#record-figures"), /Dauer\s+0:40/);
    });
  },
});

/** Choices of which less is shown than they have; one alone in a list is as wide as it needs. */
const CLIPPED = `[...document.querySelectorAll("main:not([hidden]) select")].flatMap((list) => {
  if (!list.checkVisibility()) return [];
  const { text = "" } = list.selectedOptions[0] ?? {};
  const alone = list.cloneNode(false);
  alone.append(new Option(text));
  alone.style.cssText = "position: absolute; flex: none; width: max-content; max-width: none";
  list.after(alone);
  const isClipped = alone.offsetWidth > list.offsetWidth;
  alone.remove();
  return isClipped ? [text] : [];
})`;

/** Labels below a chart that touch the next one. */
const TOUCHING =
  `[...document.querySelectorAll("main:not([hidden]) .chart-plot svg")].flatMap((one) => {
  const ticks = [...one.querySelectorAll(".tick")];
  const labels = ticks.filter((tick) => tick.getAttribute("y") === ticks.at(-1).getAttribute("y"));
  return labels.flatMap((label, at) => {
    const { right } = label.getBoundingClientRect();
    const left = labels[at + 1]?.getBoundingClientRect().left ?? Infinity;
    return left - right < 4 ? [label.textContent] : [];
  });
})`;

const NAVIGATION = `(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(
  document.querySelector("nav.parts"),
)`;
