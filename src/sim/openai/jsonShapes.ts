import { type Refusal } from "./wire.ts";
import { isRecord } from "../../utils/isRecord.ts";

/** Checks one JSON value found at a path such as `session.audio`; undefined means it fits. */
export type Shape = (value: unknown, path: string) => Refusal | void;

/** An object with these fields and no others. */
export function record(
  fields: Readonly<Record<string, Shape>>,
  { required = [] }: { required?: readonly string[] } = {},
): Shape {
  return function checkRecord(value, path): Refusal | void {
    if (!isRecord(value)) return wrongType(value, path, "an object");
    for (const name of required) {
      if (value[name] === undefined) return missing(join(path, name));
    }
    for (const [name, part] of Object.entries(value)) {
      const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (shape === undefined) return unknownParameter(join(path, name));
      const refusal = part === undefined ? undefined : shape(part, join(path, name));
      if (refusal) return refusal;
    }
  };
}

/** An object whose field `tag` says which of the shapes it must have. */
export function tagged(tag: string, shapes: Readonly<Record<string, Shape>>): Shape {
  return function checkTagged(value, path) {
    if (!isRecord(value)) return wrongType(value, path, "an object");
    const name = value[tag];
    if (name === undefined) return missing(join(path, tag));
    if (typeof name !== "string" || !Object.hasOwn(shapes, name)) {
      return notSupported(name, join(path, tag), Object.keys(shapes));
    }
    return shapes[name]?.(value, path);
  };
}

/** An array whose elements all have the shape. */
export function listOf(shape: Shape): Shape {
  return function checkList(value, path): Refusal | void {
    if (!Array.isArray(value)) return wrongType(value, path, "an array");
    for (const [index, part] of value.entries()) {
      const refusal = shape(part, `${path}[${index}]`);
      if (refusal) return refusal;
    }
  };
}

/** One of these values; the refusal lists them, as the real server does. */
export function oneOf(...allowed: readonly (string | number)[]): Shape {
  return (value, path) =>
    allowed.some((candidate) => candidate === value)
      ? undefined
      : notSupported(value, path, allowed.map(String));
}

/** The first shape that fits; the refusal is that of the last. */
export function either(...shapes: readonly Shape[]): Shape {
  return function checkEither(value, path) {
    let refusal: Refusal | void = undefined;
    for (const shape of shapes) {
      refusal = shape(value, path);
      if (!refusal) return undefined;
    }
    return refusal;
  };
}

/** Null, or a value of the shape. */
export function nullable(shape: Shape): Shape {
  return (value, path) => value === null ? undefined : shape(value, path);
}

/** Any value: the field is accepted and not read. */
export function anything(): undefined {}

/** A string. */
export function text(value: unknown, path: string): Refusal | void {
  return typeof value === "string" ? undefined : wrongType(value, path, "a string");
}

/** A boolean. */
export function flag(value: unknown, path: string): Refusal | void {
  return typeof value === "boolean" ? undefined : wrongType(value, path, "a boolean");
}

/** A number between `min` and `max`, both included. */
export function numberIn(min: number, max: number): Shape {
  return function checkNumber(value, path) {
    if (typeof value !== "number") return wrongType(value, path, "a number");
    if (value >= min && value <= max) return undefined;
    return {
      code: "invalid_value",
      message: `Invalid '${path}': expected a value between ${min} and ${max}, got ${value}.`,
      param: path,
    };
  };
}

/** A whole number between `min` and `max`, both included. */
export function integerIn(min: number, max: number): Shape {
  const inRange = numberIn(min, max);
  return (value, path) =>
    typeof value === "number" && !Number.isInteger(value)
      ? wrongType(value, path, "an integer")
      : inRange(value, path);
}

/** The real server's refusal of an object without a required field. */
export function missing(path: string): Refusal {
  return {
    code: "missing_required_parameter",
    message: `Missing required parameter: '${path}'.`,
    param: path,
  };
}

/** The real server's refusal of a field that it does not know. */
export function unknownParameter(path: string): Refusal {
  return { code: "unknown_parameter", message: `Unknown parameter: '${path}'.`, param: path };
}

function notSupported(value: unknown, path: string, allowed: readonly string[]): Refusal {
  const names = allowed.map((name) => `'${name}'`).join(", ");
  return {
    code: "invalid_value",
    message: `Invalid value: ${quote(value)}. Supported values are: ${names}.`,
    param: path,
  };
}

function wrongType(value: unknown, path: string, expected: string): Refusal {
  return {
    code: "invalid_type",
    message: `Invalid type for '${path}': expected ${expected}, but got ${kindOf(value)} instead.`,
    param: path,
  };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function quote(value: unknown): string {
  return typeof value === "string" ? `'${value.slice(0, 100)}'` : kindOf(value);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
