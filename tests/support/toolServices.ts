import type { ToolServices } from "../../src/services/tools/agentTools.ts";

/** Services for tools that are made and not run. */
export const toolServices: ToolServices = {
  mayTransfer: () => Promise.resolve(true),
  putOnDoNotCallList: () => Promise.resolve("listed"),
  takeMessage: () => Promise.resolve("taken"),
};
