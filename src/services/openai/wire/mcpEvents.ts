import { isRecord } from "../../../utils/isRecord.ts";
import { present } from "../../../utils/present.ts";
import { type Fields, fieldsOf, functionCallOf, idOf, textOf } from "./eventParts.ts";
import type { McpEvent, McpResult } from "./mcpEventTypes.ts";
import type { MalformedEvent } from "./serverEventTypes.ts";

/** Narrows an event about them; undefined for all others. */
export function readMcpEvent(type: string, event: Fields): McpEvent | MalformedEvent | undefined {
  switch (type) {
    case "response.output_item.added":
    case "response.output_item.done":
    case "conversation.item.done":
    case "conversation.item.retrieved": {
      const item = fieldsOf(event.item);
      const responseId = idOf(event, "response_id");
      // One that was asked for is told as it is by then.
      return item && itemEvent(item, !type.endsWith("added"), present({ responseId }));
    }
    case "response.mcp_call_arguments.done": {
      const itemId = idOf(event, "item_id");
      const responseId = idOf(event, "response_id");
      const args = textOf(event, "arguments")?.slice(0, MAX_ARGUMENTS);
      if (itemId === undefined || args === undefined) return MALFORMED;
      const known = present({ responseId, arguments: args });
      return { type: "mcpCall", itemId, isDone: false, ...known };
    }
    case "response.mcp_call.in_progress":
      return about(event, "mcpCallBegun");
    case "response.mcp_call.completed":
    case "response.mcp_call.failed":
      return about(event, "mcpCallEnded");
    case "mcp_list_tools.completed":
      return about(event, "mcpListed");
    case "mcp_list_tools.failed":
      return about(event, "mcpNotListed");
    default:
      return undefined;
  }
}

const MALFORMED: MalformedEvent = { type: "malformed" };
const MAX_ARGUMENTS = 64 * 1024;
const MAX_OUTPUT = 16_000;
const MAX_ERROR = 500;
const MAX_TOOLS = 256;

function itemEvent(
  item: Fields,
  isDone: boolean,
  response: { readonly responseId?: string },
): McpEvent | MalformedEvent | undefined {
  const itemId = idOf(item, "id");
  const server = idOf(item, "server_label");
  switch (item.type) {
    case "mcp_call":
    case "mcp_tool_call": {
      if (itemId === undefined) return MALFORMED;
      const name = textOf(item, "name")?.slice(0, MAX_NAME);
      // Until they are complete some servers give none, others an empty text.
      const args = textOf(item, "arguments")?.slice(0, MAX_ARGUMENTS) || undefined;
      const known = present({
        server,
        name,
        arguments: args,
        askedBy: idOf(item, "approval_request_id"),
        result: resultOf(item),
      });
      return { type: "mcpCall", itemId, isDone, ...response, ...known };
    }
    case "mcp_approval_request": {
      const call = functionCallOf(item, "completed");
      if (call === undefined) return isDone ? MALFORMED : undefined;
      return isDone ? { type: "mcpAsked", call, ...response, ...present({ server }) } : undefined;
    }
    case "mcp_list_tools": {
      if (itemId === undefined) return MALFORMED;
      const tools = isDone ? toolNamesOf(item.tools) : undefined;
      return { type: "mcpList", itemId, ...present({ server, tools }) };
    }
    default:
      return undefined;
  }
}

const MAX_NAME = 200;

function about(
  event: Fields,
  type: "mcpCallBegun" | "mcpCallEnded" | "mcpListed" | "mcpNotListed",
): McpEvent | MalformedEvent {
  const itemId = idOf(event, "item_id");
  return itemId === undefined ? MALFORMED : { type, itemId };
}

function resultOf(item: Fields): McpResult | undefined {
  const { error } = item;
  if (typeof error === "string" || isRecord(error)) {
    return { ok: false, output: errorOutput(error) };
  }
  const output = textOf(item, "output");
  return output === undefined ? undefined : { ok: true, output: bounded(output) };
}

/** In the form that errors of other tools have. */
function errorOutput(error: string | Fields): string {
  const fields = typeof error === "string" ? { message: error } : error;
  const message = textOf(fields, "message")?.slice(0, MAX_ERROR).toWellFormed() ?? "";
  return JSON.stringify({
    error: `The service answered with an error: ${message}`,
    code: codeOf(fields),
  });
}

function codeOf({ type, code }: Fields): string {
  if (type === "http_error") return Number.isInteger(code) ? `http_${code}` : "unreachable";
  return type === "protocol_error" ? "mcp_error" : "tool_failed";
}

function bounded(output: string): string {
  return output.length <= MAX_OUTPUT ? output : JSON.stringify({
    truncated: true,
    note: "Only the beginning is kept here; the model has had all of it.",
    text: output.slice(0, MAX_OUTPUT).toWellFormed(),
  });
}

function toolNamesOf(tools: unknown): readonly string[] | undefined {
  if (!Array.isArray(tools)) return undefined;
  return tools.slice(0, MAX_TOOLS).flatMap((tool) =>
    textOf(fieldsOf(tool), "name")?.slice(0, MAX_NAME) ?? []
  );
}
