import assert from "node:assert/strict";
import { startEmbeddingServer } from "../../src/sim/embeddings/embeddingServer.ts";
import { agentsFolder } from "../support/knowledge/documents.ts";
import { callTool } from "../support/servers/callTool.ts";
import { type PhoneRig, recordOf, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey, otherKey } from "../support/servers/phoneServer.ts";
import { startPostgres } from "../support/store/postgres.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const path = "/api/agents/receptionist/knowledge";
const documents = {
  "docs/shop.md": "# Parcels\n\nA parcel can be returned within 14 days.\n\n# Door\n\nGreen.",
};

interface Listed {
  readonly question: string;
  readonly fit: string;
  readonly calls: number;
  readonly lastCallId: string;
}

async function ready(rig: PhoneRig): Promise<void> {
  await until(() => get(rig.server, path), ({ state }) => state === "ready");
}

/** A call whose model searches for all of these; returns its id once it is on record. */
async function callAsking(rig: PhoneRig, ...questions: readonly string[]): Promise<string> {
  const talk = await rig.ring();
  for (const query of questions) await callTool(talk, "search_knowledge", { query });
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  return talk.callId;
}

async function listed(rig: PhoneRig): Promise<readonly (readonly [string, string, number])[]> {
  const { questions } = await get(rig.server, `${path}/unanswered`);
  return questions.map(({ question, fit, calls }: Listed) => [question, fit, calls]);
}

for (const [name, ignore] of [["SQLite", false], ["Postgres", postgres === undefined]] as const) {
  Deno.test({
    name: `${name}: questions that the documents do not answer are listed, and go with their calls`,
    ignore,
    async fn() {
      const database = name === "SQLite" ? undefined : await postgres?.createDatabase();
      await using folder = await agentsFolder(documents);
      {
        await using rig = await startPhoneRig({
          agent: "knowledge: [docs]\ntools: [search_knowledge]",
          env: {
            AGENTS_DIR: folder.dir,
            API_KEYS: `ops:${apiKey};scopes=admin,reader:${otherKey};scopes=calls:read`,
            ...(database !== undefined && { DATABASE_URL: database.url }),
          },
        });
        await ready(rig);
        assert.deepEqual(await listed(rig), []);
        const first = await callAsking(rig, "Do you have parking for bicycles?");
        const second = await callAsking(
          rig,
          "bicycles: PARKING",
          "parking, bicycles",
          "How are parcels returned?",
          "vegan food near the parcel desk",
        );
        assert.deepEqual(await listed(rig), [
          ["parking, bicycles", "none", 2],
          ["vegan food near the parcel desk", "weak", 1],
        ]);
        const { questions: [{ lastCallId }] } = await get(rig.server, `${path}/unanswered`);
        assert.equal(lastCallId, second);
        const others = await get(rig.server, `${path}/unanswered`, otherKey);
        assert.deepEqual(others.questions, [], "a key sees the questions of its own calls");

        await erase(rig, second);
        assert.deepEqual(await listed(rig), [["Do you have parking for bicycles?", "none", 1]]);
        await erase(rig, first);
        assert.deepEqual(await listed(rig), []);
      }
      await database?.drop();
    },
  });
}

Deno.test("with embeddings a near passage is no answer unless it is near enough", async () => {
  await using folder = await agentsFolder({
    "docs/terms.md": "# Ending\n\nSubscriptions are terminated in 14 days.",
  });
  const key = "sk-embeddings-0123456789";
  const embeddings = startEmbeddingServer({ apiKey: key });
  try {
    await using rig = await startPhoneRig({
      agent: "knowledge: [docs]\ntools: [search_knowledge]",
      env: {
        AGENTS_DIR: folder.dir,
        KNOWLEDGE_EMBEDDINGS_KEY: key,
        KNOWLEDGE_EMBEDDINGS_URL: embeddings.url,
      },
    });
    await until(
      () => get(rig.server, path),
      ({ passages, vectors }) => passages > 0 && passages === vectors,
    );
    const search = async (query: string) => {
      const { result, isWeak } = await (await rig.server.post(`${path}/search`, { query })).json();
      return [result, isWeak];
    };
    assert.deepEqual(await search("How can I quit my membership?"), ["found", false]);
    assert.deepEqual(await search("membership dance lessons tonight"), ["found", true]);
    assert.deepEqual(await search("zebra"), ["nothing", false]);
    await callAsking(rig, "quit membership", "membership dance lessons tonight");
    assert.deepEqual(await listed(rig), [["membership dance lessons tonight", "weak", 1]]);
  } finally {
    await embeddings.close();
  }
});

Deno.test("a redacted question is not listed", async () => {
  await using folder = await agentsFolder(documents);
  await using rig = await startPhoneRig({
    agent: "knowledge: [docs]\ntools: [{ name: search_knowledge, redact: [query] }]",
    env: { AGENTS_DIR: folder.dir },
  });
  await ready(rig);
  await callAsking(rig, "the illness of my mother");
  assert.deepEqual(await listed(rig), []);
});

async function erase({ server }: PhoneRig, callId: string): Promise<void> {
  const response = await server.request(`/api/calls/${callId}`, {
    method: "DELETE",
    headers: { "X-API-Key": apiKey },
  });
  assert.equal(response.status, 200, await response.text());
}
