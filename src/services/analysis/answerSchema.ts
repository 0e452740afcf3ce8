import type { AgentAnalysis, AnalysisField } from "../../config/analysisSchema.ts";
import { criterionResults } from "../store.ts";

/** A JSON Schema, in the subset that strict outputs take. */
export type AnswerSchema = Readonly<Record<string, unknown>>;

/** The form of the answer that an agent's analysis asks for. */
export function answerSchema({ summary, fields, success }: AgentAnalysis): AnswerSchema {
  return closed({
    ...(summary !== false && { summary: { type: "string" } }),
    ...(Object.keys(fields).length > 0 && { fields: closed(mapped(fields, fieldAnswer)) }),
    ...(Object.keys(success).length > 0 && { success: closed(mapped(success, criterionAnswer)) }),
  });
}

const line = {
  type: ["integer", "null"],
  description: "Number of the line of the record that shows it; null where none does",
};

function fieldAnswer({ type, description, enum: choices }: AnalysisField): AnswerSchema {
  const value = {
    type: [type === "date" ? "string" : type, "null"],
    description: type === "date" ? `${description} (a date as YYYY-MM-DD)` : description,
    ...(choices && { enum: [...choices, null] }),
  };
  return closed({ value, line });
}

function criterionAnswer(criterion: string): AnswerSchema {
  return closed({
    result: { type: "string", enum: [...criterionResults], description: criterion },
    reason: { type: "string", description: "One short sentence" },
    line,
  });
}

/** Every property is given, null where there is nothing: strict outputs know no other form. */
function closed(properties: Readonly<Record<string, unknown>>): AnswerSchema {
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

function mapped<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
