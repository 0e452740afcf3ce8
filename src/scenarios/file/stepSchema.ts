import { z } from "zod";
import { oneByKey } from "../../config/oneByKey.ts";
import { personSounds } from "../../sim/sound/personSounds.ts";
import { plainWords } from "../ear/findWords.ts";
import type { CallerStep, CutIn, Utterance } from "../scenario.ts";
import { present } from "../../utils/present.ts";

const MAX_MS = 600_000;
const DEFAULT_HEARS_MS = 10_000;
const DEFAULT_SOUND_DB = -18;
const DEFAULT_TURNS = 8;

/** A time in whole milliseconds, ten minutes at most. */
export const milliseconds = z.number().int().min(0).max(MAX_MS);
/** A level against the loudest that a line carries. */
export const level = z.number().min(-90).max(0);
export const words = z.string().trim().min(1).max(2000);
/** Words that are looked for in what is heard: signs alone would be found nowhere. */
export const heardText = words.refine((text) => plainWords(text).length > 0, "must have a word");
/** A file beside the scenario, or in a folder below. */
export const soundFile = z.string().regex(
  /^(?!.*\.\.)[\w][\w./ -]{0,200}\.wav$/i,
  "must name a WAV file beside the scenario",
);
export const voiceName = z.enum(["slt", "rms", "awb", "kal"]);

const manner = { voice: voiceName.exactOptional(), level_db: level.exactOptional() };

const say = z.strictObject({ say: words, ...manner }).transform(({ say, ...how }) =>
  saying({ words: say, ...mannerOf(how) }, "turn")
);
const sayNow = z.strictObject({ say_now: words, ...manner }).transform(({ say_now, ...how }) =>
  saying({ words: say_now, ...mannerOf(how) }, "now")
);
const play = z.strictObject({ play: soundFile, words: words.exactOptional() })
  .transform(({ play, words }) => saying({ audio: play, ...present({ words }) }, "turn"));

const cutIn = z.strictObject({
  cut_in: z.strictObject({
    say: words.exactOptional(),
    play: soundFile.exactOptional(),
    words: words.exactOptional(),
    ...manner,
    after_ms: milliseconds.exactOptional(),
    at_word: heardText.exactOptional(),
    at_word_number: z.number().int().min(1).max(500).exactOptional(),
  }).superRefine((
    { say, play, words, voice, level_db, after_ms, at_word, at_word_number },
    context,
  ) => {
    if ((say === undefined) === (play === undefined)) context.addIssue("needs say or play");
    const ofOther = play === undefined ? { words } : { voice, level_db };
    for (const [name, value] of Object.entries(ofOther)) {
      const other = play === undefined ? "play" : "say";
      if (value === undefined) continue;
      context.addIssue({ code: "custom", path: [name], message: `stands with ${other}` });
    }
    const times = [after_ms, at_word, at_word_number].filter((time) => time !== undefined);
    if (times.length !== 1) context.addIssue("needs one of after_ms, at_word, at_word_number");
  }),
}).transform((
  { cut_in: { say, play, words, after_ms, at_word, at_word_number, ...how } },
): CallerStep => {
  const what: Utterance = play === undefined
    ? { words: say ?? "", ...mannerOf(how) }
    : { audio: play, ...present({ words }) };
  const when: CutIn = at_word !== undefined
    ? { word: at_word }
    : at_word_number !== undefined
    ? { number: at_word_number }
    : { afterMs: after_ms ?? 0 };
  return saying(what, when);
});

const sound = z.strictObject({ sound: z.enum(personSounds), level_db: level.exactOptional() })
  .transform(({ sound, level_db: levelDb = DEFAULT_SOUND_DB }): CallerStep => ({
    type: "sound",
    sound,
    levelDb,
  }));
const silence = z.strictObject({ silence_ms: milliseconds })
  .transform(({ silence_ms: ms }): CallerStep => ({ type: "silence", ms }));
const keys = z.strictObject({
  keys: z.string("must be in quotes").regex(/^[0-9A-D*#wW]{1,50}$/, "must be keys of a phone"),
}).transform(({ keys: digits }): CallerStep => ({ type: "keys", digits }));
const type = z.strictObject({ type: words }).transform(({ type: text }): CallerStep => ({
  type: "type",
  text,
}));
const heardInTime = z.strictObject({
  text: heardText,
  within_ms: milliseconds.default(DEFAULT_HEARS_MS),
});
const hears = z.strictObject({ hears: z.union([heardText, heardInTime]) }).transform(
  ({ hears }): CallerStep => {
    const { text, within_ms } = typeof hears === "string"
      ? { text: hears, within_ms: DEFAULT_HEARS_MS }
      : hears;
    return { type: "hears", text, withinMs: within_ms };
  },
);
const improvise = z.strictObject({
  improvise: z.strictObject({
    persona: words.default("A customer on the phone."),
    goal: words,
    max_turns: z.number().int().min(1).max(40).default(DEFAULT_TURNS),
  }),
}).transform(({ improvise: { persona, goal, max_turns: maxTurns } }): CallerStep => ({
  type: "improvise",
  ...{ persona, goal, maxTurns },
}));
const hangUp = z.strictObject({ hang_up: z.literal(true) })
  .transform((): CallerStep => ({ type: "hangUp" }));

/** One thing that a caller does: a text is said when the agent has finished. */
export const callerStep: z.ZodType<CallerStep> = oneByKey(
  {
    say,
    say_now: sayNow,
    play,
    cut_in: cutIn,
    sound,
    silence_ms: silence,
    keys,
    type,
    hears,
    improvise,
    hang_up: hangUp,
  },
  words.transform((text): CallerStep => saying({ words: text }, "turn")),
);

function saying(what: Utterance, when: "turn" | "now" | CutIn): CallerStep {
  return { type: "say", what, when };
}

function mannerOf(
  { voice, level_db: levelDb }: { readonly voice?: string; readonly level_db?: number },
) {
  return present({ voice, levelDb });
}
