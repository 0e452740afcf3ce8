export { findingCodes } from "./setup/findingCodes.ts";
export { fixOf } from "./setup/fixOf.ts";
export { openSetup, type Setup } from "./setup/openSetup.ts";
export { placeChecks } from "./setup/place/placeChecks.ts";
export { parseEnvLines, readEnvFile, REFERENCE } from "./setup/place/envFile.ts";
export { envFileWarning } from "./setup/place/envFileWarning.ts";
export { type MayUse, pathFindings } from "./setup/place/pathFindings.ts";
export { agentProblems, barredHost, settingProblems } from "./setup/place/problemFindings.ts";
export {
  type Listening,
  refusedFinding,
  slowFinding,
  stoppedFinding,
} from "./setup/place/serverFindings.ts";
export {
  check,
  type Fix,
  type FixCode,
  fixCodes,
  type SetupCheck,
  setupParts,
  setupStates,
} from "./setup/setupCheck.ts";
export { createProbeProofs, type ProbeProofs } from "./setup/publicUrl/probeProofs.ts";
export { UNKNOWN_PROBE } from "./setup/publicUrl/probePublicUrl.ts";
