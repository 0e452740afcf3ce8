import { boundedText } from "../utils/http/boundedText.ts";
import { isRecord } from "../utils/isRecord.ts";

/** What listens on a port of this machine, in words; it is asked, and has `ANSWER_MS` to answer. */
export async function describePortHolder(port: number): Promise<string> {
  try {
    const url = `http://127.0.0.1:${port}/health`;
    const response = await fetch(url, {
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: "manual",
    });
    const answer: unknown = JSON.parse(await boundedText(response, MAX_BYTES) ?? "null");
    if (!isRecord(answer)) return OTHER;
    // Twilio's answer to a request without a password.
    if (answer["code"] === 20003) return 'another "deno task phone"';
    return "uptimeSeconds" in answer ? "a Parley server" : OTHER;
  } catch {
    return OTHER;
  }
}

const ANSWER_MS = 5000;
const MAX_BYTES = 64 * 1024;
const OTHER = "another program";
