export { withMeaning } from "./openai/errorMeaning.ts";
export type { ModelFaults } from "./openai/modelFaults.ts";
export { type Engine, openEngine } from "./openai/openEngine.ts";
