import assert from "node:assert/strict";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import type { DatabaseSettings } from "../../../src/config/settings.ts";
import { readSortCursor } from "../../../src/services/store/calls/callOrder.ts";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import { testAgentVersions } from "./agentVersionContract.ts";
import { testAudit } from "./auditContract.ts";
import { testCalendar } from "./calendarContract.ts";
import { testAnalyses } from "./analysesContract.ts";
import { testErasure } from "./erasureContract.ts";
import { testHandoffs } from "./handoffContract.ts";
import { testListenings } from "./listeningContract.ts";
import { testTransfers } from "./transferContract.ts";
import { testRules } from "./ruleContract.ts";
import { testRecordings } from "./recordingContract.ts";
import { testRedaction } from "./redactionContract.ts";
import { testMessages } from "./messageContract.ts";
import { testSearch, testTags } from "./searchContract.ts";
import { testDocumentSearches } from "./documentSearchContract.ts";
import { testTextMessages } from "./textMessageContract.ts";
import { ended, opened, said } from "./storedCalls.ts";
import { testRetention } from "./retentionContract.ts";
import { testSeries } from "./seriesContract.ts";
import { testStorePorts } from "./storePortsContract.ts";

const responseTokens = {
  inputText: 1,
  inputAudio: 2,
  cachedText: 3,
  cachedAudio: 4,
  outputText: 5,
  outputAudio: 6,
};

/** An empty database for one test, and the way to be rid of it. */
export interface TestDatabase {
  readonly settings: DatabaseSettings;
  remove(): Promise<void>;
}

export type MakeDatabase = () => Promise<TestDatabase>;

/** Registers one test of a store that opens, and closes, for it alone. */
export type StoreTest = (behaviour: string, body: (store: Store) => Promise<void>) => void;

/** What every store must do, whatever keeps its data. */
export function testStore(name: string, makeDatabase: MakeDatabase, ignore = false): void {
  const test: StoreTest = (behaviour, body) => {
    Deno.test({
      name: `${name}: ${behaviour}`,
      ignore,
      async fn() {
        const database = await makeDatabase();
        const store = await openStore(database.settings, { now: () => 0 });
        try {
          await body(store);
        } finally {
          await store.close();
          await database.remove();
        }
      },
    });
  };
  testCalls(test);
  testLists(test);
  testInstances(test);
  testErasure(test);
  testHandoffs(test);
  testTransfers(test);
  testListenings(test);
  testRules(test);
  testRecordings(test);
  testRedaction(test);
  testMessages(test);
  testAudit(test);
  testAgentVersions(test);
  testTextMessages(test);
  testDocumentSearches(test);
  testCalendar(test);
  testAnalyses(test);
  testSeries(test);
  testRetention(test);
  testSearch(test);
  testTags(test);
  testStorePorts(test);
}

const SAVINGS = { inputText: -50, inputAudio: 900, cachedText: -40, cachedAudio: 700, usd: 0.25 };

