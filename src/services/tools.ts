export { createToolbox, findToolProblems, type Toolbox } from "./tools/agentTools.ts";
export type { PutOnDoNotCallList } from "./tools/builtin/doNotCall.ts";
export type { SearchKnowledge } from "./tools/builtin/searchKnowledge.ts";
export type { TakeMessage } from "./tools/builtin/takeMessage.ts";
export { createCallSigner } from "./tools/http/callSigner.ts";
export type { HttpToolAccess } from "./tools/http/httpTool.ts";
export type { Redaction } from "./tools/redaction.ts";
export type { ToolStandIn } from "./tools/standIns.ts";
export { ToolError, toolKinds } from "./tools/tool.ts";
export { createToolTrials, type ShownTool, type ToolTrials } from "./tools/toolTrials.ts";
export { ToolMemory } from "./tools/toolMemory.ts";
export { openToolAccess } from "./tools/openToolAccess.ts";
export type { McpServers } from "./tools/mcp/mcpServers.ts";
export {
  type CallContext,
  defineTool,
  type ToolDefinition,
} from "./tools/typescript/defineTool.ts";
export { type ClientToolAnswer, ClientToolCalls } from "./tools/client/clientToolCalls.ts";
