import assert from "node:assert/strict";
import type { Store } from "../../../src/services/store/store.ts";
import type { CallSearch } from "../../../src/services/store/calls/callList.ts";
import {
  type CallSort,
  callSorts,
  readSortCursor,
} from "../../../src/services/store/calls/callOrder.ts";
import { readTerms, type WordSearch } from "../../../src/services/store/words/wordSearch.ts";
import type { StoreTest } from "./storeContract.ts";
import { ended, opened, said } from "./storedCalls.ts";

const CALLER = "+4917012345678";
const OWN = "+4930901820";

/** How a store finds calls. */
export function testSearch(test: StoreTest): void {
  test("calls are found by all words that were said in them, by whom and in what order", async (store) => {
    await remember(store, "call_a", [
      ["agent", "Grüß Gott, what can I do for you?"],
      ["caller", "I'd like a REFUND for my broken kettle."],
      ["agent", "The refunding takes two days."],
    ]);
    await remember(store, "call_b", [
      ["caller", "My kettle is fine."],
      ["agent", "We refund broken ones. 你好，我要退款。"],
    ]);
    await remember(store, "call_c", [["caller", "Où est le café de Łódź"]]);
    await store.words.update(10);
    const cases: readonly [text: string, ids: string, saidBy?: WordSearch["saidBy"]][] = [
      ["refund", "ab"],
      ["refund", "a", "caller"],
      ["refund", "ab", "agent"],
      ["refund,", "ab"],
      ['"refund"', "b", "agent"],
      ["broken refund", "ab"],
      ["kettle two", "a"],
      ["nobody refund", ""],
      ["refu", "ab"],
      // Only the last word is a beginning.
      ["refu kettle", ""],
      ['"broken kettle"', "a"],
      ['"kettle broken"', ""],
      // Not across turns.
      ['"kettle the refunding"', ""],
      ['"kettle', "ab"],
      ["i'd like", "a"],
      ["gruss gott", "a"],
      ["GRÜẞ", "a"],
      ["cafe lodz", "c"],
      ["OU", "c"],
      ["退款", "b"],
      ["款退", ""],
      ["a' OR 1=1 --", ""],
      ["refund NEAR kettle", ""],
      ["agent:refund*", ""],
    ];
    for (const [text, ids, saidBy] of cases) {
      assert.equal(await found(store, { words: wordsOf(text, saidBy) }), ids, text);
    }
  });

  test("words of any length and number are indexed, and hold up no other calls", async (store) => {
    const gothic = `a${"\u{10330}".repeat(40)}`;
    const many = Array.from({ length: 120_000 }, (_, at) => `word${at}number`).join(" ");
    await remember(store, "call_a", [["caller", "A refund."]], { startedAt: 1 });
    await remember(store, "call_b", [["caller", `Refund ${gothic} \ud800`]], { startedAt: 2 });
    await remember(store, "call_c", [["caller", `Refund ${many}`]], { startedAt: 3 });
    while (await store.words.update(10) > 0);
    assert.equal(await found(store, { words: wordsOf("refund") }), "abc");
    assert.equal(await found(store, { words: wordsOf(gothic) }), "b");
    assert.equal(await found(store, { words: wordsOf("word77number") }), "c");
  });

  test("a snippet says where, and is plain text", async (store) => {
    const long = `${"So much to say before. ".repeat(20)}I want a refund, a <b>REFUND</b> now. ${
      "And then even more. ".repeat(20)
    }`;
    await remember(store, "call_a", [["caller", "A refund?"], ["caller", long], ["agent", "No."]]);
    await store.words.update(10);
    const { snippets } = await store.calls.list({ words: wordsOf("now refund") }, { limit: 5 });
    const snippet = snippets?.get("call_a");
    assert.ok(snippet !== undefined);
    const { turnId, role, atMs, text, marks } = snippet;
    assert.deepEqual([turnId, role, atMs], ["t1", "caller", 1000]);
    assert.ok(text.length < 200 && text.startsWith("… ") && text.endsWith(" …"), text);
    assert.deepEqual(marks.map(({ from, to }) => text.slice(from, to)), [
      "refund",
      "REFUND",
      "now",
    ]);
  });

  test("words follow their turns: later ones, changed ones, redacted and erased ones", async (store) => {
    await store.calls.write([opened({ id: "call_a" }), ...turnsOf("call_a", [["caller", "One"]])]);
    await store.words.update(10);
    assert.equal(await found(store, { words: wordsOf("one") }), "", "the call is not over");
    await store.calls.write([ended("call_a")]);
    assert.equal(await store.words.behind(), 1);
    await store.words.update(10);
    assert.equal(await store.words.behind(), 0);
    assert.equal(await found(store, { words: wordsOf("one") }), "a");

    await store.calls.write([said("call_a", { id: "late", text: "Four 1111" })]);
    await store.words.update(10);
    assert.equal(await found(store, { words: wordsOf("one four 1111") }), "a");

    await store.calls.write([said("call_a", { id: "late", text: "Four [card number]" })]);
    assert.equal(await found(store, { words: wordsOf("1111") }), "", "at once");
    await store.words.update(10);
    assert.equal(await found(store, { words: wordsOf("1111") }), "");
    assert.equal(await found(store, { words: wordsOf("four card") }), "a");

    await store.calls.write([
      said("call_a", { id: "typed", text: "Typed", by: "operator" }),
      said("call_a", { id: "whispered", text: "Whispered", by: "whisper" }),
    ]);
    await store.words.update(10);
    for (const text of ["typed", "whispered"]) {
      assert.equal(await found(store, { words: wordsOf(text) }), "", "neither party said it");
    }

    await store.erasure.erase("call_a");
    await remember(store, "call_b", [["caller", "Two"]]);
    await store.words.update(10);
    assert.equal(await found(store, { words: wordsOf("four") }), "");
    assert.equal(await found(store, { words: wordsOf("two") }), "b");
    assert.equal(await store.words.behind(), 0);
  });

  test("what is written while a call is being indexed is indexed later", async (store) => {
    await remember(store, "call_a", [["caller", "One"]]);
    const update = store.words.update(10);
    await store.calls.write([said("call_a", { id: "late", text: "Two" })]);
    await update;
    while (await store.words.update(10) > 0);
    assert.equal(await found(store, { words: wordsOf("one two") }), "a");
  });

  test("common words are found with other filters, in every order", async (store) => {
    for (let at = 0; at < 12; at++) {
      await remember(store, `call_${"abcdefghijkl"[at]}`, [["agent", "Hello there"]], {
        direction: at % 2 === 0 ? "inbound" : "web",
        startedAt: 1000 + at,
      }, { durationMs: (at * 5) % 12 * 1000 });
    }
    await store.words.update(20);
    const hello = { words: wordsOf("hello") };
    assert.equal(await inOrder(store, { ...hello, direction: "web" }), "ljhfdb");
    assert.equal(await inOrder(store, { ...hello, since: 1003, until: 1006 }), "fed");
    const lasting = { minDurationMs: 9000, maxDurationMs: 11_000 };
    assert.equal(await inOrder(store, { ...hello, ...lasting }), "jhc");
    assert.equal(await inOrder(store, hello, "oldest"), "abcdefghijkl");
    assert.equal(await inOrder(store, hello, "longest"), "hcjelgbidkfa");
  });

  test("pages of every order have each call once, whatever is not known", async (store) => {
    const ids = "abcdefghij".split("");
    for (const [at, id] of ids.entries()) {
      const usd = at % 4 === 0 ? null : (at % 3) / 10;
      const parts = { text: 0, audio: 0, transcription: 0, telephony: null };
      const p95Ms = at % 3 * 100;
      if (at === 9) await store.calls.write([opened({ id: `call_${id}`, startedAt: 5 })]);
      else {
        await remember(store, `call_${id}`, [], { startedAt: 1000 + (at >> 1) }, {
          durationMs: (at >> 2) * 1000,
          cost: { usd, parts },
          ...(at % 2 === 0 && { latency: { turns: 1, p50Ms: 1, p95Ms } }),
        });
      }
    }
    for (const sort of callSorts) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const after = cursor === undefined ? undefined : readSortCursor(cursor, sort);
        assert.ok(cursor === undefined || after !== undefined);
        const page = await store.calls.list({}, { limit: 3, sort, ...(after && { after }) });
        seen.push(...page.calls.map(({ id }) => id.slice(-1)));
        cursor = page.next;
      } while (cursor !== undefined);
      assert.deepEqual(seen.toSorted(), ids, sort);
      assert.equal(seen.join(""), await inOrder(store, {}, sort), sort);
    }
    assert.equal((await inOrder(store, {}, "longest")).at(-1), "j");
  });

  test("calls are found by a number, its ending, outcome, end and cost", async (store) => {
    await remember(store, "call_a", [], { from: CALLER, to: OWN }, {
      end: { reason: "idle" },
      cost: { usd: 0.5, parts: { text: 0, audio: 0, transcription: 0, telephony: null } },
    });
    await remember(store, "call_b", [], { direction: "outbound", from: OWN, to: CALLER }, {
      outcome: "voicemail",
      cost: { usd: null, parts: { text: 0, audio: 0, transcription: 0, telephony: null } },
    });
    await remember(store, "call_c", [], { from: "+14155550100" }, {});
    const cases: readonly [filter: CallSearch, ids: string][] = [
      [{ number: CALLER }, "ab"],
      [{ numberEnding: "5678" }, "ab"],
      [{ numberEnding: "17012345678" }, "ab"],
      [{ numberEnding: "0100" }, "c"],
      [{ numberEnding: "1234" }, ""],
      [{ numberEnding: "1820", direction: "outbound" }, "b"],
      [{ outcome: "voicemail" }, "b"],
      [{ endReason: "idle" }, "a"],
      [{ minCostUsd: 0.1 }, "a"],
      [{ maxCostUsd: 0.1 }, "c"],
      [{ minCostUsd: 0.5, maxCostUsd: 0.5 }, "a"],
    ];
    for (const [filter, ids] of cases) {
      assert.equal(await found(store, filter), ids, JSON.stringify(filter));
    }
  });
}

