/** The parts of an OpenAPI 3.1 document that the page shows. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly description?: string };
  readonly security?: readonly unknown[];
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly webhooks?: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** An operation as the document describes it. */
interface OperationObject {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<Record<string, Answer>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

export interface Answer {
  readonly description?: string;
  readonly content?: Content;
}

export type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** One operation with its address. */
export interface Operation {
  readonly id: string;
  /** In capital letters; `EVENT` for the webhooks that the server sends. */
  readonly method: string;
  readonly path: string;
  readonly description: OperationObject;
}

/** A group of operations. */
export interface Tag {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

/** All operations by tag, in the document's order; those without a known tag come last. */
export function operationsOf(api: ApiDocument): readonly Tag[] {
  const operations = [
    ...Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, description]) =>
        operation(method.toUpperCase(), path, description)
      )
    ),
    ...Object.entries(api.webhooks ?? {}).flatMap(([name, methods]) =>
      Object.values(methods).map((description) => operation("EVENT", name, description))
    ),
  ];
  const known = api.tags ?? [];
  const others = { name: "Other", description: "" };
  return [...known, others].map(({ name, description = "" }) => ({
    id: name.toLowerCase().replaceAll(" ", "-"),
    name,
    description,
    operations: operations.filter(({ description: { tags = [] } }) =>
      name === others.name ? !known.some((tag) => tags.includes(tag.name)) : tags.includes(name)
    ),
  })).filter(({ operations }) => operations.length > 0);
}

/** Follows a `$ref` to the shared schema; `name` is that of the shared one. */
export function resolve(
  api: ApiDocument,
  schema: Schema,
): { readonly schema: Schema; readonly name?: string } {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? "")?.[1];
  const found = name === undefined ? undefined : api.components?.schemas?.[name];
  if (name === undefined || found === undefined) return { schema };
  return { schema: { ...found, ...schema }, name };
}

function operation(method: string, path: string, description: OperationObject): Operation {
  const id = `${method} ${path}`.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/-$/, "");
  return { id, method, path, description };
}
