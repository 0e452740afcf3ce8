export { createToolbox, findToolProblems, type Toolbox } from "./tools/agentTools.ts";
export type { PutOnDoNotCallList } from "./tools/builtin/doNotCall.ts";
export { createCallSigner } from "./tools/http/callSigner.ts";
