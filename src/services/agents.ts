export { type OpenAgents, openAgents } from "./agents/openAgents.ts";
