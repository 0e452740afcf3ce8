/** A statement that SQLite and Postgres both take, or one for Postgres alone. */
export type SchemaStatement = string | { readonly postgres: string };
