import type { Environment } from "../../config/settingReader.ts";
import type { Fix, FixCode } from "../../services/setup.ts";
import { changeFile as change, keepOwner } from "./changeFile.ts";
import { addSetting, renameSetting } from "./envText.ts";
import { connectOwnNumber } from "./connectOwnNumber.ts";
import { addToJsonArray } from "./jsonArray.ts";

/** The files that changes are made in. */
export interface FixPlace {
  readonly envPath: string;
  readonly denoPath: string;
  /** Where it is remembered how numbers of Twilio were. */
  readonly dataFolder: string;
}

/** Makes one change, to which somebody has said yes. Rejects with an `Error` that says why it could not. */
export async function applyFix(
  { code, values = {} }: Fix,
  place: FixPlace,
  environment: Environment,
): Promise<void> {
  await fixes[code]?.(place, (name) => String(values[name] ?? ""), environment);
}

type MakeFix = (
  place: FixPlace,
  value: (name: string) => string,
  environment: Environment,
) => Promise<void>;

const fixes: Readonly<Record<FixCode, MakeFix>> = {
  async create_env_file({ envPath }) {
    const text = await Deno.readTextFile(`${envPath}.example`);
    await Deno.writeTextFile(envPath, text, { createNew: true, mode: 0o600 });
    await keepOwner(envPath, undefined);
  },
  async protect_env_file({ envPath }) {
    await Deno.chmod(envPath, 0o600);
  },
  rename_setting: ({ envPath }, value) =>
    change(envPath, (text) => renameSetting(text, value("name"), value("meant"))),
  allow_variable: ({ denoPath }, value) =>
    change(denoPath, (text) => allow(text, ["env", "allow"], value("name"))),
  allow_host: ({ denoPath }, value) =>
    change(denoPath, (text) => allow(text, ["net"], value("host"))),
  allow_path: ({ denoPath }, value) =>
    change(denoPath, (text) =>
      value("rights").split(", ").reduce(
        (text, right) => allow(text, [right], value("path")),
        text,
      )),
  add_api_key: ({ envPath }) =>
    change(
      envPath,
      (text) => addSetting(text, "API_KEYS", `ops:${random(24).toHex()};scopes=admin`),
    ),
  connect_number: ({ dataFolder: folder }, value, environment) =>
    connectOwnNumber(value("number"), { environment, folder }),
  add_recording_key: ({ envPath }) =>
    change(envPath, (text) => addSetting(text, "RECORDING_KEY", random(32).toBase64())),
};

function allow(text: string, list: readonly string[], entry: string): string {
  if (!/^[^\p{Cc}*"]+$/u.test(entry)) throw new Error("that is nothing to permit");
  return addToJsonArray(text, ["permissions", "server", ...list], entry);
}

function random(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes));
}
