import { nearestSetting, settingNames, suggestSetting } from "../../config/settingNames.ts";
import type { Settings } from "../../config/settings.ts";
import { type Fix, type FixCode, pathFindings, type SetupCheck } from "../../services/setup.ts";

/**
 * A check with the fix that this command makes: whoever answers on the server's port chooses among the changes, and
 * neither what is written nor what the operator is asked. A fix whose values are of no use here is left out.
 */
export function withOwnFix(
  { fix, ...check }: SetupCheck,
  settings: Settings | undefined,
): SetupCheck {
  if (fix === undefined) return check;
  const { code, values = {} } = fix;
  const own = ownFixes[code]((name) => String(values[name] ?? ""), settings);
  return own === undefined ? check : { ...check, fix: { code, ...own } };
}

type OwnFix = (
  value: (name: string) => string,
  settings: Settings | undefined,
) => Omit<Fix, "code"> | undefined;

const ownFixes: Readonly<Record<FixCode, OwnFix>> = {
  create_env_file: () => ({ text: "Copy .env.example to .env, readable by you alone." }),
  protect_env_file: () => ({ text: "Let the owner of .env alone read it (chmod 600)." }),
  rename_setting(value) {
    const [name, meant, line] = [value("name"), value("meant"), value("line")];
    const suggested = [nearestSetting(name), suggestSetting(name)].some((it) => it === meant);
    if (!suggested || !/^[A-Za-z_][\w.]{0,79}$/.test(name)) return undefined;
    return /^\d{1,6}$/.test(line)
      ? {
        text: "Write {meant} in place of {name} in line {line} of .env.",
        values: { name, meant, line },
      }
      : { text: "Write {meant} in place of {name} in .env.", values: { name, meant } };
  },
  allow_variable(value) {
    const name = settingNames.find((it) => it === value("name"));
    return name && {
      text: 'Add "{name}" to env.allow of permissions.server in deno.json.',
      values: { name },
    };
  },
  allow_host(value) {
    const host = value("host");
    if (host.length > 260 || !HOST.test(host)) return undefined;
    return {
      text: 'Add "{host}" to "net" of permissions.server in deno.json.',
      values: { host },
    };
  },
  /** Of no other path than the settings have. */
  allow_path(value, settings) {
    const [path, rights] = [value("path"), value("rights")];
    const known = settings && pathFindings(settings, { mayUse: () => false, isRecording: true });
    const isKnown = known?.some(({ fix }) => fix?.values?.["path"] === path) === true;
    if (!isKnown || !["read", "write", "read, write"].includes(rights)) return undefined;
    return {
      text: 'Add "{path}" to {rights} of permissions.server in deno.json.',
      values: { path, rights },
    };
  },
  add_api_key: () => ({
    text: "Add a key named ops, which may do all, to .env as API_KEYS, with a new secret.",
  }),
  add_recording_key: () => ({
    text:
      "Add RECORDING_KEY with a new key to .env. Keep a copy of it: without it, recordings cannot be heard.",
  }),
  /** Of no other number, and to no other server. */
  connect_number(value, settings) {
    const { number, publicUrl } = settings?.phone ?? {};
    if (number === undefined || number !== value("number")) return undefined;
    return {
      text: "Point {number} at {webhook}; deno task connect --undo brings back what is there now.",
      values: { number, webhook: `${publicUrl}/twilio/voice` },
    };
  },
};

/** A name or an address, and a port; no wildcard. */
const HOST =
  /^(?:(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::[1-9]\d{0,4})?$/i;
