import assert from "node:assert/strict";
import {
  type EmbeddingFault,
  startEmbeddingServer,
} from "../../src/sim/embeddings/embeddingServer.ts";
import { agentsFolder, longText } from "../support/knowledge/documents.ts";
import { type PhoneRig, startPhoneRig } from "../support/servers/phoneRig.ts";
import { startPostgres } from "../support/store/postgres.ts";
import { get } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const documents = {
  "docs/terms.md": "# Ending\n\nSubscriptions are terminated within 14 days.",
  "docs/shop.md": "# Shop\n\nThe green door opens at nine.",
};
/** In other words than those of the document. */
const question = "How can I quit my membership?";
const apiKey = "sk-embeddings-0123456789";
const path = "/api/agents/receptionist/knowledge";

interface View {
  readonly state: string;
  readonly passages: number;
  readonly vectors: number | null;
}

interface Found {
  readonly result: string;
  readonly passages: readonly { readonly source: string }[];
}

const statusOf = (rig: PhoneRig): Promise<View> => get(rig.server, path);

async function search(rig: PhoneRig, query: string): Promise<Found> {
  return await (await rig.server.post(`${path}/search`, { query })).json();
}

async function sourcesOf(rig: PhoneRig, query: string): Promise<readonly string[]> {
  return (await search(rig, query)).passages.map(({ source }) => source);
}

function vectorsMade(rig: PhoneRig): Promise<View> {
  return until(
    () => statusOf(rig),
    ({ state, passages, vectors }) => state === "ready" && vectors === passages,
  );
}

interface Incident {
  readonly code: string;
  readonly message: string;
}

async function incidentsOf(rig: PhoneRig): Promise<readonly Incident[]> {
  const { incidents } = await (await rig.server.request("/health")).json();
  return incidents.filter(({ code }: Incident) => code.startsWith("knowledge_embeddings"));
}

