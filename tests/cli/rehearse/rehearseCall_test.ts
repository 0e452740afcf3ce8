import assert from "node:assert/strict";
import type { PhoneNetwork, SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";
import { AgentSpeech } from "../../../src/sim/twilio/call/agentSpeech.ts";
import { signRequest } from "../../../src/sim/twilio/api/signature.ts";
import { ACCOUNT, startTwilio } from "../../support/scenarios/calledNumber.ts";
import { openStore } from "../../../src/services/store.ts";
import { rehearse } from "../../../src/cli/rehearse.ts";
import { readRehearseOptions } from "../../../src/cli/rehearse/rehearseOptions.ts";
import { printedScreen } from "../../support/scenarios/printedScreen.ts";
import { rehearseTexts as rehearsed } from "../../support/scenarios/rehearseTexts.ts";

const CALLED = "+14155550123";
/** Mu-law that is loud enough to be speech: 100 ms. */
const LOUD = new Uint8Array(800).fill(0x10);

const SCENARIO = `
title: A caller asks, and breaks in.
max_seconds: 40
caller:
  - hears: Good morning
  - What does it cost?
  - cut_in: { say: "Thank you very much.", after_ms: 600 }
expect:
  - heard: forty dollars
  - first_sound_within_ms: 5000
  - answers_within_ms: 3000
  - cut_within_ms: 1500
  - ended: caller_hung_up
`;
const AT_A_WORD = `
title: A caller breaks in at a word.
caller:
  - cut_in: { say: Wait., at_word: eighty }
expect:
  - cut_within_ms: 1000
`;

Deno.test("a number is called through Twilio, and its sound held against what was expected", async () => {
  await using twilio = startTwilio();
  const agent = twilio.network.nextCall().then((call) => talk(call, twilio.network));
  const { code, printed, report } = await rehearsed(
    { asks: SCENARIO, word: AT_A_WORD },
    ["--call", CALLED, "--yes"],
    twilio.environment,
  );
  assert.equal(await agent, "interrupted", printed);
  assert.equal(code, 0, printed);
  assert.match(printed, /Calling \+14155550123: only the sound is known/);
  assert.match(printed, /skip +word[^]*has to know the agent's words/);
  const told = JSON.parse(report).scenarios.find(({ name }: { name: string }) => name === "asks");
  const states = told.runs[0].calls[0].verdicts.map((
    { state, expected }: { state: string; expected: string },
  ) => `${state} ${expected}`);
  assert.deepEqual(states.slice(0, 5), [
    'skipped heard "forty dollars"',
    "held the first sound within 5.00 s",
    "held every answer within 3.00 s",
    "held silent within 1.50 s of being interrupted, and nothing after",
    "skipped ended",
  ]);
  assert.equal(twilio.api.creates.length, 1);
  assert.equal(twilio.api.creates[0]?.["TimeLimit"], "55", "which is what is reserved");
  assert.match(
    twilio.api.creates[0]?.["Twiml"] ?? "",
    /wss:\/\/parley\.example\/rehearse\/[\w-]{43}"/,
  );
  await twilio.network.calls[0]?.ended;
});

Deno.test("nothing is called that the policy forbids, or nobody agreed to", async () => {
  await using twilio = startTwilio();
  const run = (to: string, yes: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    rehearsed({ asks: SCENARIO }, ["--call", to, ...yes], { ...twilio.environment, ...more });
  const yes = ["--yes"];
  await assert.rejects(run("+442079460123", yes), /may not be called:.*\(country_not_allowed\)/);
  await assert.rejects(run("+19005550123", yes), /may not be called:/);
  await assert.rejects(run(ACCOUNT.number, yes), /may not be called:.*\(own_number\)/);
  await assert.rejects(
    run(CALLED, yes, { OUTBOUND_HOURS: closedNow() }),
    /may not be called:.*\(outside_hours\)/,
  );
  await assert.rejects(run(CALLED, []), /Nothing was called. --yes agrees beforehand/);
  await assert.rejects(
    rehearsed({ asks: SCENARIO }, ["--call", CALLED, "--yes"], {}),
    /--call takes a Twilio account/,
  );
  const poor = await rehearsed(
    { asks: SCENARIO },
    ["--call", CALLED, "--yes", "--max-usd", "0.001"],
    twilio.environment,
  );
  assert.equal(poor.code, 2, poor.printed);
  assert.match(poor.printed, /^skip +asks/m);
  assert.match(poor.printed, /--max-usd 0\.001 leaves no room for it/);
  assert.equal(twilio.api.creates.length, 0);
});

Deno.test("calls count for the limits of a day, with those of earlier commands where they are kept", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using twilio = startTwilio({ answer: "busy" });
    const run = (more: Readonly<Record<string, string>>) =>
      rehearsed({ a: SCENARIO, b: SCENARIO }, ["--call", CALLED, "--yes"], {
        ...twilio.environment,
        ...more,
      });
    const kept = { DATABASE_URL: `sqlite:${folder}/parley.db` };
    const first = await run({ ...kept, OUTBOUND_PER_NUMBER_DAILY: "1" });
    assert.equal(twilio.api.creates.length, 1, first.printed);
    assert.match(first.printed, /OUTBOUND_PER_NUMBER_DAILY leaves no room.*number_called_enough/);
    assert.doesNotMatch(first.printed, /of this command alone/);
    await run({ ...kept, OUTBOUND_PER_NUMBER_DAILY: "1" });
    assert.equal(twilio.api.creates.length, 1);
    // Nobody talked: both calls have all of the minutes, which are more than nine tenths of one.
    const second = await run({ OUTBOUND_DAILY_MINUTES: "1" });
    assert.equal(twilio.api.creates.length, 3, second.printed);
    assert.match(second.printed, /count the calls of this command alone/);
    for (const [name, limit] of [["OUTBOUND_DAILY_MINUTES", "0.9"], ["DAILY_USD", "0.01"]]) {
      const { printed } = await run({ [name!]: limit! });
      assert.match(printed, new RegExp(`may not be called: ${name} leaves no room for it`));
    }
    assert.equal(twilio.api.creates.length, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a call that nobody answers takes nothing of --max-usd", async () => {
  await using twilio = startTwilio({ answer: "busy" });
  // There is room for one of them at a time.
  const { printed } = await rehearsed(
    { a: SCENARIO, b: SCENARIO },
    ["--call", CALLED, "--yes", "--max-usd", "0.025"],
    twilio.environment,
  );
  assert.equal(twilio.api.creates.length, 2, printed);
});

Deno.test("a database of another version stays as it is, and nothing is called", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using twilio = startTwilio({ answer: "busy" });
    const file = `${folder}/parley.db`;
    await (await openStore({ kind: "sqlite", path: file }, { now: Date.now })).close();
    const { DatabaseSync } = await import("node:sqlite");
    const atFile = <Answer>(ask: (database: InstanceType<typeof DatabaseSync>) => Answer) => {
      const database = new DatabaseSync(file);
      try {
        return ask(database);
      } finally {
        database.close();
      }
    };
    // An earlier one: its last change was never made.
    atFile((database) => {
      database.exec("DELETE FROM schema_version WHERE version > 1");
    });
    await assert.rejects(
      rehearsed({ asks: SCENARIO }, ["--call", CALLED, "--yes"], {
        ...twilio.environment,
        DATABASE_URL: `sqlite:${file}`,
      }),
      /has version 1, and this program uses version \d+: --call does not change that/,
    );
    const versions = atFile((database) =>
      database.prepare("SELECT version FROM schema_version").all()
    );
    assert.equal(versions.length, 1);
    assert.equal(twilio.api.creates.length, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("whoever interrupts at the question is asked no more, and no report is written", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using twilio = startTwilio();
    await Deno.writeTextFile(`${folder}/asks.yaml`, SCENARIO);
    const html = `${folder}/report.html`;
    const act = (args: readonly string[], interrupted: AbortSignal, onAsked = () => {}) =>
      rehearse(readRehearseOptions([folder, "--html", html, ...args], 2), {
        environment: twilio.environment,
        screen: printedScreen([]),
        interrupted,
        terminal: {
          ask() {
            onAsked();
            return new Promise(() => {});
          },
        },
      });
    const interruption = new AbortController();
    await assert.rejects(
      act(["--call", CALLED], interruption.signal, () => interruption.abort()),
      /Nothing was called/,
    );
    assert.equal(await act(["--built-in"], interruption.signal), 130);
    await assert.rejects(Deno.stat(html), Deno.errors.NotFound);
    assert.equal(twilio.api.creates.length, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what Twilio has not signed gets nothing, and a busy number is told", async () => {
  await using twilio = startTwilio({ answer: "busy" });
  const path = `/rehearse/${"a".repeat(43)}`;
  const statuses: Record<"forged" | "signed", number[]> = { forged: [], signed: [] };
  const asked = async (kind: keyof typeof statuses) => {
    const signature = kind === "forged"
      ? "f".repeat(28)
      : signRequest(ACCOUNT.authToken, `wss://parley.example${path}`);
    const headers = {
      "x-twilio-signature": signature,
      connection: "upgrade",
      upgrade: "websocket",
    };
    const answer = await fetch(`${twilio.origin}${path}`, { headers }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer !== undefined) statuses[kind].push(answer.status);
  };
  const knocking = setInterval(() => {
    asked("forged");
    asked("signed");
  }, 50);
  const { code, printed } = await rehearsed(
    { asks: SCENARIO },
    ["--call", CALLED, "--yes"],
    twilio.environment,
  );
  clearInterval(knocking);
  assert.equal(code, 1);
  assert.match(printed, /The call has not begun: the call was busy/);
  assert.ok(statuses.forged.length > 0 && statuses.forged.every((status) => status === 403));
  assert.ok(statuses.signed.length > 0 && statuses.signed.every((status) => status === 404));
});

/** An agent who greets, answers, and falls silent when it is spoken over. */
async function talk(call: SimulatedCall, { context }: PhoneNetwork): Promise<string> {
  let isSpokenTo = false;
  call.watch(({ type }) => {
    if (type === "speaking") isSpokenTo = true;
    if (type === "quiet") isSpokenTo = false;
  });
  const caller = new AgentSpeech((listener) => call.watch(listener), context.clock);
  for (let piece = 0; piece < 12; piece++) await call.speak(LOUD);
  await caller.endOfTurn();
  for (let piece = 0; piece < 100 && !caller.gone; piece++) {
    await call.speak(LOUD);
    if (!isSpokenTo) continue;
    await caller.endOfTurn();
    for (let piece = 0; piece < 5 && !caller.gone; piece++) await call.speak(LOUD);
    return "interrupted";
  }
  return "not interrupted";
}

/** Hours of a few minutes, half a day from now where the number is. */
function closedNow(): string {
  const there = new Date(Date.now() - 8 * 3_600_000);
  const hour = (there.getUTCHours() + 12) % 23;
  return `${String(hour).padStart(2, "0")}:00-${String(hour + 1).padStart(2, "0")}:00`;
}
