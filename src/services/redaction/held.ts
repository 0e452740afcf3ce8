/** Shown while it is not decided yet what digits are. */
export const HELD = "[…]";
