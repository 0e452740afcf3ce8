export { credentialsFor } from "./openai/credentials.ts";
export { withMeaning } from "./openai/errorMeaning.ts";
export type { ModelFaults } from "./openai/modelFaults.ts";
export { type Engine, isModelLocal, openEngine } from "./openai/openEngine.ts";
export { modelServerOf } from "./openai/modelServer.ts";
export { clockOf, listModels, type ModelList, type ServerClock } from "./openai/modelList.ts";
export { sessionUpdate } from "./openai/wire/sessionUpdate.ts";
