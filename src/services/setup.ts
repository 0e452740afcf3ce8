export { findingCodes } from "./setup/findingCodes.ts";
export { openSetup, type Setup } from "./setup/openSetup.ts";
export { fixCodes, setupParts, setupStates } from "./setup/setupCheck.ts";
