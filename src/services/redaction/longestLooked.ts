/**
 * So many characters of a text are looked at, of a turn as of what a tool has answered: in the worst of
 * texts and with the most costly patterns they hold the event loop for less than 5 ms
 * (`deno task bench redaction`). What stands behind them is not shown.
 */
export const LONGEST_LOOKED = 4000;
/** At the end of those it may not be seen what a number is. */
export const UNSURE_END = 200;
export const TOO_LONG = "[too long to be shown]";
