import { ToolError } from "../tool.ts";

/** Reads the text of an answer, its first 64 KB; throws a `ToolError` for what is no text. */
export async function readHttpAnswer(response: Response): Promise<string> {
  const decoder = decoderFor(response.headers.get("content-type") ?? "");
  let text = "";
  let bytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (bytes >= MAX_BYTES || text.includes("\0")) break;
  }
  // Images, audio and archives contain NUL; text does not.
  if (text.includes("\0")) {
    throw new ToolError("not_text", "The service answered with something that is not text.");
  }
  return text;
}

const MAX_BYTES = 64 * 1024;

function decoderFor(contentType: string): TextDecoder {
  const [, charset = "utf-8"] = /;\s*charset="?([^\s";]+)/i.exec(contentType.slice(0, 500)) ?? [];
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
