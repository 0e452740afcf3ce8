export { findingCodes } from "./setup/findingCodes.ts";
export { openSetup, type Setup } from "./setup/openSetup.ts";
export { fixCodes, setupParts, setupStates } from "./setup/setupCheck.ts";
export { createProbeProofs, type ProbeProofs } from "./setup/publicUrl/probeProofs.ts";
export { UNKNOWN_PROBE } from "./setup/publicUrl/probePublicUrl.ts";
