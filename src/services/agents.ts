export type {
  AgentCatalog,
  AgentState,
  KnownVersion,
  RestoreResult,
} from "./agents/agentCatalog.ts";
export { openAgents } from "./agents/openAgents.ts";