/** A server beside an endpoint of embeddings. */
async function startRig(
  { env = {}, files = documents, faults = [] }: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly files?: Readonly<Record<string, string>>;
    readonly faults?: readonly EmbeddingFault[];
  } = {},
) {
  const embeddings = startEmbeddingServer({ apiKey, faults });
  const folder = await agentsFolder(files);
  const open = (more: Readonly<Record<string, string | undefined>> = {}) =>
    startPhoneRig({
      agent: "knowledge: [docs]",
      env: {
        AGENTS_DIR: folder.dir,
        KNOWLEDGE_EMBEDDINGS_KEY: apiKey,
        KNOWLEDGE_EMBEDDINGS_URL: embeddings.url,
        ...env,
        ...more,
      },
    });
  return {
    embeddings,
    folder,
    open,
    async [Symbol.asyncDispose]() {
      await embeddings.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

for (const [name, ignore] of [["SQLite", false], ["Postgres", postgres === undefined]] as const) {
  Deno.test({
    name: `${name}: a question in other words finds the passage with embeddings, and not without`,
    ignore,
    async fn() {
      const database = name === "SQLite" ? undefined : await postgres?.createDatabase();
      {
        await using setup = await startRig({
          env: database === undefined ? {} : { DATABASE_URL: database.url },
        });
        {
          await using without = await setup.open({ KNOWLEDGE_EMBEDDINGS_KEY: undefined });
          const status = await until(() => statusOf(without), ({ state }) => state === "ready");
          assert.equal(status.vectors, null);
          assert.equal((await search(without, question)).result, "nothing");
          assert.equal(setup.embeddings.stats.requests, 0);
        }
        await using rig = await setup.open();
        await vectorsMade(rig);
        assert.deepEqual(await sourcesOf(rig, question), ["terms.md > Ending"]);
        assert.deepEqual(await sourcesOf(rig, "green door"), ["shop.md > Shop"]);
        assert.equal((await search(rig, "zebra")).result, "nothing");
        assert.deepEqual(await incidentsOf(rig), []);
      }
      await database?.drop();
    },
  });

  Deno.test({
    name: `${name}: the next start makes no vector again, and a change only that of the passage`,
    ignore,
    async fn() {
      const database = name === "SQLite" ? undefined : await postgres?.createDatabase();
      const data = await Deno.makeTempDir();
      {
        await using setup = await startRig({
          env: { DATABASE_URL: database?.url ?? `sqlite:${data}/parley.db` },
          files: { ...documents, "docs/long.md": longText(150) },
        });
        const { texts } = setup.embeddings;
        {
          await using rig = await setup.open();
          const { passages } = await vectorsMade(rig);
          assert.ok(passages > 150);
          assert.equal(texts.length, passages);
          assert.equal(new Set(texts).size, passages);
        }
        const before = texts.length;
        await using rig = await setup.open();
        await vectorsMade(rig);
        assert.equal(texts.length, before);
        assert.deepEqual(await sourcesOf(rig, question), ["terms.md > Ending"]);
        await setup.folder.write(
          "docs/terms.md",
          `${documents["docs/terms.md"]}\n\n# Prices\n\nThe fee is 9 euro.`,
        );
        await until(() => sourcesOf(rig, "cost"), ([first]) => first === "terms.md > Prices");
        assert.deepEqual(texts.slice(before).filter((text) => /euro|terminated/.test(text)), [
          "Prices\nThe fee is 9 euro.",
        ]);
      }
      await database?.drop();
      await Deno.remove(data, { recursive: true });
    },
  });
}

const wrong: readonly (readonly [string, EmbeddingFault, RegExp])[] = [
  ["a refused key", { type: "status", status: 401 }, /http_401.*KNOWLEDGE_EMBEDDINGS_KEY/],
  ["a page of a proxy", { type: "body", body: "<html>Sign in</html>" }, /answer_html/],
  ["an endless answer", { type: "huge", bytes: 5 * 1024 * 1024 }, /answer_too_large/],
  ["vectors of another length", { type: "dimensions", dimensions: 1536 }, /wrong_dimensions/],
];
for (const [name, fault, message] of wrong) {
  Deno.test(`${name} is told of and not tried again at once, and words are still found`, async () => {
    await using setup = await startRig({ faults: [fault] });
    await using rig = await setup.open();
    const [incident] = await until(() => incidentsOf(rig), ({ length }) => length > 0);
    assert.equal(incident?.code, "knowledge_embeddings_failed");
    assert.match(incident?.message ?? "", message);
    await until(() => statusOf(rig), ({ state }) => state === "ready");
    assert.deepEqual(await sourcesOf(rig, "subscriptions"), ["terms.md > Ending"]);
    assert.equal((await search(rig, question)).result, "nothing");
    await setup.folder.write("docs/more.md", "The yellow window.");
    await until(() => search(rig, "window"), ({ result }) => result === "found");
    assert.equal(setup.embeddings.stats.requests, 1);
    assert.doesNotMatch(rig.server.logged.join("\n"), new RegExp(apiKey));
  });
}

Deno.test("an endpoint that asks to wait is asked again then, and the incident is over", async () => {
  await using setup = await startRig({
    faults: [{ type: "status", status: 429, retryAfter: "1" }],
  });
  await using rig = await setup.open();
  await until(() => incidentsOf(rig), ({ length }) => length > 0);
  const refusedAt = performance.now();
  await vectorsMade(rig);
  assert.ok(performance.now() - refusedAt < 9000, "before the first pause of its own is over");
  // The refused one, and one for each document.
  assert.equal(setup.embeddings.stats.requests, 3);
  assert.deepEqual(await incidentsOf(rig), []);
  assert.deepEqual(await sourcesOf(rig, question), ["terms.md > Ending"]);
});

Deno.test("a question is answered by its words where its vector is late or fails", async () => {
  await using setup = await startRig();
  await using rig = await setup.open();
  await vectorsMade(rig);
  setup.embeddings.fail(...Array.from({ length: 3 }, () => ({ type: "hang" }) as const));
  for (let at = 0; at < 3; at++) {
    const begunAt = performance.now();
    assert.deepEqual(await sourcesOf(rig, "subscriptions"), ["terms.md > Ending"]);
    assert.ok(performance.now() - begunAt < 3000);
  }
  // Several in a row: the next callers do not wait for it any more.
  const [incident] = await until(() => incidentsOf(rig), ({ length }) => length > 0);
  assert.match(incident?.message ?? "", /timeout/);
  const { requests } = setup.embeddings.stats;
  assert.deepEqual(await sourcesOf(rig, "subscriptions"), ["terms.md > Ending"]);
  assert.equal(setup.embeddings.stats.requests, requests);
});

Deno.test("where DAILY_USD is used up, no vectors are made, and words are still found", async () => {
  const terms = `${longText()}\n\n${documents["docs/terms.md"]}`;
  await using setup = await startRig({
    env: { DAILY_USD: "0.000001" },
    files: { "docs/terms.md": terms },
  });
  await using rig = await setup.open();
  const [incident] = await until(() => incidentsOf(rig), ({ length }) => length > 0);
  assert.equal(incident?.code, "knowledge_embeddings_limit");
  await until(() => statusOf(rig), ({ state }) => state === "ready");
  assert.match((await sourcesOf(rig, "subscriptions")).join(), /Ending/);
  assert.equal(setup.embeddings.stats.requests, 0);
});
