import assert from "node:assert/strict";
import { StreamTokens } from "../../../src/services/phone/streamAdmission.ts";

function numbered() {
  let last = 0;
  return () => `token${++last}`;
}

Deno.test("claim() accepts a token once, and only for its call", () => {
  const tokens = new StreamTokens(numbered());
  const token = tokens.issue("CA1", 0);
  assert.equal(tokens.claim(token, "CA2", 1), false);
  assert.equal(tokens.claim("token9", "CA1", 1), false);
  assert.equal(tokens.claim(token, "CA1", 1), true);
  assert.equal(tokens.claim(token, "CA1", 2), false);
});

Deno.test("claim() refuses a token that is too old, replaced or revoked", () => {
  const tokens = new StreamTokens(numbered(), { lifetimeMs: 100 });
  const old = tokens.issue("CA1", 0);
  assert.equal(tokens.claim(old, "CA1", 100), false);
  const first = tokens.issue("CA2", 0);
  const second = tokens.issue("CA2", 1);
  assert.equal(tokens.claim(first, "CA2", 2), false);
  assert.equal(tokens.claim(second, "CA2", 2), true);
  const revoked = tokens.issue("CA3", 0);
  tokens.revoke("CA3");
  assert.equal(tokens.claim(revoked, "CA3", 1), false);
});

Deno.test("issue() keeps a bounded number of tokens, the newest ones", () => {
  const tokens = new StreamTokens(numbered(), { maxTokens: 3 });
  for (let call = 1; call <= 10; call++) tokens.issue(`CA${call}`, call);
  const kept = [];
  for (let call = 1; call <= 10; call++) {
    if (tokens.claim(`token${call}`, `CA${call}`, 11)) kept.push(call);
  }
  assert.deepEqual(kept, [8, 9, 10]);
});
