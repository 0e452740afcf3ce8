import { readEnvironment } from "../config/env.ts";
import type { Environment } from "../config/settingReader.ts";
import type { SetupCheck } from "../services/setup.ts";
import { fillSentence } from "../utils/sentence.ts";
import { exitProcess, keepProcess } from "../utils/processExit.ts";
import { mayUseBy } from "./doctor/denoPermissions.ts";
import { type DoctorOptions, doctorUsage, readDoctorOptions } from "./doctor/doctorOptions.ts";
import { type FailedFix, reportJson, reportLines, wrapped } from "./doctor/doctorReport.ts";
import { folderHosts } from "./doctor/folderHosts.ts";
import { applyFix, type FixPlace } from "./doctor/fixes.ts";
import { look } from "./doctor/look.ts";
import { withOwnFix } from "./doctor/ownFix.ts";
import { usableSettings } from "./doctor/usableSettings.ts";
import { confirms, ownTerminal, type Terminal } from "./terminal.ts";

/** What the command uses of the process. */
export interface DoctorDeps {
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** The files that are looked at and changed. */
  readonly place: FixPlace;
}

/** Looks, says what it found, and mends what it may. Resolves with the exit code. */
export async function doctor(
  { isJson, isFixing, isYes }: DoctorOptions,
  { environment, terminal, place }: DoctorDeps,
): Promise<number> {
  const denoJson = await Deno.readTextFile(place.denoPath).catch(() => undefined);
  const { checks: found, source, isRunning, isFromServer } = await look({
    environment,
    envPath: place.envPath,
    mayUse: mayUseBy(denoJson),
  });
  const settings = usableSettings(environment);
  const checks = found.map((check) => withOwnFix(check, settings));
  if (!isJson) { for (const line of reportLines(checks, source)) terminal.print(line); }
  const fixed: SetupCheck[] = [];
  const failed: FailedFix[] = [];
  // What is off is a choice: it is changed only where somebody says so.
  const states = isYes ? ["broken", "warning"] : ["broken", "warning", "off"];
  const open = states.flatMap((state) => checks.filter((check) => check.state === state));
  const hosts = isYes && isFromServer
    ? await folderHosts(settings, environment)
    : new Set<string>();
  for (const check of isFixing ? onePerChange(open) : []) {
    const { fix, code } = check;
    if (fix === undefined) continue;
    if (!isJson) {
      terminal.print("");
      for (const line of wrapped(`${code}: ${fillSentence(fix)}`, "")) terminal.print(line);
    }
    const isFromFolder = !isFromServer || fix.code !== "allow_host" ||
      hosts.has(String(fix.values?.["host"]));
    if (isJson && !isFromFolder) {
      failed.push({ check, reason: UNKNOWN_HOST });
      continue;
    }
    if (!await confirms(terminal, "Do that?", isYes && isFromFolder)) continue;
    try {
      await applyFix(fix, place, environment);
      fixed.push(check);
      if (!isJson) terminal.print("Done.");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failed.push({ check, reason });
      if (!isJson) terminal.print(`Not done: ${reason}`);
    }
  }
  const left = checks.filter((check) => !fixed.some(({ fix }) => isSame(fix, check.fix)));
  if (isJson) terminal.print(reportJson(left, { isRunning, fixed, failed }));
  else if (fixed.length > 0) {
    terminal.print("");
    terminal.print(
      `Changed: ${fixed.length}. ${
        isRunning ? "Start the server again for it to count. " : ""
      }deno task doctor looks again.`,
    );
  }
  return left.some(({ state }) => state === "broken") ? 1 : 0;
}

const UNKNOWN_HOST =
  "neither the settings nor the agents of this folder name the host: deno task doctor --fix asks first";

/** Several findings may be mended by one change. */
function onePerChange(checks: readonly SetupCheck[]): readonly SetupCheck[] {
  return checks.filter(({ fix }, at) =>
    fix !== undefined && checks.findIndex((other) => isSame(other.fix, fix)) === at
  );
}

function isSame(one: SetupCheck["fix"], other: SetupCheck["fix"]): boolean {
  return one !== undefined && other !== undefined && one.code === other.code &&
    fillSentence(one) === fillSentence(other);
}

async function main(): Promise<number> {
  let options: DoctorOptions;
  try {
    options = readDoctorOptions(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (options.isHelp) {
    console.log(doctorUsage);
    return 0;
  }
  try {
    return await doctor(options, {
      environment: readEnvironment(),
      terminal: ownTerminal(),
      place: { envPath: ".env", denoPath: "deno.json", dataFolder: "data" },
    });
  } catch (error) {
    console.error(`Could not look: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
}

if (import.meta.main) {
  keepProcess();
  exitProcess(await main());
}
