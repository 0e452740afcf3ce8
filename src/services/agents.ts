export { openAgents } from "./agents/openAgents.ts";
