import { type ApiDocument, type Operation, resolve, type Schema } from "./document.ts";

/** A `curl` command for an operation, with example values. */
export function writeCurl(
  api: ApiDocument,
  { method, path, description }: Operation,
  origin: string,
): string {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = description.parameters?.find((it) => it.in === "path" && it.name === name);
    const { example } = parameter?.schema ?? {};
    return typeof example === "string" ? encodeURIComponent(example) : `<${name}>`;
  });
  const body = description.requestBody?.content?.["application/json"]?.schema;
  const streams = Object.values(description.responses ?? {}).some(({ content }) =>
    content !== undefined && "text/event-stream" in content
  );
  return [
    `curl ${streams ? "-N " : ""}${method === "GET" ? "" : `-X ${method} `}'${origin}${address}'`,
    ...((description.security ?? api.security ?? []).length > 0
      ? ["-H 'Authorization: Bearer <secret>'"]
      : []),
    ...(body === undefined ? [] : [
      "-H 'Content-Type: application/json'",
      `-d '${JSON.stringify(exampleOf(api, body)).replaceAll("'", "'\\''")}'`,
    ]),
  ].join(" \\\n  ");
}

/** A valid value for a schema: its example, or the required fields only. */
export function exampleOf(api: ApiDocument, given: Schema): unknown {
  const { schema } = resolve(api, given);
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [first] = schema.oneOf ?? schema.anyOf ?? [];
  if (first !== undefined) return exampleOf(api, first);
  if (schema.items !== undefined) return [exampleOf(api, schema.items)];
  if (schema.properties !== undefined) {
    const required = Object.entries(schema.properties)
      .filter(([name]) => schema.required?.includes(name));
    return Object.fromEntries(required.map(([name, field]) => [name, exampleOf(api, field)]));
  }
  switch ([schema.type].flat()[0]) {
    case "string":
      return "...";
    case "number":
    case "integer":
      return schema.minimum ?? 0;
    case "boolean":
      return true;
    default:
      return {};
  }
}
