import { z } from "zod";
import { VARIABLE_NAME } from "./names.ts";

/** `visitors`: what web pages may tell the agent of their visitors; anybody can change what those send. */
export const visitors = z.strictObject({
  variables: z.array(z.string().regex(VARIABLE_NAME, "must be letters, digits and _")).max(20)
    .default([]),
  context: z.boolean().default(false),
}).default({ variables: [], context: false });
