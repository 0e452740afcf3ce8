import { readAllSettings } from "../../config/env.ts";
import type { Environment } from "../../config/settingReader.ts";
import type { Settings } from "../../config/settings.ts";

/**
 * The settings that can be used, whatever is wrong with others. The phone is among them only where nothing of it is
 * wrong: without TWILIO_API_URL, another account would be changed.
 */
export function usableSettings(environment: Environment): Settings {
  const { settings, problems } = readAllSettings(environment);
  if (!problems.some((problem) => /\bTWILIO_|\bPUBLIC_URL\b/.test(problem))) return settings;
  const { phone: _, ...others } = settings;
  return others;
}
