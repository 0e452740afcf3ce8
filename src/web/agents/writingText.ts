import { t } from "../text.ts";
import type { Writing } from "./agentTypes.ts";

/** Why agents cannot be changed here, and how they could be; empty where they can. */
export function writingText(writing: Writing | "scope_missing", folder: string): string {
  switch (writing) {
    case "allowed":
      return "";
    case "scope_missing":
      return t("To see and change the files of agents takes a key with the scope admin.");
    case "read_only":
      return t("The folder {folder} is read-only: change the file where it comes from.", {
        folder,
      });
    case "not_permitted":
      return t(
        "To change agents here, add {folder} to the list write of permissions.server in deno.json and start the server again. Until then, change the file itself: the next call uses it.",
        { folder },
      );
  }
}
