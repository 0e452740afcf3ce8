import assert from "node:assert/strict";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import type { DatabaseSettings } from "../../../src/config/settings.ts";
import type { KnowledgeStore } from "../../../src/services/store/knowledge/knowledgeStore.ts";
import { startPostgres } from "../../support/store/postgres.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const places = [
  {
    name: "SQLite in memory",
    ignore: false,
    make: () =>
      Promise.resolve({
        settings: { kind: "sqlite", path: ":memory:" } satisfies DatabaseSettings,
        remove: () => Promise.resolve(),
      }),
  },
  {
    name: "SQLite in a file",
    ignore: false,
    async make() {
      const folder = await Deno.makeTempDir();
      return {
        settings: { kind: "sqlite", path: `${folder}/parley.db` } satisfies DatabaseSettings,
        remove: () => Deno.remove(folder, { recursive: true }),
      };
    },
  },
  {
    name: "Postgres",
    ignore: postgres === undefined,
    async make() {
      if (postgres === undefined) throw new Error("Cannot test with Postgres: there is none");
      const database = await postgres.createDatabase();
      return {
        settings: { kind: "postgres", url: database.url } satisfies DatabaseSettings,
        remove: database.drop,
      };
    },
  },
];

interface Opened {
  readonly settings: DatabaseSettings;
  readonly store: Store;
  readonly knowledge: KnowledgeStore;
}

