export { withMeaning } from "./openai/errorMeaning.ts";
export { createModelFaults, type ModelFaults } from "./openai/modelFaults.ts";
export { createOpenModel } from "./openai/openModel.ts";
export { reportOpenLimits } from "./openai/openingLimitReport.ts";
