import { OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { NAME } from "../../config/names.ts";
import type { CallerEnv } from "../middleware/access.ts";
import { fillSentence, type Sentence } from "../../utils/sentence.ts";
import { type FieldProblem, fieldProblem, HttpProblem } from "../middleware/httpProblem.ts";

/** Creates routes that refuse invalid requests with 422. */
export function apiRoutes(): OpenAPIHono<CallerEnv> {
  return new OpenAPIHono<CallerEnv>({ defaultHook: refuseInvalid });
}

/** The `content` of a JSON body, for `createRoute`. */
export const json = <Schema>(schema: Schema) => ({ "application/json": { schema } });

/** An answer with a JSON body, for the `responses` of `createRoute`. */
export const answer = <Schema>(description: string, schema: Schema) => ({
  description,
  content: json(schema),
});

/** The shape of every error. */
const errorAnswer = z.object({
  error: z.string(),
  code: z.string(),
  requestId: z.string(),
  template: z.string().optional().openapi({
    description: "The sentence with `{name}` for each of its values, where it has some",
    example: "Too many requests: wait {seconds} s.",
  }),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional().openapi({
    example: { seconds: 5 },
  }),
  details: z.unknown().optional(),
}).openapi("Error");

/** The error answers that every route may give. */
export const errorAnswers = {
  "4XX": answer("The request is refused", errorAnswer),
  "5XX": answer("The request failed", errorAnswer),
} satisfies RouteConfig["responses"];

z.config({
  customError: (issue) => {
    if (issue.code === "invalid_type" && issue.input === undefined) return "is missing";
    const sentence = zodSentence(issue);
    return sentence && fillSentence(sentence);
  },
});

/** Throws a 422 `HttpProblem` for what a schema refused. */
function refuseInvalid(result: Validation): void {
  if (result.success) return;
  throw invalidRequest(result.error?.issues ?? []);
}

/** The answer for what a schema refused; `under` is where in the request it was. */
export function invalidRequest(
  issues: readonly Issue[],
  under: readonly string[] = [],
): HttpProblem {
  const details = issues.slice(0, 20).flatMap(innermost)
    .map((issue) => problemOf(issue, [...under, ...issue.path.map(String)].join(".")));
  return new HttpProblem(422, "invalid_request", "The request is not valid: see details.", {
    details,
  });
}

function problemOf(issue: Issue, path: string): FieldProblem {
  const zods = zodSentence(issue);
  return zods !== undefined && fillSentence(zods) === issue.message
    ? fieldProblem(path, zods.text, zods.values)
    : fieldProblem(path, issue.message);
}

/** In the place of Zod's own words, in the form of the schemas' messages: what a field must be. */
function zodSentence({ code, expected, values }: ZodFault): Sentence | undefined {
  if (code === "invalid_type" && expected !== undefined) {
    const type = expected === "record" ? "object" : expected;
    return { text: "must be of type {type}", values: { type } };
  }
  return code === "invalid_value" && values !== undefined
    ? { text: "must be one of {names}", values: { names: values.join(", ") } }
    : undefined;
}

/** The issues of the one variant of a union that the value resembles, else the issue itself. */
function innermost(issue: Issue): readonly Issue[] {
  const meant = issue.errors?.find((form) => form.every(({ path }) => path.length > 0));
  return meant?.slice(0, 20).map((each) => ({ ...each, path: [...issue.path, ...each.path] })) ??
    [issue];
}

interface Validation {
  readonly success: boolean;
  readonly error?: { readonly issues: readonly Issue[] };
}

interface ZodFault {
  readonly code?: string | undefined;
  readonly expected?: string | undefined;
  readonly values?: readonly unknown[];
}

interface Issue extends ZodFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** One list for each variant of a union. */
  readonly errors?: readonly (readonly Issue[])[];
}

/** A whole number in a query. */
export function wholeNumber({ min, max, fallback }: {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d{1,9}$/, message).transform(Number).pipe(
    z.number().min(min, message).max(max, message),
  ).default(fallback).openapi({ type: "integer", minimum: min, maximum: max, default: fallback });
}

/** A moment in a query, as a date or as a date and time with its zone; in milliseconds since 1970. */
export const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "must be a date such as 2027-01-31, or a time such as 2027-01-31T09:00:00Z",
}).transform((text) => Date.parse(text)).openapi({
  type: "string",
  format: "date-time",
  example: "2027-01-31T09:00:00Z",
});

/** A moment in an answer. */
export const time = z.iso.datetime().openapi({ example: "2027-01-31T09:00:00.000Z" });

export const wholeMs = z.number().openapi({ description: "Milliseconds", example: 840 });

export const agentName = z.string().regex(
  NAME,
  "must be an agent's name",
);

/** The version of an agent's file. */
export const agentVersion = z.string().regex(
  /^[0-9a-f]{12}$/,
  "must be a version: 12 hexadecimal digits",
);

/** A phone number, whether it may be dialled or not. */
export const e164 = z.string().regex(
  /^\+[1-9]\d{6,14}$/,
  "must be in E.164 form, such as +14155550123",
);

/** The name of an API key, or of a person who signs in. */
export const callerName = z.string().regex(
  /^(?:[A-Za-z0-9_-]{1,100}|sub:[\w.|-]{1,100}|[^\s@,;:"'<>()[\]\\*]{1,64}@[a-z0-9.-]{1,190})$/,
  "must be the name of an API key, or the address of a person",
);

/** The name of an API key. */
export const keyName = z.string().regex(
  /^[A-Za-z0-9_-]{1,100}$/,
  "must be the name of an API key",
);

/** `true` or `false` in a query; may be left out. */
export const optionalFlag = (description: string) =>
  z.enum(["true", "false"]).optional().openapi({ description });

/** The id of a call, in a path. */
export const callIdParam = z.object({
  id: z.string().regex(/^call_[0-9a-z]{1,64}$/, "must be call_ and what follows").openapi({
    example: "call_01k9x2m3p4q5r6s7t8v9w0x1y2",
  }),
});
