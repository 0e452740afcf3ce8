import assert from "node:assert/strict";
import { browserTest, openPage } from "../support/browser/browser.ts";
import { callTool } from "../support/servers/callTool.ts";
import { agentsFolder } from "../support/knowledge/documents.ts";
import { recordOf, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey, otherKey } from "../support/servers/phoneServer.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const agent = `timezone: Europe/Berlin
calendar:
  name: practice
  hours: { mon-sun: "09:00-18:00" }
  services: { haircut: { title: Cut and wash, minutes: 30 } }
tools: [{ name: book_slot, confirm: false }, search_knowledge, { name: take_message, confirm: Shall I? }]
knowledge: [docs]`;

browserTest(
  "page shows what is booked, cancels it, and tells of it in the call's record",
  async () => {
    await using folder = await agentsFolder({ "docs/a.md": "# Opening\n\nAt nine." });
    await using rig = await startPhoneRig({
      agent,
      env: {
        AGENTS_DIR: folder.dir,
        API_KEYS: `ops:${apiKey};scopes=admin,reader:${otherKey};scopes=appointments:read`,
      },
    });
    const { server } = rig;
    await until(
      () => get(server, "/api/agents/receptionist/knowledge"),
      ({ state }) => state === "ready",
    );
    const talk = await rig.ring();
    const { slots: [slot] } = JSON.parse(
      await callTool(talk, "find_slots", { service: "haircut", when: "in two weeks" }),
    );
    await callTool(talk, "book_slot", { slot: slot.slot, name: "Ada Lovelace", note: "Curls" });
    await callTool(talk, "search_knowledge", { query: "parking for bicycles" });
    await hangUp(talk.phone);
    await recordOf(rig, talk.callId);
    const { appointments: [booked] } = await get(server, "/api/appointments");
    const time = berlin(booked.startsAt, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const day = berlin(booked.startsAt, { dateStyle: "full" });
    const lunch = { calendar: "practice", service: "Lunch", name: "All", minutes: 60 };
    const startsAt = new Date(Date.parse(booked.startsAt) + 86_400_000).toISOString();
    await (await server.post("/api/appointments", { ...lunch, startsAt })).body?.cancel();

    const { page, complaints, close } = await openPage(`${server.origin}/#calendar`, {
      timezoneId: "UTC",
    });
    try {
      await page.fill("#gate-key", apiKey);
      await page.press("#gate-key", "Enter");
      await page.waitForSelector("#calendar-list li");
      const rows = async () =>
        (await page.locator("#calendar-list li").allInnerTexts())
          .map((text) => text.replace(/\s+/g, " ").trim());
      assert.equal(await page.textContent("#calendar-zones"), "By the clocks of Europe/Berlin");
      assert.equal(await page.locator("#calendar-list h2").first().innerText(), day);
      const [first, second, ...others] = await rows();
      assert.match(
        first ?? "",
        new RegExp(
          `^${time}–\\d\\d:\\d\\d Ada Lovelace Cut and wash · \\+12025550123 Curls The call Cancel…$`,
        ),
      );
      assert.match(second ?? "", /All Lunch Cancel…$/);
      assert.deepEqual(others, []);

      await page.locator("#calendar-list button").first().click();
      assert.match(
        await page.innerText("#cancel-about"),
        new RegExp(`^Ada Lovelace · Cut and wash · ${day}, ${time}–`),
      );
      await page.click("#cancel-form button[type=button]");
      assert.equal((await get(server, `/api/appointments`)).appointments[0].state, "booked");
      await page.locator("#calendar-list button").first().click();
      await page.click("#cancel-form button[type=submit]");
      await page.waitForSelector("#calendar-list li.cancelled");
      assert.match((await rows())[0] ?? "", /Cancelled$/);
      assert.equal((await get(server, `/api/appointments`)).appointments[0].state, "cancelled");
      await page.selectOption("#calendar-filter select[name=state]", "booked");
      await until(rows, (all) => all.length === 1);

      await page.evaluate(`location.hash = "records/${talk.callId}"`);
      await page.waitForSelector("#record-booked li");
      assert.match(
        await page.innerText("#record-booked"),
        new RegExp(
          `^Appointment\\n+${day}, ${time}–\\d\\d:\\d\\d · Cut and wash · Ada Lovelace · Cancelled$`,
        ),
      );

      await page.evaluate(`location.hash = "agents"`);
      await page.waitForSelector("#agents-unanswered:not([hidden])");
      assert.match(
        await page.innerText("#agents-unanswered"),
        /parking for bicycles\n1 call · nothing found · Today$/,
      );
      assert.match(
        await page.innerText("#agents-problems"),
        /^Agents with warnings\n+Desk is in use\n+receptionist\.md: Line \d+: tools\.2\.confirm: names no argument/,
      );
      assert.deepEqual(complaints, []);
      await page.setViewportSize({ width: 320, height: 568 });
      for (const view of ["calendar", "agents", `records/${talk.callId}`]) {
        await page.evaluate(`location.hash = "${view}"`);
        await page.waitForSelector(`main:not([hidden])[id=${view.replace(/s\/.*/, "")}]`);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320, view);
      }
    } finally {
      await close();
    }
  },
);

browserTest(
  "page shows later appointments when asked, and offers nothing that a key may not do",
  async () => {
    await using rig = await startPhoneRig({
      agent,
      env: {
        API_KEYS: `ops:${apiKey};scopes=admin,reader:${otherKey};scopes=appointments:read`,
      },
    });
    for (let hour = 1; hour <= 203; hour++) {
      const startsAt = new Date(Date.now() + hour * 3_600_000).toISOString();
      const rest = { calendar: "practice", service: "Break", name: `No. ${hour}`, minutes: 5 };
      await (await rig.server.post("/api/appointments", { ...rest, startsAt })).body?.cancel();
    }
    const { page, close } = await openPage(`${rig.server.origin}/#calendar`);
    try {
      await page.fill("#gate-key", otherKey);
      await page.press("#gate-key", "Enter");
      await page.waitForSelector("#calendar-later:not([hidden])");
      const names = () => page.locator("#calendar-list .who").allInnerTexts();
      assert.equal((await names()).length, 200);
      await page.click("#calendar-later");
      await page.waitForSelector("#calendar-later", { state: "hidden" });
      assert.deepEqual(
        await names(),
        Array.from({ length: 203 }, (_, at) => `No. ${at + 1}`),
      );
      assert.equal(await page.locator("#calendar-list button").first().isVisible(), false);
      await page.selectOption("#calendar-filter select[name=state]", "cancelled");
      await page.waitForSelector("#calendar-empty:not([hidden])");
      assert.match(await page.innerText("#calendar-empty"), /^No appointments match\./);
    } finally {
      await close();
    }
  },
);

function berlin(moment: string, format: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en", { timeZone: "Europe/Berlin", ...format })
    .format(new Date(moment));
}
