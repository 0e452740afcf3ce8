import { strict as assert } from "node:assert";
import { marksOf } from "../support/textMarks.ts";

const root = new URL("../../", import.meta.url);
const ofProblems = await readTexts("src/web/serverTexts.json");
const ofSetup = await readTexts("src/web/setup/setupTexts.json");

/** A sentence in the source, as a text with or without values; not a description of the API. */
const SENTENCE =
  /(?<!(?:description(?: =|:)|description: \[|summary:|example:|answer\()\s*)(?:"([A-Z{][^"\n]* [^"\n]*[.}?])"|'([A-Z][^'\n]* [^'\n]*\.)')/g;
/** What follows the name of a field. */
const MESSAGE = /"((?:must|is|are|has|may|cannot|needs|holds|takes) [^"\n]*[^"\n ])"/g;

/** Modules whose sentences people see as the reasons of refusals, or as what a replay has found. */
const REFUSING = [
  "src/routes",
  "src/services/calls/replayDifference.ts",
  "src/services/outbound/batch",
  "src/services/outbound/callPlacement.ts",
  "src/services/spending/destinations",
  "src/services/spending/consent.ts",
  "src/services/spending/dialPolicy.ts",
  "src/services/twilioOutbound/twilioCalls.ts",
  "src/services/twilioOutbound/twilioConferences.ts",
  "src/services/twilioOutbound/twilioProblem.ts",
  "src/services/twilioOutbound/twilioRequest.ts",
  "src/utils/bodyReader.ts",
  "src/utils/http/boundedJson.ts",
];
/** What only programs ask for. */
const FOR_PROGRAMS =
  /\/(?:openapi|handshake\.ts|twilio\.ts|twilioSignature\.ts|acceptedFormat\.ts|metrics\.ts|routing\.ts)/;
/** Settings are refused before there is a page. */
const OF_SETTINGS = /(?:Settings|env|settingReader)\.ts$/;

Deno.test("the reasons of refusals have German", async () => {
  const said = await textsIn(REFUSING, SENTENCE, FOR_PROGRAMS);
  for (
    const text of await textsIn(
      ["src/routes", "src/config", "src/services/knowledge"],
      MESSAGE,
      OF_SETTINGS,
    )
  ) {
    said.add(text);
  }
  assert.deepEqual([...said].filter((text) => !ofProblems.has(text)), []);
});

Deno.test("what is said of the set-up has German", async () => {
  const said = await textsIn([
    "src/services/setup",
    "src/services/twilioOutbound/alertMeaning.ts",
    "src/config/settingHints.ts",
  ], SENTENCE);
  assert.deepEqual([...said].filter((text) => !ofSetup.has(text)), [], "lacks German");
  assert.deepEqual([...ofSetup.keys()].filter((text) => !said.has(text)), [], "is not used");
});

Deno.test("every German reason of a refusal belongs to a sentence of the server", async () => {
  const source = (await sourcesIn(["src"])).join("\n");
  const isSaid = (text: string) =>
    [text, text.replace(/\.$/, "")].some((it) => source.includes(it));
  assert.deepEqual([...ofProblems.keys()].filter((text) => !isSaid(text)), []);
});

Deno.test("German sentences of the server have the placeholders of the English ones", () => {
  for (const [english, text] of [...ofProblems, ...ofSetup]) {
    assert.deepEqual(marksOf(text), marksOf(english), english);
    assert.notEqual(text.trim(), "", english);
  }
});

async function readTexts(path: string): Promise<ReadonlyMap<string, string>> {
  const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
    await Deno.readTextFile(new URL(path, root)),
  );
  return new Map(Object.values(sections).flatMap((texts) => Object.entries(texts)));
}

async function textsIn(
  paths: readonly string[],
  pattern: RegExp,
  leftOut?: RegExp,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const source of await sourcesIn(paths, leftOut)) {
    for (const [, text, other] of source.matchAll(pattern)) found.add(text ?? other ?? "");
  }
  return found;
}

/** Of files and of all files in folders, without comments. */
async function sourcesIn(paths: readonly string[], leftOut?: RegExp): Promise<readonly string[]> {
  const sources: string[] = [];
  for (const path of paths) {
    if (leftOut?.test(path) === true) continue;
    const url = new URL(path, root);
    if (path.endsWith(".ts")) {
      sources.push((await Deno.readTextFile(url)).replace(/^\s*(?:\/?\*|\/\/).*$/gm, ""));
    } else if ((await Deno.stat(url)).isDirectory) {
      const inside = (await Array.fromAsync(Deno.readDir(url))).map(({ name }) =>
        `${path}/${name}`
      );
      sources.push(...await sourcesIn(inside, leftOut));
    }
  }
  return sources;
}
