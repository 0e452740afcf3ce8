import { z } from "@hono/zod-openapi";
import { VARIABLE_NAME } from "../config/names.ts";
import { readOptionalJson } from "../utils/bodyReader.ts";
import { isRecord } from "../utils/isRecord.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { common } from "./openapi/outboundSchemas.ts";
import { invalidRequest } from "./openapi/schemaParts.ts";
import { present } from "../utils/present.ts";
import type { WebGrant } from "./webTokens.ts";

/** What a browser's call is asked for with; what the agent is told has the limits of placed calls. */
export type WebSessionRequest =
  & Pick<WebGrant, "context" | "variables">
  & { readonly agent?: string };

const sessionRequest = z.strictObject({
  agent: z.string().optional(),
  context: common.context,
  variables: common.variables,
});

/** Visitors of pages with a public key have less to say: anybody may be one. */
const visitorRequest = z.strictObject({
  agent: z.string().max(64).optional(),
  context: z.string().max(2000).optional(),
  variables: z.record(
    z.string().regex(VARIABLE_NAME, "must be letters, digits and _"),
    z.string().max(200),
  ).refine((variables) => Object.keys(variables).length <= 20, "must be 20 at most").optional(),
});

const BODY_LIMITS = { maxBytes: 32 * 1024, timeoutMs: 5000 };

/**
 * Reads the body of a request for a token, which may be left out. A misspelt member is refused, not given
 * the default agent. Throws an `HttpProblem` or a `BodyError`.
 */
export async function readSessionRequest(
  request: Request,
  { isVisitor }: { readonly isVisitor: boolean },
): Promise<WebSessionRequest> {
  const body = await readOptionalJson(request, BODY_LIMITS);
  if (body === undefined) return {};
  if (!isRecord(body.value)) {
    throw new HttpProblem(422, "invalid_body", 'Send {"agent": "name"}, or nothing at all.');
  }
  const read = (isVisitor ? visitorRequest : sessionRequest).safeParse(body.value);
  if (!read.success) throw invalidRequest(read.error.issues);
  return present(read.data);
}
