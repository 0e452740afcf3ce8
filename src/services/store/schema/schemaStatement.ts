/** A statement that SQLite and Postgres both take, or one for one of them alone. */
export type SchemaStatement =
  | string
  | { readonly postgres: string }
  | { readonly sqlite: string };