/** What operators file calls under. */
export function testTags(test: StoreTest): void {
  test("tags are kept with their calls, counted, and erased with them", async (store) => {
    const { callTags, calls } = store;
    await remember(store, "call_a", [], { keyName: "ops" });
    await remember(store, "call_b", []);
    assert.deepEqual(await callTags.add("call_a", "vip"), ["vip"]);
    assert.deepEqual(await callTags.add("call_a", "angry"), ["angry", "vip"]);
    assert.deepEqual(await callTags.add("call_b", "vip"), ["vip"]);
    assert.deepEqual(await callTags.add("call_none", "vip"), []);
    assert.deepEqual((await calls.get("call_a"))?.tags, ["angry", "vip"]);
    assert.equal(await found(store, { tag: "vip" }), "ab");
    assert.equal(await found(store, { tag: "vi" }), "");
    assert.deepEqual(await callTags.known(undefined, 1), [{ tag: "vip", calls: 2 }]);
    assert.deepEqual(await callTags.known("ops", 9), [
      { tag: "angry", calls: 1 },
      { tag: "vip", calls: 1 },
    ]);
    assert.deepEqual(await callTags.remove("call_b", "vip"), []);
    assert.equal((await calls.get("call_b"))?.tags, undefined);
    await store.erasure.erase("call_a");
    assert.deepEqual(await callTags.known(undefined, 9), []);
  });
}

function wordsOf(text: string, saidBy?: WordSearch["saidBy"]): WordSearch {
  return { terms: readTerms(text) ?? [], ...(saidBy && { saidBy }) };
}

/** The ends of the ids, in the order of the list. */
async function inOrder(
  store: Store,
  filter: CallSearch,
  sort: CallSort = "newest",
): Promise<string> {
  const { calls } = await store.calls.list(filter, { limit: 50, sort });
  return calls.map(({ id }) => id.slice(-1)).join("");
}

async function found(store: Store, filter: CallSearch): Promise<string> {
  return (await inOrder(store, filter)).split("").sort().join("");
}

type Lines = readonly (readonly ["caller" | "agent", string])[];

function turnsOf(callId: string, lines: Lines) {
  return lines.map(([role, text], at) =>
    said(callId, { id: `t${at}`, role, text, position: at, startedMs: at * 1000 })
  );
}

/** A call that is over. */
async function remember(
  { calls }: Store,
  id: string,
  lines: Lines,
  call: Partial<Parameters<typeof opened>[0]> = {},
  ending: Parameters<typeof ended>[1] = {},
): Promise<void> {
  await calls.write([opened({ ...call, id }), ...turnsOf(id, lines), ended(id, ending)]);
}
