/** The code in a JSON text such as `{"error": "Sentence.", "code": "word"}`; undefined for anything else. */
export function errorCodeIn(text: string): string | undefined {
  if (!text.startsWith("{") || text.length > MAX_CHARS) return undefined;
  try {
    const { error, code } = JSON.parse(text);
    return typeof error === "string" && typeof code === "string" ? code : undefined;
  } catch {
    return undefined;
  }
}

const MAX_CHARS = 20_000;
