import { keyHint } from "./keyHint.ts";
import type { SettingHint, Settings } from "./settings.ts";
import type { Environment } from "./settingReader.ts";
import { suggestSetting } from "./settingNames.ts";

/** What the operator should look at, in settings that can be used all the same; `off` are limits without a value. */
export function settingHints(
  environment: Environment,
  access: Pick<Settings, "server"> & { readonly signIn: Settings["signIn"] | undefined },
  off: readonly string[],
): readonly SettingHint[] {
  return [...misspellings(environment), ...keyHint(access), ...off.map(offHint)];
}

function offHint(name: string): SettingHint {
  return {
    code: "setting_limit_off",
    text: "{name} is off: only the other limits bound what calls may cost.",
    values: { name },
  };
}

function misspellings(
  environment: Environment,
): readonly SettingHint[] {
  return Object.keys(environment).flatMap((name) => {
    const meant = suggestSetting(name);
    if (meant === undefined || (environment[meant] ?? "") !== "") return [];
    return [{
      code: "setting_misspelt",
      text: "{name} is not a setting: did you mean {meant}?",
      values: { name: name.slice(0, 80), meant },
    }];
  });
}
