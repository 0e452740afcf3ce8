import { fillSentence } from "../../../utils/sentence.ts";
import { readEnvFile } from "./envFile.ts";
import { envFileFault } from "./envFileFault.ts";

/**
 * A line for whoever starts a process with `.env`, where the file has no effect; undefined where it has. Deno says
 * nothing of a file that it cannot read: limits and keys in it would be missing in silence.
 */
export async function envFileWarning(): Promise<string | undefined> {
  const fault = envFileFault(await readEnvFile());
  return fault && `  ! ${fillSentence(fault)}`;
}
