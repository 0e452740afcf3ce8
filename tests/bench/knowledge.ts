/**
 * Measures the knowledge of an agent: `deno task bench knowledge [pages] [searches]`.
 *
 * A folder of documents with as many pages, a quarter of them as PDF, is read into SQLite and, where it is
 * installed, Postgres; then it is searched through the tool. Printed are the times of both and for how long
 * the thread of the calls stood still.
 */
import { readAgent } from "../../src/config/agents.ts";
import { type Knowledge, openKnowledge } from "../../src/services/knowledge.ts";
import { openStore } from "../../src/services/store.ts";
import { createSearchKnowledge } from "../../src/services/tools/builtin/searchKnowledge.ts";
import { createToolRegistry } from "../../src/services/tools/toolRegistry.ts";
import type { DatabaseSettings } from "../../src/config/settings.ts";
import { setTimer } from "../../src/utils/clock.ts";
import { sleep } from "../../src/utils/sleep.ts";
import { agentsFolder, pdfOf } from "../support/knowledge/documents.ts";
import { context } from "../support/runTool.ts";
import { startPostgres } from "../support/store/postgres.ts";

const [pages = 2000, searches = 1000] = Deno.args.map(Number);
const PAGES_PER_FILE = 20;
const WORDS_PER_PAGE = 400;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const words = createWords();
  await using folder = await agentsFolder(documents(words));
  console.log(
    `pages           ${pages} of ${WORDS_PER_PAGE} words in ${pages / PAGES_PER_FILE} files`,
  );
  await measure("SQLite", folder.dir, { kind: "sqlite", path: `${folder.dir}/parley.db` }, words);
  const postgres = await startPostgres();
  if (postgres === undefined) return;
  const database = await postgres.createDatabase();
  await measure("Postgres", folder.dir, { kind: "postgres", url: database.url }, words);
  await database.drop();
  postgres.kill();
}

async function measure(
  name: string,
  dir: string,
  settings: DatabaseSettings,
  words: () => string,
): Promise<void> {
  const store = await openStore(settings, { now: Date.now });
  for (const start of ["first start", "next start"]) {
    const begun = performance.now();
    const knowledge = open(dir, store);
    // The threads that are started stop this one, at the start of the server and before any call.
    await sleep(200);
    const stalls = watchStalls();
    await ready(knowledge);
    const tookMs = performance.now() - begun;
    const { passages = 0 } = knowledge.status("desk") ?? {};
    console.log(
      `${name.padEnd(9)} ${start.padEnd(12)} ${passages} passages ready after ` +
        `${(tookMs / 1000).toFixed(1)} s, ${stalls.end()}`,
    );
    if (start === "next start") await search(name, knowledge, words);
    await knowledge[Symbol.asyncDispose]();
  }
  await store.close();
}

async function search(name: string, knowledge: Knowledge, words: () => string): Promise<void> {
  const registry = createToolRegistry({
    tools: [createSearchKnowledge("desk", knowledge.search)],
  });
  const latenciesMs: number[] = [];
  let found = 0;
  const stalls = watchStalls();
  for (let at = 0; at < searches; at++) {
    const query = `what about ${words()} ${words()} for ${words()} and ${words()}`;
    const begun = performance.now();
    const { output } = await registry.run(
      { callId: "c", name: "search_knowledge", arguments: JSON.stringify({ query }) },
      context(),
    );
    latenciesMs.push(performance.now() - begun);
    if (output.includes('"source"')) found++;
  }
  latenciesMs.sort((one, other) => one - other);
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)]?.toFixed(1);
  console.log(
    `${name.padEnd(9)} ${searches} searches  p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, ` +
      `p99 ${at(0.99)} ms, ${found} found something, ${stalls.end()}`,
  );
}

function open(dir: string, store: Awaited<ReturnType<typeof openStore>>): Knowledge {
  const read = readAgent("desk", "---\ntitle: Desk\nknowledge: [docs]\n---\nHelp.");
  if (!read.ok) throw new Error("Cannot measure: the agent is invalid");
  const { agent } = read;
  return openKnowledge({
    settings: { agents: { dir, default: "desk" } },
    agents: { names: ["desk"], get: () => agent, onChange: () => () => {} },
    store,
    embeddingSpending: { reserve: () => Promise.resolve(undefined) },
    incidents: { report: ({ message }) => console.log(message), resolve() {} },
    setTimer,
    log: { info() {}, warn: (...line) => console.log(...line) },
  });
}

async function ready(knowledge: Knowledge): Promise<void> {
  while (knowledge.status("desk")?.state !== "ready") await sleep(20);
}

/** How long this thread stood still at most, beyond the millisecond that it waited for. */
function watchStalls() {
  const stallsMs: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    stallsMs.push(now - last - 1);
    last = now;
  }, 1);
  return {
    end(): string {
      clearInterval(timer);
      if (stallsMs.length === 0) return "no stalls";
      stallsMs.sort((one, other) => one - other);
      const at = (share: number) =>
        stallsMs[Math.min(stallsMs.length - 1, Math.floor(stallsMs.length * share))]?.toFixed(1);
      return `stalls p99.9 ${at(0.999)} ms, most ${at(1)} ms`;
    },
  };
}

/** Words of a language with as uneven a use as a real one's: by their rank. */
function createWords(): () => string {
  let seed = 42;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const syllables = [..."bdfgklmnprstvz"].flatMap((consonant) =>
    [..."aeiou"].flatMap((
      vowel,
    ) => [consonant + vowel, `${consonant}${vowel}r`, `${vowel}${consonant}`])
  );
  const word = () =>
    Array.from(
      { length: 2 + Math.floor(random() * 3) },
      () => syllables[Math.floor(random() * syllables.length)],
    ).join("");
  const vocabulary = Array.from({ length: 15_000 }, word);
  return () => vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? "ba";
}

function documents(words: () => string): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = {};
  const sentence = (length: number) => Array.from({ length }, words).join(" ");
  for (let file = 0; file < pages / PAGES_PER_FILE; file++) {
    if (file % 4 === 0) {
      files[`docs/manual-${file}.pdf`] = pdfOf(
        Array.from(
          { length: PAGES_PER_FILE },
          () => Array.from({ length: WORDS_PER_PAGE / 10 }, () => `${sentence(10)}.`),
        ),
      );
    } else {
      files[`docs/chapter-${file}.md`] = Array.from(
        { length: PAGES_PER_FILE },
        () =>
          [
            `## ${sentence(3)}`,
            ...Array.from({ length: WORDS_PER_PAGE / 40 }, () =>
              [1, 2, 3, 4].map(() => `${sentence(10)}.`).join(" ")),
          ].join("\n\n"),
      ).join("\n\n");
    }
  }
  return files;
}
