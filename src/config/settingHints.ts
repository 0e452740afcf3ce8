import { allows } from "../utils/auth.ts";
import type { Sentence } from "../utils/sentence.ts";
import type { Settings } from "./settings.ts";
import type { Environment } from "./settingReader.ts";
import { suggestSetting } from "./settingNames.ts";

/** What the operator should look at, in settings that can be used all the same; `off` are limits without a value. */
export function settingHints(
  environment: Environment,
  access: Pick<Settings, "server"> & { readonly signIn: Settings["signIn"] | undefined },
  off: readonly string[],
): readonly Sentence[] {
  return [...misspellings(environment), ...adminHint(access), ...off.map(offHint)];
}

function offHint(name: string): Sentence {
  return {
    text: "{name} is off: only the other limits bound what calls may cost.",
    values: { name },
  };
}

function misspellings(
  environment: Environment,
): readonly Sentence[] {
  return Object.keys(environment).flatMap((name) => {
    const meant = suggestSetting(name);
    if (meant === undefined || (environment[meant] ?? "") !== "") return [];
    return [{
      text: "{name} is not a setting: did you mean {meant}?",
      values: { name: name.slice(0, 80), meant },
    }];
  });
}

/** By default a key sees its own calls only. */
function adminHint(
  { server: { apiKeys }, signIn }: Parameters<typeof settingHints>[1],
): readonly Sentence[] {
  // Each role of people who sign in reads them.
  if (signIn !== undefined) return [];
  if (apiKeys.length === 0 || apiKeys.some(({ scopes }) => allows(scopes, "calls:all"))) return [];
  return [{
    text:
      "None of API_KEYS sees all calls, so no key can read inbound calls: write ;role=viewer after one of them, or ;role=admin for a key that may do all.",
  }];
}
