/** What files of `tools/` import as "parley". */
export { type CallContext, defineTool, type ToolDefinition, ToolError } from "./services/tools.ts";
export { z } from "zod";
