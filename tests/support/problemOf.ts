import assert from "node:assert/strict";

/** An error's status and code, checked to be of the one shape. */
export async function problemOf(
  answer: Response,
): Promise<readonly [status: number, code: string]> {
  const { details: _, ...body } = await answer.json();
  assert.deepEqual(Object.keys(body).sort(), ["code", "error", "requestId"]);
  assert.match(body.error, /\.$/);
  assert.equal(body.requestId, answer.headers.get("x-request-id"));
  return [answer.status, body.code];
}
