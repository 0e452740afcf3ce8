import assert from "node:assert/strict";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import type { CallWrite } from "../../../src/services/store/calls/callWrites.ts";
import { ended, opened, turn } from "./storedCalls.ts";
import type { StoreTest } from "./storeContract.ts";

const GREETING = "Good day, you have reached the desk.";
const HOURS = "We are open from nine to five.";

/** How far callers have listened is what was stored of their calls. */
export function testRetention(test: StoreTest): void {
  test("retention counts who heard each word of a greeting and who cut in", async ({ calls }) => {
    await calls.write([
      ...greeted("a", "Good day, you have reached the desk."),
      ...greeted("b", "Good day,", { unheard: "you have reached the desk." }),
      ...greeted("c", "", { unheard: GREETING, later: "caller" }),
      // The model had come no further when it was stopped.
      ...greeted("d", "Good day, you", { unheard: "have", later: "caller" }),
      ...greeted("e", "GOOD day you have reached the desk", { interrupted: true }),
      ...greeted("f", "Hello.", { agent: "clerk" }),
      ...greeted("g", "Hi, you have reached the desk.", { startedAt: 99 }),
    ]);
    const { greetings } = await calls.retention({ until: 50 });
    const words = GREETING.split(" ");
    assert.deepEqual(greetings, [
      {
        agent: "receptionist",
        version: "v1",
        calls: 5,
        times: 5,
        words: greetings[0]?.words,
        cutAfter: [1, 0, 1, 1, 0, 0, 0],
        hungUpAfter: [0, 0, 1, 0, 0, 0, 0],
      },
      {
        ...{ agent: "clerk", version: "v1", calls: 1, times: 1, words: ["Hello."] },
        ...{ cutAfter: [0], hungUpAfter: [0] },
      },
    ]);
    assert.equal(greetings[0]?.words.length, words.length);
    assert.deepEqual(
      (await calls.retention({ until: 50, agent: "clerk" })).greetings.map(({ agent }) => agent),
      ["clerk"],
    );
    assert.deepEqual((await calls.retention({ until: 50, agentVersion: "v2" })).greetings, []);
  });

  test("retention knows answers that are the same in five calls", async ({ calls }) => {
    const answers = [
      HOURS,
      HOURS.toUpperCase(),
      "We are open: from nine to five",
      HOURS,
      { text: "We are open", unheard: "from nine to five." },
    ];
    await calls.write([
      ...answers.flatMap((answer, at) => answered(`call_${at}`, answer)),
      // Not finished by the model, and begun like it without being it.
      ...answered("call_5", { text: "We are", unheard: "open from nine" }),
      ...answered("call_6", { text: "We are open", unheard: "from ten" }),
      ...[7, 8, 9, 10].flatMap((at) => answered(`call_${at}`, "You can park behind the house.")),
      ...[7, 8, 9, 10, 11, 12].flatMap((at) => answered(`call_1${at}`, "Yes, sure.")),
    ]);
    const { answers: found, greetings } = await calls.retention({});
    assert.deepEqual(greetings, []);
    assert.deepEqual(
      found.map(({ words, ...line }) => ({
        ...line,
        words: words.join(" ").toLowerCase().replace(/[.:]/g, ""),
      })),
      [{
        agent: "receptionist",
        calls: 5,
        times: 6,
        words: "we are open from nine to five",
        cutAfter: [0, 0, 1, 1, 0, 0, 0],
        hungUpAfter: [0, 0, 1, 1, 0, 0, 0],
      }],
    );
  });

  test("retention sums up the speech that nobody heard by agent and model", async ({ calls }) => {
    const spoke = (id: string, model: string, outputAudio: number): readonly CallWrite[] => [
      opened({ id, model }),
      said(id, "kept_greeting_1", { text: "", unheard: "Good day to you" }),
      said(id, "item_1", { text: "One two three" }),
      said(id, "item_2", { text: "", unheard: "four", position: 3 }),
      said(id, "item_3", { text: "five", unheard: "six seven eight", agent: "clerk" }),
      said(id, "item_4", { text: "Never spoken", aside: true, unheard: "at all" }),
      ended(id, { usage: { ...noUsage, outputAudio } }),
    ];
    await calls.write([
      ...spoke("a", "big", 80),
      ...spoke("b", "big", 160),
      ...spoke("c", "small", 8),
    ]);
    const { spoken, unheard } = await calls.retention({});
    assert.deepEqual(spoken, [
      { agent: "clerk", words: 12, unheardWords: 9 },
      { agent: "receptionist", words: 12, unheardWords: 3 },
    ]);
    assert.deepEqual(unheard, [
      { agent: "clerk", model: "big", tokens: 90 },
      { agent: "receptionist", model: "big", tokens: 30 },
      { agent: "clerk", model: "small", tokens: 3 },
      { agent: "receptionist", model: "small", tokens: 1 },
    ]);
    const none = { inputText: 0, inputAudio: 0, cachedText: 0, cachedAudio: 0, outputText: 0 };
    const response = {
      itemId: "item_3",
      model: "new",
      atMs: 1,
      usage: { ...none, outputAudio: 400 },
    };
    await calls.write([{ type: "responseUsage", callId: "a", sequence: 1, response }]);
    const { unheard: exact } = await calls.retention({});
    assert.deepEqual(exact.filter(({ agent }) => agent === "clerk"), [
      { agent: "clerk", model: "new", tokens: 300 },
      { agent: "clerk", model: "big", tokens: 60 },
      { agent: "clerk", model: "small", tokens: 3 },
    ]);
  });
}

type Line = Partial<Parameters<typeof turn>[0]>;

function said(callId: string, id: string, line: Line, isGreeting = false): CallWrite {
  const interrupted = line.unheard !== undefined;
  const all = turn({ id, role: "agent", interrupted, position: 2, ...line });
  return { type: "turn", callId, turn: all, isGreeting };
}

function greeted(
  id: string,
  text: string,
  { later, agent = "receptionist", startedAt = 1, ...line }: Omit<Line, "agent"> & {
    readonly later?: "caller";
    readonly agent?: string;
    readonly startedAt?: number;
  } = {},
): readonly CallWrite[] {
  return [
    opened({ id, agent, startedAt }),
    { type: "changed", callId: id, changes: { agentVersion: "v1" } },
    said(id, "item_1", { text, position: 1, ...line }, true),
    ...later === undefined ? [] : [said(id, "item_2", { role: later, text: "Yes?" })],
    said(id, "item_3", { role: "caller", text: "", position: 3, aside: true }),
    ended(id),
  ];
}

function answered(id: string, answer: string | Line): readonly CallWrite[] {
  const line = typeof answer === "string" ? { text: answer } : answer;
  return [opened({ id }), said(id, "item_1", line), ended(id)];
}