function testCalls(test: StoreTest): void {
  test("a call is found again with all that is known of it", async ({ calls }) => {
    const call = {
      id: "call_1",
      direction: "outbound",
      agent: "reminder",
      keyName: "ops",
      callSid: "CA1",
      from: "+14155550100",
      to: "+14155550123",
      model: "gpt-realtime-2.1",
      transcriptionModel: "gpt-transcribe",
      startedAt: 1_764_000_000_123,
      status: "queued",
      metadata: { crm: "42" },
      precall: { status: "problems", problems: ["agent: must be one"] },
      briefing: { language: "de", context: "Called before.", variables: { name: "Ann" } },
    } as const;
    await calls.write([
      opened(call),
      { type: "changed", callId: "call_1", changes: { status: "ringing" } },
      {
        type: "changed",
        callId: "call_1",
        changes: { status: "live", answeredAt: call.startedAt + 5000, answeredBy: "human" },
      },
      ended("call_1", {
        end: { reason: "agent_hung_up", detail: "goodbye", transferTo: "desk" },
        endedAt: call.startedAt + 65_500,
        durationMs: 60_500,
        outcome: "human",
        usage: {
          ...noUsage,
          inputAudio: 100,
          cachedAudio: 40,
          responses: 3,
          transcriptionSeconds: 2.5,
        },
        cost: {
          usd: 0.012345,
          parts: { text: 0, audio: 0.012345, transcription: 0, telephony: null },
        },
        savings: SAVINGS,
        latency: { turns: 2, p50Ms: 400, p95Ms: 900 },
        latenciesMs: [900, 400],
      }),
    ]);
    const expected = {
      ...call,
      instanceId: "instance_a",
      status: "ended",
      answeredAt: call.startedAt + 5000,
      answeredBy: "human",
      endedAt: call.startedAt + 65_500,
      durationMs: 60_500,
      end: { reason: "agent_hung_up", detail: "goodbye", transferTo: "desk" },
      outcome: "human",
      usage: {
        ...noUsage,
        inputAudio: 100,
        cachedAudio: 40,
        responses: 3,
        transcriptionSeconds: 2.5,
      },
      cost: {
        usd: 0.012345,
        parts: { text: 0, audio: 0.012345, transcription: 0, telephony: null },
      },
      savings: SAVINGS,
      latency: { turns: 2, p50Ms: 400, p95Ms: 900 },
    };
    assert.deepEqual(await calls.get("call_1"), expected);
    assert.deepEqual(await calls.bySid("CA1"), expected);
    assert.equal(await calls.get("call_2"), undefined);
  });

  test("the first end of a call is its only one", async ({ calls }) => {
    await calls.write([opened({ id: "call_1" }), ended("call_1", { end: { reason: "idle" } })]);
    await calls.write([ended("call_1", { end: { reason: "model_failed" }, endedAt: 99_000 })]);
    await calls.write([{ type: "changed", callId: "call_1", changes: { status: "live" } }]);
    const call = await calls.get("call_1");
    assert.deepEqual([call?.status, call?.end, call?.endedAt], [
      "ended",
      { reason: "idle" },
      61_000,
    ]);
  });

  test("a status never moves backwards, and the first answer and outcome stay", async ({ calls }) => {
    await calls.write([opened({ id: "call_1", status: "queued", direction: "outbound" })]);
    for (
      const changes of [
        { status: "live", answeredAt: 2000 },
        { status: "ringing", answeredAt: 3000, outcome: "voicemail" },
        { outcome: "human", answeredBy: "machine" },
      ] as const
    ) await calls.write([{ type: "changed", callId: "call_1", changes }]);
    await calls.write([ended("call_1", { outcome: "human" })]);
    const call = await calls.get("call_1");
    assert.equal(call?.answeredAt, 2000);
    assert.equal(call?.outcome, "voicemail");
    assert.equal(call?.answeredBy, "machine");
  });

  test("turns, tools, latencies and digits come back in their order", async ({ calls }) => {
    await calls.write([
      opened({ id: "call_1" }),
      said("call_1", { id: "b", position: 2, role: "agent", text: "Good", final: false }),
      said("call_1", { id: "a", position: 1, text: "Hi\0 \ud83d\ude00", endedMs: 700 }),
      said("call_1", {
        id: "b",
        position: 2,
        role: "agent",
        text: "Good day",
        interrupted: true,
        unfinished: true,
      }),
      said("call_1", { id: "b", position: 2, role: "agent", text: "late", final: false }),
      said("call_1", { id: "c", position: 1.5, by: "keypad", text: "12" }),
      said("call_1", { id: "d", position: 3, text: "", final: false }),
      said("call_1", { id: "e", position: 4, final: false, heardCharacters: 3 }),
      said("call_1", { id: "e", position: 4, final: false, heardCharacters: 5 }),
      said("call_1", { id: "d", position: 3, text: "", aside: true }),
      // Written early, and heard last.
      said("call_1", { id: "f", position: 0.5, role: "agent", text: "At last", startedMs: 9000 }),
      {
        type: "toolStarted",
        callId: "call_1",
        toolCallId: "t1",
        name: "look_up",
        arguments: "{}",
        startedMs: 10,
      },
      {
        type: "toolStarted",
        callId: "call_1",
        toolCallId: "t2",
        name: "slow",
        arguments: "{",
        startedMs: 20,
      },
      {
        type: "toolEnded",
        callId: "call_1",
        toolCallId: "t1",
        name: "look_up",
        ok: false,
        output: "no",
        durationMs: 5,
        atMs: 15,
      },
      {
        type: "toolEnded",
        callId: "call_1",
        toolCallId: "t0",
        name: "lost",
        ok: true,
        output: "yes",
        durationMs: 30,
        atMs: 35,
      },
      {
        type: "latency",
        callId: "call_1",
        itemId: "item_1",
        sequence: 1,
        latency: { responseMs: 100.4, firstAudioMs: 50, totalMs: 160 },
      },
      {
        type: "latency",
        callId: "call_1",
        itemId: "item_2",
        sequence: 2,
        latency: { responseMs: 1, firstAudioMs: 2, firstHeardMs: 3, totalMs: 6 },
      },
      {
        type: "responseUsage",
        callId: "call_1",
        sequence: 1,
        response: { atMs: 900.4, itemId: "item_1", model: "m", usage: responseTokens, usd: 0.25 },
      },
      {
        type: "responseUsage",
        callId: "call_1",
        sequence: 2,
        response: { atMs: 1000, usage: responseTokens },
      },
      { type: "digits", callId: "call_1", sequence: 1, atMs: 5, digits: "42" },
      { type: "digits", callId: "call_1", sequence: 2, atMs: 9 },
    ]);
    const content = await calls.content("call_1");
    assert.deepEqual(
      content.turns.map((
        { id, text, final, interrupted, by },
      ) => [id, text, final, interrupted, by]),
      [
        ["a", "Hi\ufffd \ud83d\ude00", true, false, "voice"],
        ["c", "12", true, false, "keypad"],
        ["b", "Good day", true, true, "voice"],
        ["d", "", true, false, "voice"],
        ["e", "Hello", false, false, "voice"],
        ["f", "At last", true, false, "voice"],
      ],
    );
    assert.deepEqual(content.turns.map(({ endedMs }) => endedMs ?? 0), [700, 0, 0, 0, 0, 0]);
    assert.deepEqual(content.turns.flatMap(({ heardCharacters = [] }) => heardCharacters), [5]);
    assert.deepEqual(
      content.turns.flatMap(({ id, unfinished }) => unfinished === true ? [id] : []),
      ["b"],
    );
    assert.deepEqual(content.turns.flatMap(({ id, aside }) => aside === true ? [id] : []), ["d"]);
    assert.deepEqual(content.tools, [
      {
        id: "t0",
        name: "lost",
        arguments: "",
        startedMs: 5,
        result: { ok: true, output: "yes", durationMs: 30 },
      },
      {
        id: "t1",
        name: "look_up",
        arguments: "{}",
        startedMs: 10,
        result: { ok: false, output: "no", durationMs: 5 },
      },
      { id: "t2", name: "slow", arguments: "{", startedMs: 20 },
    ]);
    assert.deepEqual(content.latencies, [
      { itemId: "item_1", responseMs: 100, firstAudioMs: 50, totalMs: 160 },
      { itemId: "item_2", responseMs: 1, firstAudioMs: 2, firstHeardMs: 3, totalMs: 6 },
    ]);
    assert.deepEqual(content.responses, [
      { atMs: 900, itemId: "item_1", model: "m", usage: responseTokens, usd: 0.25 },
      { atMs: 1000, usage: responseTokens },
    ]);
    assert.deepEqual(content.digits, [{ atMs: 5, digits: "42" }, { atMs: 9 }]);
  });

  test("writing the same things again changes nothing", async ({ calls }) => {
    const writes = [
      opened({ id: "call_1" }),
      said("call_1", { id: "a" }),
      {
        type: "latency",
        callId: "call_1",
        itemId: "item_1",
        sequence: 1,
        latency: { responseMs: 1, firstAudioMs: 1, totalMs: 2 },
      },
      ended("call_1"),
    ] as const;
    await calls.write(writes);
    const before = [await calls.get("call_1"), await calls.content("call_1")];
    await calls.write(writes);
    assert.deepEqual([await calls.get("call_1"), await calls.content("call_1")], before);
  });

  test("a batch is written whole or not at all", async ({ calls }) => {
    const broken = opened({ id: "call_2" });
    await assert.rejects(calls.write([
      opened({ id: "call_1" }),
      said("call_1", { id: "a" }),
      // No program writes this: the database itself refuses a call without an agent.
      JSON.parse(JSON.stringify(broken).replace('"receptionist"', "null")),
    ]));
    assert.equal(await calls.get("call_1"), undefined);
  });
}

