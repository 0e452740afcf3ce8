import { TwilioProblem } from "../../services/twilioOutbound.ts";
import type { Terminal } from "../terminal.ts";
import { ConnectMemoryError } from "./connectMemory.ts";
import { problemLine } from "./problemLine.ts";

/** Says what went wrong, and what helps. Throws what is neither a problem of Twilio's nor of the file. */
export function tellProblem(error: unknown, print: Terminal["print"]): void {
  if (error instanceof ConnectMemoryError) return print(error.message);
  if (!(error instanceof TwilioProblem)) throw error;
  print(problemLine(error));
  const host = barredHost(error);
  print(
    host === undefined
      ? ADVICE[error.code] ?? "Run the command again: it goes on from here."
      : `It was not permitted: add ${host} to --allow-net of the task "connect" in deno.json.`,
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  provider_credentials:
    "Correct TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in .env, as Twilio's console shows them. A restricted API key must be allowed to change phone numbers.",
};

/** The host that this process may not connect to, where that is why Twilio was not reached. */
function barredHost({ cause }: TwilioProblem): string | undefined {
  if (!(cause instanceof Deno.errors.NotCapable)) return undefined;
  return /net access to "([^"]+)"/.exec(cause.message)?.[1];
}
