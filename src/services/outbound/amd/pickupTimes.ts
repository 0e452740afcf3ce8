/** How long who or what answers a call speaks, and is silent, in milliseconds. */

/** People who answer and say nothing wait to be spoken to. */
export const SILENT_MS = 2300;
/** Few people greet longer; those who do are silent then, and no beep follows. */
export const LONG_MS = 4500;
export const TALKS_ON_MS = 2500;
/** Nobody greets so long without a pause. */
export const ENDLESS_MS = 10_000;
/** The longest pause between the parts of a greeting, or before its beep. */
export const END_OF_GREETING_MS = 2500;
export const LONGEST_MS = 60_000;
/** Words are known that long after they were said, or never. */
export const WORDS_MS = 2800;
/** How late it is known that somebody speaks. */
export const SOON_MS = 300;
export const DISTURBING_MS = 600;
/** Whoever speaks after a greeting and its beep is a person, and waits for an answer. */
export const AFTER_BEEP_MS = 1000;
/** What a screener says at once begins so soon after it was answered, and is over so soon. */
export const THANKS_MS = 4000;
export const THANKS_END_MS = 8000;
/** Whoever has begun to speak so long ago, and of whom no word is known, is not transcribed. */
export const WORDLESS_MS = 8000;
/** Some machines beep that long; the tones of a network that last longer have no end. */
export const LONGEST_BEEP_MS = 4000;
