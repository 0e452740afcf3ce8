import { type JsonObject } from "./wire.ts";
import { isRecord } from "../../utils/isRecord.ts";

/** The event under the names of the beta API, or undefined where the beta had none. */
export function toBetaNames(event: JsonObject & { readonly type: string }): JsonObject | undefined {
  if (event.type === "conversation.item.done") return undefined;
  const type = renamed[event.type] ?? event.type.replace("response.output_", "response.");
  const item = isRecord(event.item) ? { item: withOldParts(event.item) } : {};
  return { ...event, ...item, type: keptNames.has(event.type) ? event.type : type };
}

const renamed: Readonly<Record<string, string>> = {
  "conversation.item.added": "conversation.item.created",
};

const keptNames: ReadonlySet<string> = new Set([
  "response.output_item.added",
  "response.output_item.done",
]);

const oldParts: Readonly<Record<string, string>> = { output_audio: "audio", output_text: "text" };

function withOldParts(item: JsonObject): JsonObject {
  if (!Array.isArray(item.content)) return item;
  const content = item.content.map((part: JsonObject) =>
    typeof part.type === "string" ? { ...part, type: oldParts[part.type] ?? part.type } : part
  );
  return { ...item, content };
}
