import { HttpProblem } from "./errors.ts";

export type TranscriptFormat = "json" | "vtt" | "text";

/**
 * The format that an `Accept` header prefers. Throws a 406 `HttpProblem` for one that takes none of
 * them; without a preference it is JSON.
 */
export function acceptedFormat(accept: string | undefined): TranscriptFormat {
  const wanted = (accept ?? "*/*").slice(0, 1000).split(",").map((range) => {
    const [type = "", ...parameters] = range.toLowerCase().split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { type, weight: Number(weight) };
  }).filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  for (const { type } of wanted) {
    const format = formats[type];
    if (format !== undefined) return format;
  }
  throw new HttpProblem(
    406,
    "not_acceptable",
    "Transcripts come as application/json, text/vtt or text/plain.",
  );
}

const formats: Readonly<Record<string, TranscriptFormat | undefined>> = {
  "*/*": "json",
  "application/*": "json",
  "application/json": "json",
  "text/vtt": "vtt",
  "text/*": "text",
  "text/plain": "text",
  // A browser that is pointed here wants to read.
  "text/html": "text",
};
