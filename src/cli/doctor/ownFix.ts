import { nearestSetting, settingNames, suggestSetting } from "../../config/settingNames.ts";
import type { Settings } from "../../config/settings.ts";
import { type FixCode, fixOf, pathFindings, type SetupCheck } from "../../services/setup.ts";
import type { SentenceValues } from "../../utils/sentence.ts";

/**
 * A check with the fix that this command makes: whoever answers on the server's port chooses among the changes, and
 * neither what is written nor what the operator is asked. A fix whose values are of no use here is left out.
 */
export function withOwnFix(
  { fix, ...check }: SetupCheck,
  settings: Settings | undefined,
): SetupCheck {
  if (fix === undefined) return check;
  const { code, values: given = {} } = fix;
  const values = ownValues[code]?.((name) => String(given[name] ?? ""), settings);
  if (values === undefined && ownValues[code] !== undefined) return check;
  return { ...check, fix: fixOf(code, values) };
}

/** Undefined for values that are of no use. */
type OwnValues = (
  value: (name: string) => string,
  settings: Settings | undefined,
) => SentenceValues | undefined;

/** Of the changes that have values. */
const ownValues: Readonly<Partial<Record<FixCode, OwnValues>>> = {
  rename_setting(value) {
    const [name, meant, line] = [value("name"), value("meant"), value("line")];
    const suggested = [nearestSetting(name), suggestSetting(name)].some((it) => it === meant);
    if (!suggested || !/^[A-Za-z_][\w.]{0,79}$/.test(name)) return undefined;
    return { name, meant, ...(/^\d{1,6}$/.test(line) && { line }) };
  },
  allow_variable(value) {
    const name = settingNames.find((it) => it === value("name"));
    return name && { name };
  },
  allow_host(value) {
    const host = value("host");
    return host.length > 260 || !HOST.test(host) ? undefined : { host };
  },
  /** Of no other path than the settings have. */
  allow_path(value, settings) {
    const [path, rights] = [value("path"), value("rights")];
    const known = settings && pathFindings(settings, { mayUse: () => false, isRecording: true });
    const isKnown = known?.some(({ fix }) => fix?.values?.["path"] === path) === true;
    if (!isKnown || !["read", "write", "read, write"].includes(rights)) return undefined;
    return { path, rights };
  },
  /** Of no other number, and to no other server. */
  connect_number(value, settings) {
    const { number, publicUrl } = settings?.phone ?? {};
    if (number === undefined || number !== value("number")) return undefined;
    return { number, webhook: `${publicUrl}/twilio/voice` };
  },
};

/** A name or an address, and a port; no wildcard. */
const HOST =
  /^(?:(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::[1-9]\d{0,4})?$/i;
