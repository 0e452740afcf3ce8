import { z } from "zod";
import { oneByKey } from "../../config/oneByKey.ts";
import { e164 } from "../../config/schemaParts.ts";
import { nearestWord } from "../../utils/nearestWord.ts";
import { type Fault, type FaultName, faultNames, parseFault } from "../../sim/openai/faults.ts";
import { numberPlansSchema } from "../../sim/twilio/callee/readNumberPlans.ts";
import { present } from "../../utils/present.ts";
import type { ModelRule, Scenario, ScenarioCaller } from "../scenario.ts";
import { expectation, recordIsHeard } from "./expectationSchema.ts";
import { lineSchema, noiseSchema } from "./lineSchema.ts";
import { toolStub } from "./toolSchema.ts";
import { callerStep, milliseconds, voiceName, words } from "./stepSchema.ts";

const DEFAULT_SECONDS = 120;
const MAX_CALLERS = 50;

const who = {
  from: e164.exactOptional(),
  voice: voiceName.exactOptional(),
  line: lineSchema.exactOptional(),
  noise: noiseSchema.exactOptional(),
};
const steps = z.array(callerStep).max(200);

const WHEN = "must be as 2026-11-30T10:00";
const moment = z.iso.datetime({ local: true, precision: -1, error: WHEN })
  .regex(/:\d\d$/, WHEN);
const toolArguments = z.record(z.string().max(64), z.json());
const calls = z.record(z.string().min(1).max(64), toolArguments)
  .transform((calls) => Object.entries(calls).map(([name, args]) => ({ name, arguments: args })));
const fault = z.string().transform((text, context) => {
  const found = parseFault(text);
  if (found !== undefined) return found;
  const nearest = nearestWord(text, faultNames);
  context.addIssue({
    code: "custom",
    message: "is no fault",
    ...(nearest !== undefined && { params: { nearest } }),
  });
  return z.NEVER;
});
/** Of a connection that is only made: an answer comes after that. */
const ofConnections: ReadonlySet<string> = new Set<FaultName>([
  ...["closeAfterHandshake", "goSilent", "expire", "expiresIn", "refuseHandshake"] as const,
  ...["noSessionUpdated", "rejectSessionUpdate", "rejectEverySessionUpdate"] as const,
  ...["rejectSemanticVad", "rejectLastTool"] as const,
]);
const answersFault = fault.refine(
  (fault) => !ofConnections.has(fault.split(":")[0] ?? ""),
  "is a fault of connections, and of no answer: model_faults",
);
const does = {
  says: words.exactOptional(),
  calls: calls.exactOptional(),
  fault: answersFault.exactOptional(),
  once: z.boolean().default(false),
};
const modelRule: z.ZodType<ModelRule> = oneByKey({
  hears: z.strictObject({ hears: words, ...does })
    .transform(({ hears, ...rule }) => ruleOf({ hears }, rule)),
  after_tool: z.strictObject({ after_tool: z.string().min(1).max(64), ...does })
    .transform(({ after_tool: tool, ...rule }) => ruleOf({ tool }, rule)),
});

const modelFault = oneByKey(
  {
    every_connection: z.strictObject({ every_connection: fault })
      .transform(({ every_connection: fault }) => ({ fault, isFirst: false })),
  },
  fault.transform((fault) => ({ fault, isFirst: true })),
);

/** The form of a scenario's file; see `docs/rehearse.md`. */
export function scenarioSchema(readAudio: (path: string) => Uint8Array) {
  const plans = numberPlansSchema(readAudio);
  const called = z.unknown().transform((value, context) => {
    const { data, error } = plans.safeParse({ called: value });
    if (error === undefined) return data["called"];
    for (const { path, message } of error.issues) {
      context.addIssue({ code: "custom", path: path.slice(1), message });
    }
    return z.NEVER;
  });
  return z.strictObject({
    title: words,
    agent: z.string().max(64).exactOptional(),
    at: moment.exactOptional(),
    leg: z.enum(["phone", "browser"]).default("phone"),
    called: called.optional(),
    variables: z.record(z.string().max(64), z.string().max(500)).default({}),
    context: words.exactOptional(),
    numbers: plans.default({}),
    ...who,
    caller: steps.exactOptional(),
    callers: z.array(z.strictObject({
      ...who,
      after_ms: milliseconds.default(0),
      caller: steps,
    })).min(1).max(MAX_CALLERS)
      .exactOptional(),
    model: z.array(modelRule).max(200).default([]),
    tools: z.array(toolStub).max(200).default([]),
    model_faults: z.array(modelFault).max(20).default([]),
    max_seconds: z.number().int().min(1).max(3600).default(DEFAULT_SECONDS),
    expect: z.array(expectation).max(200).default([]),
  }).superRefine(({ caller, callers, leg, called, from }, context) => {
    if ((caller === undefined) === (callers === undefined)) {
      context.addIssue("needs either caller or callers");
    }
    if (callers !== undefined && from !== undefined) {
      context.addIssue({ code: "custom", path: ["from"], message: "stands with each of callers" });
    }
    if (leg === "phone") {
      for (const [at, one] of (callers ?? [{ caller: caller ?? [] }]).entries()) {
        const above = callers === undefined ? [] : ["callers", at];
        for (const [index, { type }] of one.caller.entries()) {
          if (type !== "type") continue;
          const path = [...above, "caller", index];
          context.addIssue({
            code: "custom",
            path,
            message: "types, and a phone cannot: leg: browser",
          });
        }
      }
    }
    if (called === undefined) return;
    if (leg === "browser") {
      context.addIssue({ code: "custom", path: ["called"], message: "is for the phone alone" });
    }
    if (callers !== undefined) {
      context.addIssue({ code: "custom", path: ["called"], message: "is for one caller alone" });
    }
  }).transform((
    { caller, callers, from, voice, line, noise, called, agent, at, context, ...file },
  ): Omit<Scenario, "name"> => {
    const all = { ...present({ from, voice, line, noise }) };
    const each = callers ?? [{ caller: caller ?? [] }];
    return {
      ...{ title: file.title, leg: file.leg, variables: file.variables, numbers: file.numbers },
      ...present({ agent, at, called, context }),
      callers: each.map((one) => callerOf({ ...all, ...one })),
      model: file.model,
      tools: file.tools,
      faults: {
        first: file.model_faults.flatMap(({ fault, isFirst }) => isFirst ? [fault] : []),
        every: file.model_faults.flatMap(({ fault, isFirst }) => isFirst ? [] : [fault]),
      },
      maxMs: file.max_seconds * 1000,
      expect: file.expect.some(({ type }) => type === "recordIsHeard")
        ? file.expect
        : [...file.expect, recordIsHeard],
    };
  });
}

function callerOf(
  { caller, from, voice, line, noise, after_ms: afterMs = 0 }:
    & { readonly caller: ScenarioCaller["steps"] }
    & Partial<Pick<ScenarioCaller, "from" | "voice" | "line">>
    & { readonly noise?: ScenarioCaller["line"]["noise"]; readonly after_ms?: number },
): ScenarioCaller {
  const clean = { delayMs: 0, jitterMs: 0, lossPercent: 0 };
  return {
    ...present({ from, voice }),
    afterMs,
    line: { ...(line ?? clean), ...present({ noise }) },
    steps: caller,
  };
}

function ruleOf(
  when: ModelRule["when"],
  { says, calls = [], fault, once }: {
    readonly says?: string;
    readonly fault?: Fault;
    readonly calls?: ModelRule["calls"];
    readonly once: boolean;
  },
): ModelRule {
  return { when, ...present({ says, fault }), calls, once };
}
