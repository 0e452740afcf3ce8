import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";

/** A request for a completion, as far as the endpoint understands it. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly format: "json_schema" | "json_object" | "text";
  /** The JSON Schema of the answer, from the request or from its first message. */
  readonly schema: unknown;
}

/** Undefined for what is no request. */
export function readChatRequest(value: unknown): ChatRequest | undefined {
  if (!isRecord(value) || typeof value["model"] !== "string") return undefined;
  const { model, messages: given } = value;
  if (!Array.isArray(given)) return undefined;
  const messages = given.flatMap((message: unknown) =>
    isRecord(message) && typeof message["role"] === "string" &&
      typeof message["content"] === "string"
      ? [{ role: message["role"], content: message["content"] }]
      : []
  );
  const format = isRecord(value["response_format"]) ? value["response_format"] : {};
  const named = isRecord(format["json_schema"]) ? format["json_schema"]["schema"] : undefined;
  return {
    model,
    messages,
    format: format["type"] === "json_schema"
      ? "json_schema"
      : format["type"] === "json_object"
      ? "json_object"
      : "text",
    schema: named ?? schemaIn(messages[0]?.content ?? ""),
  };
}

/** A prompt that names a schema ends with it. */
function schemaIn(prompt: string): unknown {
  const from = prompt.lastIndexOf("\n{");
  return from < 0 ? undefined : jsonOrUndefined(prompt.slice(from + 1));
}
