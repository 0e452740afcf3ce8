import { resolve } from "node:path";
import type { MayUse } from "../../services/setup.ts";
import { readJsonArray } from "./jsonArray.ts";

/**
 * What the server may read and write, by the text of `deno.json`: this command itself may more. Everything where
 * the file does not say.
 */
export function mayUseBy(denoJson: string | undefined): MayUse {
  const rights = { read: allowedBy(denoJson, "read"), write: allowedBy(denoJson, "write") };
  return (right, path) => {
    const wanted = resolve(path);
    return rights[right]?.some((folder) =>
      wanted === resolve(folder) || wanted.startsWith(`${resolve(folder)}/`)
    ) ?? true;
  };
}

function allowedBy(denoJson: string | undefined, right: "read" | "write") {
  try {
    return readJsonArray(denoJson ?? "", ["permissions", "server", right]);
  } catch {
    return undefined;
  }
}
