import { HttpProblem } from "./httpProblem.ts";

type TranscriptFormat = "json" | "vtt" | "text";

/**
 * The transcript format that an `Accept` header prefers; JSON without a preference. Throws a 406
 * `HttpProblem` where it accepts none.
 */
export function acceptedFormat(accept: string | undefined): TranscriptFormat {
  const wanted = (accept ?? "*/*").slice(0, 1000).split(",").map((range) => {
    const [type = "", ...parameters] = range.toLowerCase().split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { type, weight: Number(weight) };
  }).filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  for (const { type } of wanted) {
    const format = formats.get(type);
    if (format !== undefined) return format;
  }
  throw new HttpProblem(
    406,
    "not_acceptable",
    "Transcripts come as application/json, text/vtt or text/plain.",
  );
}

const formats: ReadonlyMap<string, TranscriptFormat> = new Map(Object.entries(
  {
    "*/*": "json",
    "application/*": "json",
    "application/json": "json",
    "text/vtt": "vtt",
    "text/*": "text",
    "text/plain": "text",
    // For a person who opens the address in a browser.
    "text/html": "text",
  } as const,
));
