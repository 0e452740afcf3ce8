import { fixOf } from "./fixOf.ts";
import type { Finding } from "./setupCheck.ts";

/** What lets the server connect to a host, which is the `host` of the finding's values. */
export function allowHost(host: string): Required<Pick<Finding, "remedy" | "fix">> {
  return {
    remedy: 'Add "{host}" to "net" of permissions.server in deno.json, and start it again.',
    fix: fixOf("allow_host", { host }),
  };
}
