import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { createAgentFolder } from "../support/agents/agentFolder.ts";
import { browserTests, openPage } from "../support/browser/browser.ts";
import { englishOf } from "../support/browser/englishTexts.ts";
import { apiKey, otherKey, serveApp, startPhoneServer } from "../support/servers/phoneServer.ts";

const AGENT = "---\ntitle: Empfang\nlanguage: de\n---\nHilf den Anrufern.\n";
const FAULTY = `---
title: Verkauf
greetng: Hallo.
voice: 5
language: deutsch
---
Verkaufe.
`;
const table = ["Phone,Name", "+19005550123,Di", "4.15556E+11,Cy", "12,Ed"].join("\r\n");

browserTests("page: refusals in German", {
  async "page says in German why it is refused something, and what is wrong with files"(browser) {
    await using folder = await createAgentFolder({
      "receptionist.md": AGENT,
      "verkauf.md": FAULTY,
      "lager.md": "---\ntitle: Lager\ntools: [take_mesage]\n---\nHilf.\n",
    });
    await using server = await startPhoneServer({
      env: {
        ...folder.env,
        API_KEYS: `ops:${apiKey};role=admin,old:${OLD_KEY};expires=2026-01-01,` +
          `reader:${otherKey};scopes=calls:read`,
        OUTBOUND_CONCURRENT: "1",
      },
      overrides: folder.overrides,
      network: { otherNumbers: { answer: "human", afterMs: 600_000 } },
    });
    const { page, close } = await openPage(`${server.origin}/#place`, {
      browser,
      locale: "de-DE",
    });
    const enter = async (key: string) => {
      await page.fill("#gate-key", key);
      await page.press("#gate-key", "Enter");
    };
    const go = (hash: string) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    const isGerman = async (what: string) => assert.deepEqual(await englishOf(page), [], what);
    const call = async (number: string) => {
      await page.getByLabel("Nummer", { exact: true }).fill(number);
      await page.getByRole("button", { name: "Anrufen", exact: true }).click();
    };
    try {
      await enter("not-a-key-of-this-server");
      await page.getByText("Der Server kennt diesen Schlüssel nicht.").waitFor();
      await enter(OLD_KEY);
      await page.getByText("Dieser API-Schlüssel ist abgelaufen.").waitFor();
      await isGerman("gate");

      await enter(otherKey);
      await go("audit");
      await page.getByText("Dieser API-Schlüssel darf das nicht: Ihm fehlt das Recht admin.")
        .waitFor();
      await isGerman("scope");

      await page.evaluate(`sessionStorage.setItem("parley.key", ${JSON.stringify(apiKey)})`);
      await page.goto(`${server.origin}/?#place`);
      await call("+442079460018");
      await page.getByText("Ihr Land: Vereinigtes Königreich.").waitFor();
      await isGerman("country");
      await call("+14155550123");
      await server.network.nextCall();
      await page.getByText("Das Telefon klingelt.").waitFor();
      await call("+14155550124");
      await page.getByText(
        "Dieser Schlüssel: Die Grenze von 1 gleichzeitigen Gesprächen ist erreicht (OUTBOUND_CONCURRENT).",
      ).waitFor();
      await isGerman("limit");

      await go("batches");
      await page.click("#batch-new");
      await send("leer.csv", "Name\r\nAnn");
      await page.getByText("Zeile 1: Keine Spalte enthält die Nummern").waitFor();
      await send("liste.csv", table);
      await page.getByText("Teure Servicenummern werden nie gewählt.").waitFor({
        state: "attached",
      });
      await isGerman("batch");

      await go("agents");
      await page.getByText("verkauf.md: Zeile 3: greetng: ist nicht bekannt; meinten Sie greeting?")
        .waitFor();
      await page.getByText("voice: muss ein Text sein, nicht eine Zahl.").waitFor();
      await page.getByText("Das Werkzeug take_mesage gibt es nicht").waitFor();
      await isGerman("agents");
    } finally {
      await close();
    }

    async function send(name: string, text: string): Promise<void> {
      const buffer = Buffer.from(text);
      await page.setInputFiles("#batch-file", { name, mimeType: "text/csv", buffer });
    }
  },

  async "set-up is told in German, whether all is off or much is broken"(browser) {
    await using off = await serveApp("", {
      DATABASE_URL: "sqlite::memory:",
      ...Object.fromEntries(NOT_SET.map((name) => [name, undefined])),
    });
    await using folder = await createAgentFolder({
      "receptionist.md": AGENT,
      "verkauf.md": FAULTY,
    });
    await using broken = await startPhoneServer({
      env: {
        ...folder.env,
        API_KEYS: `ops:${apiKey};role=admin,old:${OLD_KEY};expires=2026-01-01`,
        PUBLIC_KEYS: `site:pk_${"a".repeat(32)};origins=https://shop.example;agents=receptionist`,
        OPENAI_API_KEY: "sk-test",
        OPENAI_REALTIME_URL: "ws://127.0.0.1:9",
        DAILY_USD: "off",
        OPENAI_APIKEY: "sk-test",
        WEBHOOK_URL: "http://127.0.0.1:9/",
        WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      },
      overrides: folder.overrides,
    });
    for (const { origin } of [off, broken]) {
      const { page, close } = await openPage(`${origin}/#setup`, {
        browser,
        locale: "de-DE",
        prepare: `sessionStorage.setItem("parley.key", ${JSON.stringify(apiKey)});`,
      });
      try {
        await page.locator("#setup-list li").first().waitFor();
        assert.deepEqual(await englishOf(page), []);
        assert.ok(await page.locator("#setup-list .remedy").count() > 3);
      } finally {
        await close();
      }
    }
  },
});

const OLD_KEY = "an-expired-secret-of-sixteen";

const NOT_SET = [
  "API_KEYS",
  "PUBLIC_URL",
  "TWILIO_ACCOUNT_SID",
  "TWILIO_AUTH_TOKEN",
  "TWILIO_PHONE_NUMBER",
  "TWILIO_API_URL",
];
