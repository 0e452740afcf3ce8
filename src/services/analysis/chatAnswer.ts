import { z } from "zod";
import { parseBoundedJson } from "../../utils/http/boundedJson.ts";
import { present } from "../../utils/present.ts";
import type { TextUsage } from "../spending.ts";

/** Reasons are snake_case words, free of private data. */
export type ChatAnswer =
  | { readonly ok: true; readonly text: string; readonly usage: TextUsage | undefined }
  | {
    readonly ok: false;
    readonly reason: string;
    /** `final`: the same request would fail again. `endpoint`: something is wrong with all requests. */
    readonly kind: "endpoint" | "answer" | "final" | "aborted";
    readonly retryAfterMs?: number;
    readonly usage?: TextUsage;
  };

const count = z.number().int().nonnegative().max(1e9);
const completion = z.object({
  choices: z.array(z.object({
    message: z.object({
      content: z.union([
        z.string(),
        z.array(z.object({ type: z.string(), text: z.string().optional() })),
      ]).nullish(),
      refusal: z.string().nullish(),
    }),
    finish_reason: z.string().nullish(),
  })).min(1),
  usage: z.object({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
  }).nullish().catch(undefined),
});

/** Reads the body of a chat completion. */
export function readChatAnswer(body: string): ChatAnswer {
  const { data } = completion.safeParse(parsed(body));
  const [choice] = data?.choices ?? [];
  if (data === undefined || choice === undefined) {
    // A page of a proxy, an error with status 200, something that is no completion.
    const reason = body.trimStart().startsWith("<") ? "answer_html" : "answer_unreadable";
    return { ok: false, reason, kind: "endpoint" };
  }
  const usage = usageOf(data.usage);
  const { message: { content, refusal }, finish_reason: finish } = choice;
  if (typeof refusal === "string" && refusal !== "" || finish === "content_filter") {
    return { ok: false, reason: "refused", kind: "final", ...present({ usage }) };
  }
  const text = typeof content === "string"
    ? content
    : (content ?? []).map((part) => part.text ?? "").join("");
  if (finish === "length") {
    return { ok: false, reason: "answer_cut_off", kind: "answer", ...present({ usage }) };
  }
  if (text.trim() === "") {
    return { ok: false, reason: "answer_empty", kind: "answer", ...present({ usage }) };
  }
  return { ok: true, text, usage };
}

/** The JSON of an answer, also where it stands in a block of code; undefined where there is none. */
export function jsonIn(text: string): unknown {
  const whole = parsed(text);
  if (whole !== undefined) return whole;
  const [from, to] = [text.indexOf("{"), text.lastIndexOf("}")];
  return from < 0 || to < from ? undefined : parsed(text.slice(from, to + 1));
}

function parsed(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}

function usageOf(usage: z.infer<typeof completion>["usage"]): TextUsage | undefined {
  return usage == null ? undefined : {
    inputTokens: usage.prompt_tokens,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage.completion_tokens,
  };
}
