import { firstVersion } from "./schema/firstVersion.ts";
import { laterVersions } from "./schema/laterVersions.ts";

/**
 * The versions of the schema, oldest first, each as statements that SQLite and Postgres both take.
 * Released versions never change: a new one is added at the end.
 */
export const versions: readonly (readonly string[])[] = [
  firstVersion,
  ...laterVersions,
];
