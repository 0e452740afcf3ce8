export { createAllAgentTools, findToolProblems } from "./tools/agentTools.ts";
export type { PutOnDoNotCallList } from "./tools/builtin/doNotCall.ts";
export { createCallSigner } from "./tools/http/callSigner.ts";
export type { ToolRegistry } from "./tools/toolRegistry.ts";
