import { z } from "zod";
import type { ToolModule } from "../../../config/toolModule.ts";
import { toolOptionsShape } from "../../../config/toolOptionsSchema.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { nearestWord } from "../../../utils/nearestWord.ts";
import { type Tool, type ToolContext, ToolError } from "../tool.ts";
import { type ToolOptions, withEntry } from "../toolOptions.ts";

/** Makes a tool of what a file exports. Throws, with the file's name, where that is no tool. */
export function createTypescriptTool(
  name: string,
  { file, exported }: Pick<ToolModule, "file" | "exported">,
): Tool {
  try {
    const { description, input, options, run, details } = read(name, exported);
    return {
      name,
      kind: "typescript",
      source: file,
      description,
      parameters: schemaOf(input),
      options,
      details: { file, ...details },
      async run(args, context) {
        const parsed = await input.safeParseAsync(args);
        if (!parsed.success) throw unfit(parsed.error.issues);
        return { output: await run(parsed.data, callContext(context)) };
      },
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it is no tool";
    throw new TypeError(`${file}: ${reason}`, { cause });
  }
}

interface ReadDefinition {
  readonly description: string;
  readonly input: z.ZodType;
  readonly options: ToolOptions;
  readonly details: Readonly<Record<string, unknown>>;
  run(input: unknown, context: unknown): unknown;
}

const optionsSchema = z.object({
  readOnly: z.boolean().optional(),
  title: toolOptionsShape.title,
  say: toolOptionsShape.say,
  async: toolOptionsShape.async,
  confirm: toolOptionsShape.confirm,
  afterHeard: toolOptionsShape.after_heard,
  timeoutMs: toolOptionsShape.timeout_ms,
  fillerAfterMs: toolOptionsShape.filler_after_ms,
  redact: toolOptionsShape.redact,
  maxResultChars: toolOptionsShape.max_result_chars,
  once: toolOptionsShape.once,
});

const KNOWN = new Set([
  ...["name", "description", "input", "run"],
  ...Object.keys(optionsSchema.shape),
]);

function read(fileName: string, exported: unknown): ReadDefinition {
  if (exported === undefined) {
    throw new TypeError("it has no default export: write export default defineTool({ ... })");
  }
  if (!isRecord(exported)) {
    throw new TypeError("its default export is no tool: write export default defineTool({ ... })");
  }
  const { name, description, input, run } = exported;
  const stray = Object.keys(exported).find((key) => !KNOWN.has(key));
  if (stray !== undefined) {
    throw new TypeError(`${stray} is not known in defineTool${meant(stray)}`);
  }
  if (name !== undefined && name !== fileName) {
    throw new TypeError(`its name is ${shown(name)}, but the file is called ${fileName}.ts`);
  }
  if (typeof description !== "string" || description === "" || description.length > 1000) {
    throw new TypeError("description must be a text of 1 to 1000 characters");
  }
  if (!isSchema(input)) throw new TypeError("input must be a schema such as z.object({ ... })");
  if (typeof run !== "function") throw new TypeError("run must be a function");
  const options = optionsSchema.safeParse(exported);
  if (!options.success) {
    const [issue] = options.error.issues;
    throw new TypeError(`${issue?.path.join(".")} ${issue?.message}`);
  }
  const { readOnly = false, afterHeard, timeoutMs, fillerAfterMs, maxResultChars, ...rest } =
    options.data;
  return {
    description,
    input,
    options: withEntry({ once: !readOnly }, {
      ...rest,
      after_heard: afterHeard,
      timeout_ms: timeoutMs,
      filler_after_ms: fillerAfterMs,
      max_result_chars: maxResultChars,
    }),
    details: { readOnly },
    run: (args, context) => Reflect.apply(run, exported, [args, context]),
  };
}

function meant(key: string): string {
  const nearest = nearestWord(key, KNOWN);
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}

/** By its shape: a tool may bring a zod of its own. */
function isSchema(value: unknown): value is z.ZodType {
  return typeof value === "object" && value !== null && "_zod" in value &&
    "safeParseAsync" in value && typeof value.safeParseAsync === "function";
}

function schemaOf(input: z.ZodType): Readonly<Record<string, unknown>> {
  try {
    return z.toJSONSchema(input, { io: "input", target: "draft-2020-12" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown";
    throw new TypeError(`input has no form that a model can fill in: ${reason}`, { cause });
  }
}

function callContext({ onRequest: _, onFault: __, ...context }: ToolContext) {
  return { ...context, timeZone: context.timeZone ?? "UTC" };
}

const MAX_ISSUES = 5;

function unfit(issues: readonly z.core.$ZodIssue[]): ToolError {
  const sentences = issues.slice(0, MAX_ISSUES).map(({ path, message }) =>
    `${path.length === 0 ? "the object" : `"${path.join(".")}"`}: ${message}`
  );
  return new ToolError(
    "invalid_arguments",
    `The arguments do not fit: ${sentences.join("; ").slice(0, 1000)}.`,
  );
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 40) ?? "unknown";
}
