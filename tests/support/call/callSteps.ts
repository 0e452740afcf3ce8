import fc from "fast-check";
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
] as const;

/** What ends a call, sooner or later. */
export const FINAL: ReadonlySet<string> = new Set(["end", "transfer", "hangUp"]);
const RARE: ReadonlySet<string> = new Set([...FINAL, "modelLost", "loseLeg"]);

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
  "joinLeg",
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
  idleMs: fc.constantFrom(5000, 30_000),
  maxMs: fc.constantFrom(90_000.1, 600_000),
  greeting: fc.constantFrom("Hello!", ""),
  transfers: fc.constant({ sales: {} }),
});
