export type {
  AgentCatalog,
  AgentState,
  KnownVersion,
  RestoreResult,
} from "./agents/agentCatalog.ts";
export type { AgentFile, CheckedText, SaveResult } from "./agents/agentEditor.ts";
export { openAgents } from "./agents/openAgents.ts";