function testLists(test: StoreTest): void {
  test("pages of a list hold every call once, newest first, whatever comes meanwhile", async ({ calls }) => {
    await calls.write(
      Array.from(
        { length: 25 },
        (_, at) =>
          opened({
            id: `call_${String(at).padStart(2, "0")}`,
            startedAt: 1000 + Math.floor(at / 3),
          }),
      ),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const after = cursor === undefined ? undefined : readSortCursor(cursor, "newest");
      const page = await calls.list({}, { limit: 10, ...(after && { after }) });
      seen.push(...page.calls.map(({ id }) => id));
      await calls.write([opened({ id: `late_${seen.length}`, startedAt: 5000 })]);
      cursor = page.next;
    } while (cursor !== undefined);
    assert.deepEqual(
      seen,
      Array.from({ length: 25 }, (_, at) => `call_${String(24 - at).padStart(2, "0")}`),
    );
  });

  test("a list holds the calls that every filter wants", async ({ calls }) => {
    await calls.write([
      opened({ id: "a", startedAt: 1000, direction: "inbound", from: "+1" }),
      opened({
        id: "b",
        startedAt: 2000,
        direction: "outbound",
        agent: "reminder",
        keyName: "ops",
        to: "+1",
      }),
      opened({ id: "c", startedAt: 3000, direction: "outbound", keyName: "crm", status: "queued" }),
      opened({ id: "d", startedAt: 4000, direction: "web", keyName: "ops" }),
      ended("d"),
    ]);
    const ids = async (filter: Parameters<typeof calls.list>[0]) =>
      (await calls.list(filter, { limit: 10 })).calls.map(({ id }) => id).join("");
    assert.equal(await ids({}), "dcba");
    assert.equal(await ids({ status: "live" }), "ba");
    assert.equal(await ids({ status: "ended" }), "d");
    assert.equal(await ids({ direction: "outbound" }), "cb");
    assert.equal(await ids({ agent: "reminder" }), "b");
    assert.equal(await ids({ keyName: "ops" }), "db");
    assert.equal(await ids({ keyName: "ops", direction: "web" }), "d");
    assert.equal(await ids({ number: "+1" }), "ba");
    assert.equal(await ids({ since: 2000, until: 4000 }), "cb");
    assert.equal(await ids({ agent: "' OR 1=1 --" }), "");
  });

  test("analytics of a period count, add up and rank", async ({ calls }) => {
    const cost = (usd: number | null) => ({
      usd,
      parts: { text: 0, audio: usd, transcription: 0, telephony: null },
    });
    await calls.write([
      opened({ id: "a", startedAt: 1000 }),
      opened({ id: "b", startedAt: 2000, direction: "outbound", agent: "reminder" }),
      opened({ id: "c", startedAt: 3000 }),
      opened({ id: "d", startedAt: 9000 }),
      ended("a", {
        durationMs: 10_000,
        cost: cost(0.1),
        latenciesMs: [100, 200, 300],
        usage: { ...noUsage, inputText: 5, responses: 3 },
        savings: SAVINGS,
      }),
      ended("b", {
        durationMs: 30_000,
        cost: cost(0.2),
        latenciesMs: [400],
        outcome: "voicemail",
        end: { reason: "voicemail" },
        usage: { ...noUsage, inputText: 7, responses: 1 },
      }),
      ended("d", { durationMs: 50_000, cost: cost(null) }),
    ]);
    const all = await calls.analyse({});
    assert.equal(all.calls, 4);
    assert.deepEqual(all.byStatus, { ended: 3, live: 1 });
    assert.deepEqual(all.byDirection, { inbound: 3, outbound: 1 });
    assert.deepEqual(all.byAgent, { receptionist: 3, reminder: 1 });
    assert.deepEqual(all.byEndReason, { caller_hung_up: 2, voicemail: 1 });
    assert.deepEqual(all.byOutcome, { voicemail: 1 });
    assert.deepEqual(all.duration, { count: 3, p50Ms: 30_000, p95Ms: 50_000, totalMs: 90_000 });
    assert.deepEqual(all.latency, { count: 4, p50Ms: 200, p95Ms: 400 });
    assert.deepEqual(all.cost, { usd: 0.3, unknown: 1, savedUsd: 0.25 });
    assert.deepEqual(all.usage, { ...noUsage, inputText: 12, responses: 4 });
    assert.equal((await calls.analyse({ since: 2000, until: 9000 })).calls, 2);
    const none = await calls.analyse({ agent: "nobody" });
    assert.deepEqual([none.calls, none.latency, none.cost], [0, { count: 0 }, {
      usd: 0,
      unknown: 0,
      savedUsd: 0,
    }]);
  });
}

