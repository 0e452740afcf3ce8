export { openSetup, type Setup } from "./setup/openSetup.ts";
export { setupParts, setupStates } from "./setup/setupCheck.ts";
