/** Who or what answered a call that was placed, as JSON, in the order of finding it out. */
export const pickups: readonly string[] = ["ALTER TABLE calls ADD COLUMN pickups TEXT"];
