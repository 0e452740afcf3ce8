/** How long the people were on the line who were asked to take a caller, each of them counted. */
export const askedPeople: readonly string[] = ["ALTER TABLE calls ADD COLUMN asked_ms BIGINT"];
