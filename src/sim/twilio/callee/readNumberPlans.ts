import { z } from "zod";
import { isRecord } from "../../../utils/isRecord.ts";
import { musicStyles } from "../../sound/holdMusic.ts";
import type { NumberPlan } from "../networkContext.ts";
import { knownCallees } from "./knownCallees.ts";

/** What a file says about numbers: `others` is for those that it does not name. */
export interface NumberPlans {
  readonly numbers: Readonly<Record<string, NumberPlan>>;
  readonly others?: NumberPlan;
}

/**
 * Reads the plans of numbers: an object by number, `*` for all others; each is a word (see `planOfWord`) or
 * an object. `readAudio` reads the WAV file of a path as mu-law. Throws a `TypeError` that says where.
 */
export function readNumberPlans(
  value: unknown,
  readAudio: (path: string) => Uint8Array,
): NumberPlans {
  const { error, data } = numberPlansSchema(readAudio).safeParse(value);
  if (error !== undefined) {
    throw new TypeError(`Cannot read the plan of numbers:\n${z.prettifyError(error)}`);
  }
  const { "*": others, ...numbers } = data;
  return { numbers, ...(others !== undefined && { others }) };
}

const signals = ["busy", "no-answer", "failed"] as const;

/** The words for what a number does. */
export const planWords: readonly string[] = ["human", ...signals, ...Object.keys(knownCallees)];

/** A plan by its word; undefined for any other. */
export function planOfWord(word: string): NumberPlan | undefined {
  const signal = signals.find((signal) => signal === word);
  if (signal !== undefined) return { answer: signal };
  if (word === "human") return { answer: "human" };
  const callee = Object.hasOwn(knownCallees, word) ? knownCallees[word] : undefined;
  return callee && { answer: "human", callee };
}

