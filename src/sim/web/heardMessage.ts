import { bytesOfBase64 } from "../../utils/bytesOfBase64.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";
import { present } from "../../utils/present.ts";

/** A message of the server's that matters to a person at a page, with its sound as bytes. */
export type HeardMessage =
  | { readonly type: "ready"; readonly callId: string }
  | { readonly type: "speech"; readonly itemId: string; readonly fromMs?: number }
  | {
    readonly type: "audio";
    readonly itemId: string;
    readonly fromMs?: number;
    readonly audio: Uint8Array<ArrayBuffer>;
  }
  | { readonly type: "clear" }
  | { readonly type: "ping" };

/** A text message of the server's; undefined for others, and for malformed ones. */
export function heardMessage(text: string): HeardMessage | undefined {
  const value = jsonOrUndefined(text);
  if (!isRecord(value)) return undefined;
  const { type, callId, itemId, fromMs, payload } = value;
  if (type === "clear" || type === "ping") return { type };
  if (type === "ready") return typeof callId === "string" ? { type, callId } : undefined;
  if (type !== "speech" && type !== "audio" || typeof itemId !== "string") return undefined;
  if (fromMs !== undefined && (typeof fromMs !== "number" || fromMs < 0)) return undefined;
  if (type === "speech") return { type, itemId, ...present({ fromMs }) };
  const audio = typeof payload === "string" ? bytesOfBase64(payload) : undefined;
  return audio && { type, itemId, ...present({ fromMs }), audio };
}
