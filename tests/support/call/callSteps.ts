import fc from "fast-check";
import type { ResumedCall } from "../../../src/call/resumedCall.ts";
import { noUsage } from "../../../src/services/store.ts";
import { present } from "../../../src/utils/present.ts";
import type { CallDriverOptions } from "./callDriver.ts";

/** Something that happens to a call; what makes no sense at that moment is left out. */
export interface Step {
  readonly kind: (typeof KINDS)[number];
  /** Which one, how long, and the like: a number that each kind reads in its own way. */
  readonly pick: number;
}

const KINDS = [
  "pass",
  "passLong",
  "age",
  "respond",
  "ownResponse",
  "delta",
  "itemDone",
  "finish",
  "finishWithTools",
  "lateDelta",
  "speechStarted",
  "speechStopped",
  "committed",
  "callerText",
  "refuse",
  "toolReturns",
  "remoteStarts",
  "remoteEnds",
  "remoteAsks",
  "outputTaken",
  "modelLost",
  "modelReady",
  "modelIdled",
  "respondAside",
  "progress",
  "twice",
  "refuseCancel",
  "loseLeg",
  "joinLeg",
  "staleMark",
  "staleRender",
  "sleep",
  "typed",
  "digit",
  "interrupt",
  "level",
  "commit",
  "say",
  "machine",
  "end",
  "transfer",
  "hangUp",
  "standbyReady",
  "standbyLost",
  "greetingKept",
  "answered",
  "textFailed",
  "personAnswered",
  "modelDead",
  "legExpires",
  "handover",
  "replaced",
  "refuseReplace",
] as const;

/** What ends a call, sooner or later. */
export const FINAL: ReadonlySet<string> = new Set([
  "end",
  "transfer",
  "hangUp",
  "modelDead",
  "legExpires",
  "handover",
]);
const RARE: ReadonlySet<string> = new Set([...FINAL, "modelLost", "loseLeg", "age"]);

const FREQUENT: readonly Step["kind"][] = [
  "pass",
  "pass",
  "respond",
  "respondAside",
  "ownResponse",
  "ownResponse",
  "delta",
  "delta",
  "delta",
  "delta",
  "finish",
  "speechStarted",
  "speechStopped",
  "modelReady",
  "standbyReady",
  "joinLeg",
  "replaced",
];

/** How most calls begin. */
export const USUAL: readonly Step["kind"][] = ["modelReady", "joinLeg"];

export const steps: fc.Arbitrary<readonly Step[]> = fc.noBias(fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...KINDS.filter((kind) => !RARE.has(kind))) },
      { weight: 5, arbitrary: fc.constantFrom(...FREQUENT) },
      { weight: 1, arbitrary: fc.constantFrom(...KINDS.filter((kind) => RARE.has(kind))) },
    ),
    pick: fc.nat(9999),
  }),
  { maxLength: 300, size: "max" },
));

/** Calls that another session began, with what it knew of them. */
const resumedCalls: fc.Arbitrary<ResumedCall> = fc.record({
  elapsedMs: fc.constant(40_000),
  connectedMs: fc.constantFrom(undefined, 35_000),
  turns: fc.array(
    fc.record({
      role: fc.constantFrom("agent", "caller"),
      text: fc.constantFrom("words before", ""),
      final: fc.boolean(),
      interrupted: fc.boolean(),
      aside: fc.constantFrom(undefined, true as const),
    }),
    { maxLength: 4 },
  ).map((turns) =>
    turns.map(({ aside, ...turn }, n) => ({
      ...turn,
      ...present({ aside }),
      id: turn.role === "agent" ? `before_${n}` : `local_${n + 1}`,
      position: n + 1,
      by: "voice" as const,
      startedMs: 5000 + n * 1000,
    }))
  ),
  tools: fc.constantFrom([], [
    { callId: "call_before", name: "t", arguments: "{}", startedMs: 6500 },
  ]),
  usage: fc.constant(noUsage),
  plannedEnd: fc.constantFrom<ResumedCall["plannedEnd"][]>(
    undefined,
    { reason: "agent_hung_up" },
    { reason: "transferred", detail: "sales" },
    { reason: "voicemail" },
  ),
}).map(({ connectedMs, plannedEnd, ...resumed }) => ({
  ...resumed,
  ...present({ connectedMs, plannedEnd }),
}));

export const policies: fc.Arbitrary<CallDriverOptions> = fc.record({
  reports: fc.constantFrom("marks", "positions"),
  startUpMs: fc.constantFrom(0, 120.3),
  modelListens: fc.boolean(),
  greetingProtected: fc.boolean(),
  usesTools: fc.boolean(),
  modelResponds: fc.boolean(),
  modelInterrupts: fc.boolean(),
  interruptAfterMs: fc.constantFrom(0, 400),
  pausesOnSpeech: fc.boolean(),
  commitsBySilence: fc.boolean(),
  fillerAfterMs: fc.constantFrom(0, 900.7),
  idleMs: fc.constantFrom(5000, 30_000, 3_600_000),
  maxMs: fc.constantFrom(90_000.1, 600_000, 10_800_000),
  greeting: fc.constantFrom("Hello!", ""),
  direction: fc.constantFrom("web", "inbound", "outbound"),
  transfers: fc.constant({ sales: {} }),
  mustHear: fc.constantFrom(undefined, {
    recording: { text: "This call is recorded.", at: "start" as const },
    words: { text: "Some words.", at: "start" as const },
    last: { text: "You can cancel within a day.", at: "end" as const },
  }),
  compaction: fc.constantFrom(
    undefined,
    { afterMs: 0, audioTurns: 0 },
    { afterMs: 10_000, audioTurns: 1 },
  ),
  kept: fc.constantFrom({}, { bridge: { text: "One moment.", ms: 900 } }, {
    bridge: { text: "", ms: 360 },
  }, {
    greeting: { text: "Hello!", ms: 1500.5 },
    bridge: { text: "One moment.", ms: 900 },
    apology: { text: "Sorry, goodbye.", ms: 1800 },
  }),
  resumed: fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: resumedCalls },
  ),
}).map(({ resumed, compaction, mustHear, ...options }) => ({
  ...options,
  ...present({ resumed, compaction, mustHear }),
}));
