import type { Settings } from "../../config/settings.ts";
import { fixOf } from "./fixOf.ts";
import type { Finding } from "./setupCheck.ts";

/** What the operator should look at in settings that can be used all the same. */
export function settingFindings({ hints }: Pick<Settings, "hints">): readonly Finding[] {
  return hints.flatMap(({ code, ...hint }): readonly Finding[] => {
    switch (code) {
      // Said of the keys.
      case "keys_see_own_calls":
        return [];
      case "setting_misspelt":
        return [{
          code,
          state: "warning",
          ...hint,
          remedy: "Write {meant} in place of {name} in .env, and start the server again.",
          fix: fixOf("rename_setting", hint.values),
        }];
      case "setting_limit_off":
        return [{
          code,
          state: "warning",
          ...hint,
          remedy: "Set {name} to an amount, or leave it out for the usual one.",
        }];
    }
  });
}