/** The form of plans by number; see `readNumberPlans`. */
export function numberPlansSchema(readAudio: (path: string) => Uint8Array) {
  const ms = z.number().int().min(0).max(600_000);
  const level = z.number().min(-90).max(0);
  const tone = z.strictObject({
    hz: z.union([z.number().min(50).max(3_900), z.array(z.number().min(50).max(3_900)).max(8)]),
    ms,
    levelDb: level.exactOptional(),
  });
  const text = z.string().min(1).max(2_000);
  const soundShapes = {
    wav: z.strictObject({ wav: z.string() }).transform(({ wav }, context) => {
      try {
        return { audio: readAudio(wav) };
      } catch (error) {
        context.addIssue(error instanceof Error ? error.message : String(error));
        return z.NEVER;
      }
    }),
    silenceMs: z.strictObject({ silenceMs: ms }),
    tone: z.strictObject({ tone }),
    musicMs: z.strictObject({ musicMs: ms, style: z.enum(musicStyles).exactOptional() }),
    ringbackMs: z.strictObject({ ringbackMs: ms }),
  };
  const sound = textOr(text, soundShapes);
  const sounds = z.array(sound).max(100);
  const person = z.strictObject({
    kind: z.literal("person"),
    afterMs: ms.exactOptional(),
    greeting: sounds.exactOptional(),
    replies: sounds.exactOptional(),
    hangsUpAfterMs: ms.exactOptional(),
  });
  const machine = z.strictObject({
    kind: z.literal("machine"),
    afterMs: ms.exactOptional(),
    greeting: sounds.exactOptional(),
    partGapMs: ms.exactOptional(),
    beep: tone.nullable().exactOptional(),
    beforeBeepMs: ms.exactOptional(),
    recordMs: ms.exactOptional(),
    recordSilenceMs: ms.exactOptional(),
    isFull: z.boolean().exactOptional(),
    pickedUpAfterMs: ms.exactOptional(),
    person: person.exactOptional(),
  });
  const screener = z.strictObject({
    kind: z.literal("screener"),
    style: z.enum(["ios", "pixel"]).exactOptional(),
    afterMs: ms.exactOptional(),
    prompt: sounds.exactOptional(),
    patienceMs: ms.exactOptional(),
    thanks: sounds.exactOptional(),
    decidesAfterMs: ms.exactOptional(),
    hold: sounds.exactOptional(),
    decision: z.enum(["accept", "decline", "voicemail"]).exactOptional(),
    person: person.exactOptional(),
    machine: machine.exactOptional(),
  });
  const fax = z.strictObject({ kind: z.literal("fax") });
  const music = z.strictObject({
    kind: z.literal("music"),
    musicMs: ms.exactOptional(),
    person: person.exactOptional(),
  });
  const timing = { maxMs: ms.exactOptional(), silenceMs: ms.exactOptional() };
  const step = textOr(text, {
    ...soundShapes,
    listen: z.strictObject({ listen: z.strictObject(timing) }),
    record: z.strictObject({ record: z.strictObject(timing) }),
    press: z.strictObject({ press: z.string().regex(/^[0-9A-D*#wW]{1,50}$/) }),
    hangUp: z.strictObject({ hangUp: z.literal(true) }),
    stay: z.strictObject({ stay: z.literal(true) }),
    hold: z.strictObject({
      hold: z.strictObject({
        ms: z.number().int().min(0).max(7_200_000),
        style: z.enum(musicStyles).exactOptional(),
        everyMs: ms.min(1_000).exactOptional(),
        announcements: sounds.exactOptional(),
      }),
    }),
  });
  const target = z.union([
    z.strictObject({ menu: z.string() }),
    z.strictObject({ steps: z.array(step).max(500) }),
  ]);
  const menu = z.strictObject({
    prompt: sounds,
    keys: z.record(z.string().regex(/^[0-9*#]{1,10}$/), target).exactOptional(),
    spoken: target.exactOptional(),
    timeoutMs: ms.exactOptional(),
    interDigitMs: ms.exactOptional(),
    reads: z.number().int().min(1).max(20).exactOptional(),
    invalid: sounds.exactOptional(),
    otherwise: target.exactOptional(),
  });
  const menus = z.strictObject({
    kind: z.literal("menu"),
    menus: z.record(z.string().min(1).max(40), menu),
    start: z.string().exactOptional(),
  });
  const steps = z.strictObject({ kind: z.literal("steps"), steps: z.array(step).max(500) });
  const line = {
    voice: z.string().exactOptional(),
    noiseDb: level.exactOptional(),
    ringbackMs: ms.exactOptional(),
  };
  const callee = z.discriminatedUnion("kind", [
    person.extend(line),
    machine.extend(line),
    screener.extend(line),
    fax.extend(line),
    music.extend(line),
    menus.extend(line),
    steps.extend(line),
  ]);
  const plan = z.strictObject({
    answer: z.enum(["human", ...signals]).default("human"),
    afterMs: ms.exactOptional(),
    talkMs: ms.exactOptional(),
    answeredBy: z.string().max(40).exactOptional(),
    detectMs: ms.exactOptional(),
    errorCode: z.number().int().exactOptional(),
    callee: callee.exactOptional(),
  });
  const word = z.string().transform((word, context): NumberPlan => {
    const known = planOfWord(word);
    if (known !== undefined) return known;
    context.addIssue(`"${word}" must be one of ${planWords.join(", ")}`);
    return z.NEVER;
  });
  return z.record(
    z.string().max(200),
    z.unknown().transform((value, context) =>
      within(typeof value === "string" ? word : plan, value, context)
    ),
  );
}

/** A text, or an object that is told by the one of its keys that names a shape. */
function textOr<T extends z.ZodType, Shapes extends Readonly<Record<string, z.ZodType>>>(
  text: T,
  shapes: Shapes,
): z.ZodType<z.output<T> | z.output<Shapes[keyof Shapes]>> {
  return z.unknown().transform((value, context) => {
    if (typeof value === "string") return within(text, value, context);
    const key = isRecord(value) && Object.keys(shapes).find((key) => Object.hasOwn(value, key));
    const shape = typeof key === "string" ? shapes[key] : undefined;
    if (shape !== undefined) return within(shape, value, context);
    context.addIssue(`must be a text, or an object with ${Object.keys(shapes).join(", ")}`);
    return z.NEVER;
  }) as z.ZodType<z.output<T> | z.output<Shapes[keyof Shapes]>>;
}

/** Parses a part with the schema that fits it, so that the problems are those of that schema. */
function within<T extends z.ZodType>(
  schema: T,
  value: unknown,
  context: z.RefinementCtx,
): z.output<T> {
  const { error, data } = schema.safeParse(value);
  if (error === undefined) return data;
  for (const { path, message } of error.issues) {
    context.addIssue({ code: "custom", path, message });
  }
  return z.NEVER;
}
