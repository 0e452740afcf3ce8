import { firstVersion } from "./schema/firstVersion.ts";
import { laterVersions } from "./schema/laterVersions.ts";
import type { SchemaStatement } from "./schema/schemaStatement.ts";

/**
 * The versions of the schema, oldest first. Released versions never change: a new one is added at the end.
 */
export const versions: readonly (readonly SchemaStatement[])[] = [
  firstVersion,
  ...laterVersions,
];
