import { z } from "zod";
import { isRecord } from "../utils/isRecord.ts";
import { nearestWord } from "../utils/nearestWord.ts";
import { schemaProblems } from "./schemaProblems.ts";

/**
 * A map that is told by one of its keys, or a text where `text` is given: the problems are those of the form
 * that was meant, at their places.
 */
export function oneByKey<Forms extends Readonly<Record<string, z.ZodType>>>(
  forms: Forms,
): z.ZodType<z.output<Forms[keyof Forms]>>;
export function oneByKey<Text extends z.ZodType, Forms extends Readonly<Record<string, z.ZodType>>>(
  forms: Forms,
  text: Text,
): z.ZodType<z.output<Text> | z.output<Forms[keyof Forms]>>;
export function oneByKey(
  forms: Readonly<Record<string, z.ZodType>>,
  text?: z.ZodType,
): z.ZodType {
  const names = Object.keys(forms);
  return z.unknown().transform((value, context) => {
    if (text !== undefined && typeof value === "string") return within(text, value, context);
    const keys = isRecord(value) ? Object.keys(value) : [];
    const form = forms[names.find((name) => keys.includes(name)) ?? ""];
    if (form !== undefined) return within(form, value, context);
    const [near] = keys.flatMap((key) => nearestWord(key, names) ?? []);
    context.addIssue({
      code: "custom",
      message: `must be ${text === undefined ? "" : "a text, or "}a map with one of ${
        names.join(", ")
      }`,
      ...(near !== undefined && { params: { nearest: near } }),
    });
    return z.NEVER;
  });
}

function within(schema: z.ZodType, value: unknown, context: z.RefinementCtx): unknown {
  const { error, data } = schema.safeParse(value);
  if (error === undefined) return data;
  for (const { path = "", message, nearest } of schemaProblems(schema, error.issues, value)) {
    context.addIssue({
      code: "custom",
      path: path === "" ? [] : path.split("."),
      message,
      ...(nearest !== undefined && { params: { nearest } }),
    });
  }
  return z.NEVER;
}
