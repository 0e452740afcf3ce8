import { ToolError } from "../tool.ts";

/** What a service has answered, as far as a model can read it. */
export interface HttpAnswer {
  readonly text: string;
  /** Whether the text is all of it. */
  readonly isComplete: boolean;
}

/**
 * Reads the text of an answer, at most so many bytes of it. Throws a `ToolError` for a web page, which is
 * made for people, and for what is no text.
 */
export async function readHttpAnswer(response: Response, maxBytes: number): Promise<HttpAnswer> {
  const contentType = (response.headers.get("content-type") ?? "").slice(0, 500).toLowerCase();
  const refusal = refusalOf(contentType);
  if (refusal !== undefined) {
    await response.body?.cancel();
    throw refusal;
  }
  const decoder = decoderFor(contentType);
  let text = "";
  let bytes = 0;
  let isComplete = true;
  // Leaving the loop early cancels the rest.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    const part = decoder.decode(chunk, { stream: true });
    // Images, audio and archives contain NUL; text does not. A service may send byte by byte: only what is
    // new is looked at.
    if (part.includes("\0")) throw notText();
    text += part;
    isComplete = bytes <= maxBytes;
    if (!isComplete) break;
  }
  if (/^\s*<(?:!doctype html|html)[\s>]/i.test(text)) throw webPage();
  return { text, isComplete };
}

function refusalOf(contentType: string): ToolError | undefined {
  if (/^(?:text\/html|application\/xhtml)/.test(contentType)) return webPage();
  if (/^(?:image|audio|video|font)\/|^application\/(?:pdf|zip|gzip)/.test(contentType)) {
    return notText();
  }
  return undefined;
}

function webPage(): ToolError {
  return new ToolError(
    "web_page",
    "The service answered with a web page and not with data: it cannot help now.",
    { isFault: true },
  );
}

function notText(): ToolError {
  return new ToolError("not_text", "The service answered with something that is not text.", {
    isFault: true,
  });
}

function decoderFor(contentType: string): TextDecoder {
  const [, charset = "utf-8"] = /;\s*charset="?([^\s";]+)/.exec(contentType) ?? [];
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
