import { present } from "../utils/present.ts";
import type { SettingReader } from "./settingReader.ts";
import type { AnalysisSettings } from "./settings.ts";

/**
 * Reads which model reads calls after their end. Undefined where none does: by default, and without any key,
 * where the built-in stand-in may.
 */
export function readAnalysis(
  read: SettingReader,
  { openaiKey, isRehearsal }: {
    readonly openaiKey: string | undefined;
    readonly isRehearsal: boolean;
  },
): AnalysisSettings | undefined {
  const model = read.text("ANALYSIS_MODEL");
  const url = readUrl(read);
  const isOpenAI = new URL(url).hostname === new URL(OPENAI_URL).hostname;
  const apiKey = read.text("ANALYSIS_API_KEY") ?? (isOpenAI ? openaiKey : undefined);
  const isUnused = model === undefined || isOpenAI && apiKey === undefined && isRehearsal;
  const dailyUsd = read.usdLimit("ANALYSIS_DAILY_USD", 5, isUnused);
  if (isUnused) return undefined;
  if (isOpenAI && apiKey === undefined) {
    read.problem(
      "ANALYSIS_API_KEY is missing, and ANALYSIS_MODEL is set: give a key of OpenAI, or another server as ANALYSIS_URL.",
    );
  }
  return { model, url, ...present({ apiKey, dailyUsd }) };
}

function readUrl(read: SettingReader): string {
  const url = read.url(
    "ANALYSIS_URL",
    OPENAI_URL,
    ", unless the server is on this machine: conversations would be sent unencrypted.",
  );
  if (url === undefined) return OPENAI_URL;
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    read.problem(
      "ANALYSIS_URL must have no user name, password or fragment: a key belongs in ANALYSIS_API_KEY.",
    );
  }
  return url.href;
}

const OPENAI_URL = "https://api.openai.com/v1/chat/completions";
