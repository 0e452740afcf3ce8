export { withMeaning } from "./openai/errorMeaning.ts";
export type { ModelFaults } from "./openai/modelFaults.ts";
export { type Engine, isModelLocal, openEngine } from "./openai/openEngine.ts";
export { sessionUpdate } from "./openai/wire/sessionUpdate.ts";