for (const { name, ignore, make } of places) {
  const test = (behaviour: string, body: (opened: Opened) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${behaviour}`,
      ignore,
      async fn() {
        const { settings, remove } = await make();
        const store = await openStore(settings, { now: () => 1 });
        const knowledge = await store.openKnowledge();
        try {
          await body({ settings, store, knowledge });
        } finally {
          await knowledge.close();
          await store.close();
          await remove();
        }
      },
    });

  test("words are found with and without accents, in other forms and within longer words", async ({ knowledge }) => {
    const id = await added(knowledge, "a", [
      ["hours", "Öffnungszeiten", "Wir haben montags geöffnet, in der Straße am Tor."],
      ["pump", "", "Die Luftwärmepumpe kostet 9000 Euro."],
      ["oil", "", "The price of an oil change is 89 euro."],
      ["tyres", "", "Four tyres are changed in an hour."],
    ]);
    const found = async (text: string, language = "de") =>
      (await knowledge.search({ text, documents: [id], language, limit: 5 }))
        .map(({ source }) => source);
    assert.deepEqual(await found("Wann habt ihr geoffnet?"), ["hours"]);
    assert.deepEqual(await found("ÖFFNUNGSZEIT"), ["hours"]);
    assert.deepEqual(await found("strasse"), ["hours"]);
    assert.deepEqual(await found("Was kostet die Pumpe?"), ["pump"]);
    assert.deepEqual(await found("Wärmepumpen"), ["pump"]);
    assert.equal((await found("prices of oil changes"))[0], "oil");
    assert.deepEqual(await found("zebra"), []);
  });

  test("a heading weighs more than its text, and a rare word more than a frequent one", async ({ knowledge }) => {
    const filler = Array.from(
      { length: 30 },
      (_, at) => [`filler ${at}`, "", `Our service for every customer, number ${at}.`] as const,
    );
    const id = await added(knowledge, "a", [
      ...filler,
      ["mention", "", "You can ask about parking at the desk, where our service begins."],
      ["parking", "Parking", "Behind the house."],
      ["towing", "", "Towing is a service that we offer."],
    ]);
    const search = async (text: string) =>
      (await knowledge.search({ text, documents: [id], language: "en", limit: 3 }))
        .map(({ source }) => source);
    assert.equal((await search("parking"))[0], "parking");
    assert.equal((await search("towing service"))[0], "towing");
  });

  test("any text is a question: no mark of a query language is understood as one", async ({ knowledge }) => {
    const id = await added(knowledge, "a", [["s", "", "An open question or near miss."]]);
    const marks = [
      'open" OR',
      "NEAR(a b",
      "a* AND NOT",
      "'); DROP TABLE x",
      "a:b & c | !d",
      "\\",
      "%",
    ];
    for (
      const text of [...marks, "\0", "\ud800", "", "?!", "x".repeat(100_000), "open ".repeat(999)]
    ) {
      const rows = await knowledge.search({ text, documents: [id], language: "en", limit: 5 });
      assert.equal(rows.length, /open|question|near/i.test(text) ? 1 : 0, text.slice(0, 30));
    }
  });

  test("only complete documents are found, of the documents asked for, the oldest of a key", async ({ knowledge }) => {
    const first = await added(knowledge, "a", [["first", "", "A blue whale."]]);
    const second = await added(knowledge, "b", [["second", "", "A blue shark."]]);
    const unfinished = await knowledge.begin(figures("c"), 5);
    const twice = await added(knowledge, "a", [["twice", "", "A blue whale."]]);
    assert.deepEqual((await knowledge.find(["a", "b", "c"], 6)).map(({ id }) => id).sort(), [
      ...[first, second],
    ]);
    const sourcesIn = async (documents: readonly number[]) =>
      (await knowledge.search({ text: "blue", documents, language: "en", limit: 5 }))
        .map(({ source }) => source).sort();
    assert.deepEqual(await sourcesIn([first, second]), ["first", "second"]);
    assert.deepEqual(await sourcesIn([second]), ["second"]);
    assert.deepEqual(await sourcesIn([]), []);
    await knowledge.prune(6);
    assert.deepEqual(await sourcesIn([first, second, unfinished, twice]), ["first", "second"]);
  });

  test("the passages of a document are read in their order, page by page, or by their ids", async ({ knowledge }) => {
    const id = await added(knowledge, "a", [
      ["one", "", "First."],
      ["two", "Title", "Second."],
      ["three", "", "Third."],
    ]);
    await added(knowledge, "b", [["other", "", "Fourth."]]);
    const first = await knowledge.passagesOf(id, { after: undefined, limit: 2 });
    assert.deepEqual(first.map(({ source }) => source), ["one", "two"]);
    const rest = await knowledge.passagesOf(id, { after: first[1]?.id, limit: 2 });
    assert.deepEqual(rest.map(({ source }) => source), ["three"]);
    const ids = [first[1], rest[0]].flatMap((passage) => passage?.id ?? []);
    assert.deepEqual(
      (await knowledge.passages([...ids, 999_999])).map(({ text }) => text).sort(),
      ["Second.", "Third."],
    );
    assert.deepEqual(await knowledge.passages([]), []);
  });

  test("a vector is made by one process, unless that has died, and kept while it is used", async ({ knowledge }) => {
    const { vectors } = knowledge;
    const bytes = new Uint8Array([0, 255, 39, 0]);
    const minute = 60_000;
    assert.deepEqual((await vectors.claim(["a", "b"], "m", 0)).toSorted(), ["a", "b"]);
    assert.deepEqual(await vectors.claim(["b", "c"], "m", minute), ["c"]);
    assert.deepEqual(await vectors.claim(["a"], "other", minute), ["a"]);
    assert.deepEqual(await vectors.find(["a", "b"], "m", minute), []);
    await vectors.keep([{ hash: "a", bytes }], "m", minute);
    await vectors.release(["a", "c"], "m");
    assert.deepEqual(await vectors.claim(["a", "c"], "m", 2 * minute), ["c"]);
    // Nobody has made it.
    assert.deepEqual(await vectors.claim(["b"], "m", 5 * minute), ["b"]);
    const found = await vectors.find(["a", "b"], "m", 9 * minute);
    assert.deepEqual(found.map(({ hash, bytes }) => [hash, ...bytes]), [["a", ...bytes]]);
    await vectors.prune(9 * minute);
    assert.equal((await vectors.find(["a"], "m", 10 * minute)).length, 1);
    await vectors.prune(11 * minute);
    assert.deepEqual(await vectors.find(["a"], "m", 12 * minute), []);
  });

  test("a document is kept with its figures, and two processes see the same", async ({ settings, knowledge }) => {
    const document = { ...figures("a"), pages: 7, topics: ["x", "y"], whole: "all\nof it" };
    const id = await knowledge.begin(document, 5);
    await knowledge.add(id, [{ source: "s", heading: "", text: "Seven wolves." }], {
      position: 0,
      language: "xx-YY",
    });
    await knowledge.finish(id);
    assert.deepEqual(await knowledge.find(["a"], 6), [{ ...document, id }]);
    if (settings.kind === "sqlite" && settings.path === ":memory:") return;
    const other = await openStore(settings, { now: () => 2 });
    const beside = await other.openKnowledge();
    assert.deepEqual(await beside.find(["a"], 6), [{ ...document, id }]);
    const rows = await beside.search({
      text: "wolves",
      documents: [id],
      language: "xx",
      limit: 1,
    });
    assert.equal(rows[0]?.text, "Seven wolves.");
    await beside.close();
    await other.close();
  });
}

Deno.test("a damaged index is made anew", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/parley.knowledge.db`, "no database ".repeat(1000));
  const settings = { kind: "sqlite", path: `${folder}/parley.db` } as const;
  const store = await openStore(settings, { now: () => 1 });
  const knowledge = await store.openKnowledge();
  const id = await added(knowledge, "a", [["s", "", "Fresh bread."]]);
  const question = { text: "bread", documents: [id], language: "en", limit: 1 };
  assert.equal((await knowledge.search(question)).length, 1);
  await knowledge.close();
  await store.close();
  await Deno.remove(folder, { recursive: true });
});

async function added(
  knowledge: KnowledgeStore,
  key: string,
  passages: readonly (readonly [source: string, heading: string, text: string])[],
): Promise<number> {
  const id = await knowledge.begin({ ...figures(key), passages: passages.length }, 5);
  await knowledge.add(
    id,
    passages.map(([source, heading, text]) => ({ source, heading, text })),
    { position: 0, language: "de" },
  );
  await knowledge.finish(id);
  return id;
}

function figures(key: string) {
  return { key, passages: 1, chars: 10, pages: undefined, topics: [], whole: undefined };
}
