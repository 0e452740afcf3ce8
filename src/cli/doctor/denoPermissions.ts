import { resolve } from "node:path";
import { isRecord } from "../../utils/isRecord.ts";
import type { MayUse } from "../../services/setup.ts";

/**
 * What the server may read and write, by the text of `deno.json`: this command itself may more. Everything where
 * the file does not say.
 */
export function mayUseBy(denoJson: string | undefined): MayUse {
  const rights = serverRights(denoJson);
  return (right, path) => {
    const allowed = rights?.[right];
    if (!Array.isArray(allowed)) return true;
    const wanted = resolve(path);
    return allowed.some((folder) =>
      typeof folder === "string" &&
      (wanted === resolve(folder) || wanted.startsWith(`${resolve(folder)}/`))
    );
  };
}

function serverRights(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const config: unknown = JSON.parse(text ?? "");
    const sets = isRecord(config) ? config["permissions"] : undefined;
    const server = isRecord(sets) ? sets["server"] : undefined;
    return isRecord(server) ? server : undefined;
  } catch {
    // With comments, or not there.
    return undefined;
  }
}
