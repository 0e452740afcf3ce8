import type { Finding } from "../setupCheck.ts";
import type { EnvFileState } from "./envFile.ts";

/** Why a file of settings that is there has no effect; undefined where it has. */
export function envFileFault(found: EnvFileState): Finding | undefined {
  if (found.state === "unreadable") {
    return {
      code: "env_file_unreadable",
      state: "broken",
      text: "The file .env cannot be read: none of its settings has an effect.",
      remedy: "Make it a file that the user of the server may read, and start the server again.",
    };
  }
  if (found.state !== "garbled") return undefined;
  const { line } = found;
  if (found.is === "nul") {
    return {
      code: "env_file_unreadable",
      state: "broken",
      text: "Line {line} of .env has a NUL character: this setting and those below have no effect.",
      remedy: "Write the line anew, and start the server again.",
      values: { line },
    };
  }
  return {
    code: "env_file_unreadable",
    state: "broken",
    text: "Line {line} of .env is not UTF-8: none of the settings in the file has an effect.",
    remedy: "Save the file in UTF-8, or write the line anew, and start the server again.",
    values: { line },
  };
}
