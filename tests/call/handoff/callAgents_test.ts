import assert from "node:assert/strict";
import { decodeJournal, encodeJournal } from "../../../src/call/journal.ts";
import { replay } from "../../../src/call/replay.ts";
import { Session, type SessionOptions } from "../../../src/call/session.ts";
import type { CallRequest } from "../../../src/call/types.ts";
import { RecordingLeg } from "../../support/call/recordingLeg.ts";
import {
  description,
  RecordingDependencies,
  sessionOptions,
} from "../../support/call/sessionDependencies.ts";
import { settled } from "../../support/until.ts";

const ASKED = {
  type: "handoff",
  agent: "billing",
  say: "I will put you through.",
  why: "A wrong invoice.",
  facts: '{"invoice":"4711"}',
} as const;

Deno.test("a session uses the next agent's set-up, request and voice, and its journal replays alike", async () => {
  for (const voice of [undefined, "cedar"]) {
    const { deps, session, leg, described } = await live((request) => ({
      ...description({ agent: request.agent }),
      title: "Billing",
      version: "0123456789ab",
      setup: {
        ...description().setup,
        instructions: `Invoice ${request.variables?.invoice}`,
        ...(voice !== undefined && { voice }),
      },
    }));
    await returns(deps);
    assert.equal(session.request.agent, "receptionist", "until its sentence is over");
    const next = voice === undefined ? undefined : deps.models[1];
    sentence(deps);
    next?.says({ type: "modelReady" });
    deps.pass(1000);
    for (const mark of leg.marks) session.input({ type: "marked", mark });
    assert.equal(described.length, 1);
    assert.equal(session.request.agent, "billing");
    assert.deepEqual(session.request.variables, { invoice: "4711" });
    const [event] = deps.events.filter(({ type }) => type === "handoff");
    assert.ok(event?.type === "handoff" && event.version === "0123456789ab");
    if (next === undefined) {
      assert.deepEqual(deps.models[0]?.setups.map(({ instructions }) => instructions), [
        "Invoice 4711",
      ]);
      assert.equal(deps.models.length, 1);
    } else {
      assert.equal(next.setup.voice, "cedar");
      assert.equal(deps.models[0]?.closes, 1);
      assert.equal(next.histories.length, 1);
    }
    session.input({ type: "left", end: { reason: "caller_hung_up" } });
    await session.ended;
    const journal = deps.entries.map((entry) => encodeJournal(entry)).join("\n");
    const events = [...replay(decodeJournal(journal))].flatMap(({ commands }) =>
      commands.flatMap((one) => one.type === "publish" ? [one.event] : [])
    );
    assert.deepEqual(events, deps.events);
    const shown = deps.entries.map((entry) => encodeJournal(entry, { redacts: true })).join("\n");
    for (const secret of ["put you through", "wrong", "4711"]) {
      assert.equal(shown.includes(secret), false, secret);
    }
  }
});

Deno.test("an agent that cannot be described, or has the call already, is an error for the model", async () => {
  const broken = await live(() => {
    throw new Error("no such agent");
  });
  await returns(broken.deps);
  assert.match(lastOutput(broken.deps), /agent_unavailable/);
  const own = await live(() => description());
  await returns(own.deps, { ...ASKED, agent: "receptionist" } as never);
  assert.match(lastOutput(own.deps), /has_the_call/);
  for (const { session } of [broken, own]) {
    assert.equal(session.request.agent, "receptionist");
    session.input({ type: "left", end: { reason: "caller_hung_up" } });
    await session.ended;
  }
});

type Describe = NonNullable<SessionOptions["describe"]>;

async function live(describe: Describe) {
  const deps = new RecordingDependencies();
  const described: CallRequest[] = [];
  const session = new Session({
    ...sessionOptions(),
    describe(request) {
      described.push(request);
      return describe(request);
    },
  }, deps);
  session.begin();
  const leg = new RecordingLeg();
  session.join(leg);
  deps.model.says({ type: "modelReady" });
  const responseId = "resp_1";
  deps.model.says({ type: "responseStarted", responseId, aside: false });
  const toolCalls = [{ callId: "call_1", name: "handoff", arguments: "{}" }];
  deps.model.says({ type: "responseDone", responseId, status: "completed", toolCalls });
  await settled();
  return { deps, session, leg, described };
}

async function returns(deps: RecordingDependencies, effect: typeof ASKED = ASKED): Promise<void> {
  deps.tools[0]?.answer({ output: "{}", ok: true, effect });
  await settled();
}

function sentence({ models }: RecordingDependencies): void {
  const [model] = models;
  const responseId = "resp_2";
  const ref = { responseId, itemId: "item", contentIndex: 0 };
  model?.says({ type: "responseStarted", responseId, purpose: "handoff", aside: false });
  model?.speaks("item", 500, responseId);
  model?.says({ type: "speechText", ref, text: ASKED.say });
  model?.says({ type: "speechDone", ref });
  model?.says({ type: "responseDone", responseId, status: "completed", toolCalls: [] });
}

function lastOutput({ events }: RecordingDependencies): string {
  const ended = events.findLast(({ type }) => type === "toolEnded");
  return ended?.type === "toolEnded" ? ended.output : "";
}
