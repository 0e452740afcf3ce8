/// <reference lib="dom" />
import { type ApiDocument, resolve, type Schema } from "./document.ts";
import { element } from "../elements.ts";
import { marked } from "./markup.ts";

/** Deeper levels are folded. */
const OPEN_DEPTH = 1;
const MAX_DEPTH = 8;

/** A schema as a list of its fields; empty where `describeSchema` says everything. */
export function showSchema(api: ApiDocument, given: Schema, depth = 0): readonly HTMLElement[] {
  const { schema } = resolve(api, given);
  if (depth > MAX_DEPTH) return [];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined && choices.some((choice) => isStructured(api, choice))) {
    return [
      element(
        "ul",
        { className: "choices" },
        choices.map((choice) => element("li", {}, showSchema(api, choice, depth))),
      ),
    ];
  }
  if (schema.items !== undefined) return showSchema(api, schema.items, depth);
  if (schema.properties === undefined) {
    if (depth > 0 || schema.example === undefined) return [];
    const text = typeof schema.example === "string"
      ? schema.example
      : JSON.stringify(schema.example, null, 2);
    return [
      element("pre", { className: "sample", tabIndex: 0 }, [
        element("code", { textContent: text }),
      ]),
    ];
  }
  const fields = Object.entries(schema.properties).flatMap(([name, field]) =>
    showField(api, name, field, !(schema.required ?? []).includes(name), depth)
  );
  return [element("dl", { className: "fields" }, fields)];
}

/** The type of a value in a few words: `list of string`. */
export function describeSchema(api: ApiDocument, given: Schema): string {
  const { schema } = resolve(api, given);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((it) => JSON.stringify(it)).join(" or ");
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) {
    return [...new Set(choices.map((choice) => describeSchema(api, choice)))].join(" or ");
  }
  if (schema.items !== undefined) return `list of ${describeSchema(api, schema.items)}`;
  const types = [schema.type ?? "anything"].flat();
  const words = types.map((type) => type === "object" ? describeObject(api, schema) : type);
  return [...words, ...limits(schema)].join(", ").replace(", null", " or null");
}

function describeObject(api: ApiDocument, { additionalProperties }: Schema): string {
  return typeof additionalProperties === "object"
    ? `object of ${describeSchema(api, additionalProperties)}`
    : "object";
}

function limits({ format, minimum, maximum, maxLength, default: fallback }: Schema): string[] {
  return [
    ...(format === undefined ? [] : [format]),
    ...(minimum === undefined || maximum === undefined ? [] : [`${minimum} to ${maximum}`]),
    ...(maxLength === undefined ? [] : [`up to ${maxLength} characters`]),
    ...(fallback === undefined ? [] : [`otherwise ${JSON.stringify(fallback)}`]),
  ];
}

function showField(
  api: ApiDocument,
  name: string,
  field: Schema,
  optional: boolean,
  depth: number,
): readonly HTMLElement[] {
  const { schema } = resolve(api, field);
  const inner = isStructured(api, field) ? showSchema(api, field, depth + 1) : [];
  const sample = inner.length === 0 && schema.example !== undefined
    ? [" such as ", element("code", { textContent: JSON.stringify(schema.example) })]
    : [];
  const nested = inner.length === 0 ? [] : [
    element("details", { open: depth < OPEN_DEPTH }, [
      element("summary", { textContent: describeSchema(api, field) }),
      ...inner,
    ]),
  ];
  return [
    element("dt", {}, [
      element("code", { textContent: name }),
      ...(inner.length > 0
        ? []
        : [element("span", { className: "kind", textContent: describeSchema(api, field) })]),
      ...(optional ? [element("span", { className: "optional", textContent: "optional" })] : []),
    ]),
    element("dd", {}, [...marked(schema.description ?? ""), ...sample, ...nested]),
  ];
}

function isStructured(api: ApiDocument, given: Schema): boolean {
  const { schema } = resolve(api, given);
  if (schema.properties !== undefined) return true;
  if (schema.items !== undefined) return isStructured(api, schema.items);
  return (schema.oneOf ?? schema.anyOf ?? []).some((choice) => isStructured(api, choice));
}
