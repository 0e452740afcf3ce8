import type { Agent } from "../../config/agents.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrText } from "../../utils/jsonOrText.ts";
import type { RecordedCall, RecordedTool } from "../callEvidence.ts";

type AgentTools = Pick<
  Agent,
  "tools" | "http_tools" | "client_tools" | "mcp_servers" | "calendar"
>;

const MAX_STUBS = 200;
const MAX_CHARACTERS = 8000;
const MAX_DELAY_MS = 120_000;
/** What a tool that answers at once takes. */
const AT_ONCE_MS = 100;

/**
 * What the tools of a call answered, in the form of a scenario's file, one after the other: yesterday's free times are
 * free again. Tools that do something to the call run as they do, and so does what the server itself answered; tools
 * that today's agent does not have are left out.
 */
export function recordedTools(
  { tools }: Pick<RecordedCall, "tools">,
  agent: AgentTools | undefined,
): readonly unknown[] {
  const answered = tools.filter((tool) =>
    agent !== undefined && hasTool(agent, tool.name) && !OWN.has(tool.name) && isAnswer(tool)
  ).slice(0, MAX_STUBS);
  return answered.map((tool, index) => ({
    tool: tool.name,
    ...resultOf(tool),
    ...(delayOf(tool) > AT_ONCE_MS && { delay_ms: delayOf(tool) }),
    // The last serves all further calls.
    ...(answered.slice(index + 1).some(({ name }) => name === tool.name) && { once: true }),
  }));
}

/** Built-in tools that have an effect on the call, or look into what the agent has today. */
const OWN: ReadonlySet<string> = new Set([
  ...["end_call", "transfer_call", "cancel_transfer", "leave_conversation", "handoff"],
  ...["send_dtmf", "wait_silently", "pause_recording", "resume_recording", "do_not_call"],
  ...["take_message", "send_sms", "search_knowledge"],
]);
const OF_CALENDARS: ReadonlySet<string> = new Set([
  ...["find_slots", "book_slot", "my_appointments", "move_appointment", "cancel_appointment"],
]);

function hasTool(
  { tools, http_tools, client_tools, mcp_servers, calendar }: AgentTools,
  name: string,
): boolean {
  return [...tools, ...http_tools, ...client_tools].some((tool) => tool.name === name) ||
    mcp_servers.some(({ tools }) =>
      tools === "all" || tools.some((tool) => (tool.as ?? tool.name) === name)
    ) ||
    calendar !== undefined && OF_CALENDARS.has(name);
}

/** Whether the server has answered, which has the caller asked or told first, and not the tool. */
export function isServersAnswer({ output = "" }: RecordedTool): boolean {
  const value = jsonOrText(output);
  return isRecord(value) && typeof value["note"] === "string" && NOT_RUN.test(value["note"]);
}

function isAnswer(tool: RecordedTool): boolean {
  const { output } = tool;
  return output !== undefined && output.length <= MAX_CHARACTERS && !isServersAnswer(tool);
}

const NOT_RUN = /^Not carried out/;

function resultOf({ ok = true, output = "" }: RecordedTool): object {
  const value = jsonOrText(output);
  if (ok) return { answers: value };
  const reason = isRecord(value) && typeof value["error"] === "string" ? value["error"] : output;
  return { fails: reason.trim().slice(0, 2000) || "The tool failed." };
}

function delayOf({ durationMs = 0 }: RecordedTool): number {
  return Math.min(MAX_DELAY_MS, Math.max(0, Math.round(durationMs)));
}
