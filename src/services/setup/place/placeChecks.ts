import type { Environment } from "../../../config/settingReader.ts";
import { check, type SetupCheck } from "../setupCheck.ts";
import { denoFinding } from "./denoFinding.ts";
import { readEnvFile } from "./envFile.ts";
import { envFileFindings } from "./envFileFindings.ts";

export interface PlaceOptions {
  readonly environment: Environment;
  /** The file of settings; absent where none is looked at. */
  readonly envPath?: string | undefined;
  /** Milliseconds since 1970; absent where no server runs. */
  readonly startedAt?: number;
}

/** What can be said of this machine without settings that can be read. Never rejects. */
export async function placeChecks(
  { environment, envPath, startedAt }: PlaceOptions,
): Promise<readonly SetupCheck[]> {
  const isReadable = (variable: string) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted";
  const findings = envPath === undefined
    ? []
    : envFileFindings(await readEnvFile(envPath), { environment, isReadable, startedAt });
  return [
    ...findings.map((finding) => check("warnings", finding)),
    check("machine", denoFinding(Deno.version.deno)),
  ];
}