function testInstances(test: StoreTest): void {
  test("only calls of processes that are gone count as abandoned", async ({ calls, instances }) => {
    await instances.beat("alive");
    await instances.beat("silent");
    await instances.beat("left");
    await instances.leave("left");
    await calls.write([
      opened({ id: "a", instanceId: "alive" }),
      opened({ id: "s", instanceId: "silent" }),
      opened({ id: "l", instanceId: "left" }),
      opened({ id: "x", instanceId: "left" }),
      ended("x"),
    ]);
    const beats = await instances.beats();
    assert.deepEqual(beats.map(({ instanceId }) => instanceId).sort(), ["alive", "silent"]);
    assert.ok(beats.every(({ ageMs }) => ageMs >= 0));
    const abandoned = await instances.abandonedCalls(["alive"]);
    assert.deepEqual(abandoned.map(({ id }) => id).sort(), ["l", "s"]);
  });

  test("a process finds browsers' calls that it holds and does not know of", async ({ calls, instances }) => {
    const mine = { instanceId: "here", direction: "web", status: "live" } as const;
    await calls.write([
      ...["known", "lost", "over"].map((id) => opened({ id, ...mine })),
      opened({ id: "phone", ...mine, direction: "inbound" }),
      opened({ id: "other", ...mine, instanceId: "other" }),
      ended("over"),
    ]);
    const lost = await instances.browserCallsOf("here", ["known"]);
    assert.deepEqual(lost.map(({ id }) => id), ["lost"]);
    assert.equal((await instances.browserCallsOf("here", [])).length, 2);
  });

  test("one process takes an abandoned call over, however many try", async ({ calls, instances }) => {
    await calls.write([
      opened({ id: "a", instanceId: "gone" }),
      opened({ id: "b", instanceId: "gone" }),
      ended("b"),
    ]);
    const claims = await Promise.all(
      ["first", "second"].map((to) => instances.claimCall("a", { from: "gone", to })),
    );
    assert.deepEqual(claims.toSorted(), [false, true]);
    const holder = claims[0] ? "first" : "second";
    assert.equal((await calls.get("a"))?.instanceId, holder);
    assert.equal(await instances.claimCall("b", { from: "gone", to: "first" }), false, "over");
    assert.equal(await instances.claimCall("none", { from: "gone", to: "first" }), false);
  });

  test("a process that listens finds those that listened there before", async ({ instances }) => {
    await instances.beat("old");
    assert.deepEqual(await instances.occupySlot("old", "host 0.0.0.0:8000"), []);
    assert.deepEqual(await instances.occupySlot("beside", "host 0.0.0.0:8001"), []);
    await instances.beat("new");
    assert.deepEqual(await instances.occupySlot("new", "host 0.0.0.0:8000"), ["old"]);
    await instances.leave("old");
    // A heartbeat changes nothing about that.
    await instances.beat("new");
    assert.deepEqual(await instances.occupySlot("last", "host 0.0.0.0:8000"), ["new"]);
  });
}
