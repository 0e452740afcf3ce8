import type { TranscriptTurn } from "../../call/callEvent.ts";

/** A conversation as captions for a recording of the call (WebVTT). */
export function transcriptVtt(turns: readonly TranscriptTurn[]): string {
  // Cues must stand in the order of their beginnings.
  const lines = inOrder(turns);
  const cues = lines.map((turn, at) => {
    const startMs = Math.max(0, turn.startedMs);
    const endMs = Math.max(startMs + MIN_CUE_MS, turn.endedMs ?? lines[at + 1]?.startedMs ?? 0);
    const text = escapeVtt(lineOf(turn));
    return `${at + 1}\n${vttTime(startMs)} --> ${vttTime(endMs)}\n<v ${nameOf(turn)}>${text}</v>\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}

/** A conversation to be read: one line for each turn. */
export function transcriptText(turns: readonly TranscriptTurn[]): string {
  return inOrder(turns)
    .map((turn) => `[${clockTime(turn.startedMs)}] ${nameOf(turn)}: ${lineOf(turn)}\n`)
    .join("");
}

/** Less cannot be read. */
const MIN_CUE_MS = 500;

const names: Readonly<Record<TranscriptTurn["role"], string>> = {
  caller: "Caller",
  agent: "Agent",
};

/** Names of agents are those of files: without characters that mean anything here. */
function nameOf({ role, agent, by }: TranscriptTurn): string {
  if (by === "operator") return "Operator";
  if (by === "whisper") return "Operator to agent";
  return agent === undefined ? names[role] : `${names[role]} ${agent}`;
}

/** As it was heard: a line may have been written long before. */
function inOrder(turns: readonly TranscriptTurn[]): TranscriptTurn[] {
  return turns.filter(({ text }) => text.trim() !== "").sort((a, b) =>
    a.startedMs - b.startedMs || a.position - b.position
  );
}

/** On one line, so that spoken text cannot imitate another turn. */
function lineOf({ text, interrupted }: TranscriptTurn): string {
  const line = text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ").trim();
  return interrupted ? `${line} [interrupted]` : line;
}

function escapeVtt(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function vttTime(ms: number): string {
  const whole = Math.round(ms);
  return `${pad(Math.floor(whole / 3_600_000))}:${pad(Math.floor(whole / 60_000) % 60)}:${
    pad(Math.floor(whole / 1000) % 60)
  }.${pad(whole % 1000, 3)}`;
}

function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${pad(hours)}:` : ""}${pad(Math.floor(seconds / 60) % 60)}:${
    pad(seconds % 60)
  }`;
}

function pad(value: number, length = 2): string {
  return String(value).padStart(length, "0");
}
