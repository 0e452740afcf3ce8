import assert from "node:assert/strict";
import { fillSentence } from "../../src/utils/sentence.ts";

/** An error's status and code, checked to be of the one shape. */
export async function problemOf(
  answer: Response,
): Promise<readonly [status: number, code: string]> {
  const { details: _, template, values, ...body } = await answer.json();
  assert.deepEqual(Object.keys(body).sort(), ["code", "error", "requestId"]);
  assert.match(body.error, /\.$/);
  assert.equal(template === undefined, values === undefined);
  if (template !== undefined) assert.equal(fillSentence({ text: template, values }), body.error);
  assert.equal(body.requestId, answer.headers.get("x-request-id"));
  return [answer.status, body.code];
}
