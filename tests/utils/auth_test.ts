import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  allows,
  createAuthenticator,
  keyScopes,
  parseApiKeys,
  presentedKey,
} from "../../src/utils/auth.ts";

const SECRET = "correct-horse-battery";
const OTHER_SECRET = "staple:with:colons-in-it";
const DIGEST = createHash("sha256").update(OTHER_SECRET).digest("hex");

Deno.test("createAuthenticator() finds the key of a secret, plain or hashed in the settings", () => {
  const authenticate = createAuthenticator(
    parseApiKeys(`alice:${SECRET}, bob_2:sha256:${DIGEST.toUpperCase()}`),
  );
  assert.equal(authenticate(SECRET)?.name, "alice");
  assert.equal(authenticate(OTHER_SECRET)?.name, "bob_2");
});

Deno.test("createAuthenticator() finds nothing when the secret is wrong in any way", () => {
  const authenticate = createAuthenticator(parseApiKeys(`a:${SECRET},b:sha256:${DIGEST}`));
  const wrong = ["", SECRET.slice(0, -1), `${SECRET} `, SECRET.toUpperCase(), DIGEST, "a"];
  for (const secret of [...wrong, `a:${SECRET}`, `sha256:${DIGEST}`, "\u0000", "x".repeat(1e6)]) {
    assert.equal(authenticate(secret), undefined);
  }
  assert.equal(createAuthenticator([])(SECRET), undefined);
});

Deno.test("parseApiKeys() keeps colons that belong to the secret", () => {
  const authenticate = createAuthenticator(parseApiKeys(`a:${OTHER_SECRET}`));
  assert.equal(authenticate(OTHER_SECRET)?.name, "a");
});

Deno.test("parseApiKeys() keeps only hashes of secrets", () => {
  const [key] = parseApiKeys(`a:${SECRET}`);
  assert.deepEqual(Object.keys(key!), ["name", "digest", "scopes"]);
  assert.equal(key!.digest.toHex(), createHash("sha256").update(SECRET).digest("hex"));
});

Deno.test("parseApiKeys() reads what a key may do and until when", () => {
  const [alice, bob, carol] = parseApiKeys(
    `alice:${SECRET};scopes=calls:read+metrics;expires=2027-01-31,` +
      `bob:sha256:${DIGEST}; expires=2027-02-01 ,carol:${SECRET}2`,
  );
  assert.deepEqual(alice?.scopes, ["calls:read", "calls:listen", "metrics"]);
  assert.equal(alice?.expiresAt, Date.UTC(2027, 0, 31));
  assert.equal(bob?.expiresAt, Date.UTC(2027, 1, 1));
  assert.deepEqual(carol?.scopes, ["calls:create", "calls:read", "calls:listen"]);
  assert.equal(carol?.expiresAt, undefined);
});

Deno.test("case 174: a key is admin only where its scopes say so, also where it is the only one", () => {
  const may = (spec: string) =>
    keyScopes.filter((scope) => allows(parseApiKeys(spec)[0]!.scopes, scope));
  const unsaid = ["calls:create", "calls:read", "calls:listen"];
  assert.deepEqual(may(`a:${SECRET}`), unsaid);
  assert.deepEqual(may(`a:${SECRET};scopes=metrics`), ["metrics"]);
  assert.deepEqual(may(`a:${SECRET},b:${OTHER_SECRET}`), unsaid);
  assert.deepEqual(may(`a:${SECRET};scopes=admin,b:${OTHER_SECRET}`), [...keyScopes]);
});

Deno.test("parseApiKeys() gives a key the scopes of its role", () => {
  const [ann, ben, cy] = parseApiKeys(
    `ann:${SECRET};role=admin;expires=2027-01-31,ben:${OTHER_SECRET};role=operator,cy:${SECRET}2;role=viewer`,
  );
  assert.deepEqual([ann?.role, ann?.scopes], ["admin", ["admin"]]);
  assert.equal(ann?.expiresAt, Date.UTC(2027, 0, 31));
  const reading = ["calls:read", "calls:all", "appointments:read", "lists:read", "setup:read"];
  assert.deepEqual([cy?.role, cy?.scopes], ["viewer", reading]);
  assert.equal(ben?.role, "operator");
  const more = ["calls:create", "calls:listen", "appointments:write", "lists:write"];
  assert.deepEqual(new Set(ben?.scopes), new Set([...reading, ...more]));
});

Deno.test("parseApiKeys() gives no keys when there are none", () => {
  assert.deepEqual(parseApiKeys(""), []);
  assert.deepEqual(parseApiKeys("  "), []);
});

Deno.test("parseApiKeys() names the position and the fault, never the secret", () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    [`a:${SECRET},${SECRET}`, /key 2: it must be name:secret/],
    [`a:${SECRET},`, /key 2/],
    [`:${SECRET}`, /key 1: its name/],
    [`a b:${SECRET}`, /key 1: its name/],
    [`é:${SECRET}`, /key 1: its name/],
    ["a:hunter2", /key 1: its secret must have at least 16/],
    [`a:${SECRET} spaced`, /key 1: its secret must not contain spaces/],
    [`a:sha256:${DIGEST.slice(1)}`, /key 1: after sha256:/],
    [`a:sha256:${"g".repeat(64)}`, /key 1: after sha256:/],
    [`a:${SECRET};scopes=calls:write`, /key 1: its scopes must be of calls:create, /],
    [`a:${SECRET};scopes=`, /key 1: its scopes/],
    [`a:${SECRET};scopes=admin+admin`, /key 1: its scopes/],
    [`a:${SECRET};role=boss`, /key 1: its role must be one of viewer, operator, admin/],
    [`a:${SECRET};role=`, /key 1: its role/],
    [`a:${SECRET};role=viewer;scopes=admin`, /key 1: it has a role, which stands for its scopes/],
    [`a:${SECRET};scopes=admin;role=viewer`, /key 1: it has a role/],
    [`a:${SECRET};role=viewer;role=admin`, /key 1: it has a role/],
    [`a:${SECRET};expires=2027-02-30`, /key 1: after ";"/],
    [`a:${SECRET};expires=tomorrow`, /key 1: after ";"/],
    [`a:${SECRET};scope=admin`, /key 1: after ";"/],
    [`a:${SECRET};`, /key 1: after ";"/],
    [`a:${SECRET},a:${OTHER_SECRET}`, /key 2: it has the name of key 1/],
    [`a:${OTHER_SECRET},b:${SECRET},c:sha256:${DIGEST}`, /key 3: it has the secret of key 1/],
  ];
  for (const [spec, sentence] of faults) {
    assert.throws(() => parseApiKeys(spec), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, sentence);
      for (const secret of [SECRET, OTHER_SECRET, DIGEST.slice(1), "hunter2", "ggg"]) {
        assert.ok(!error.message.includes(secret));
      }
      return true;
    });
  }
});

Deno.test("parseApiKeys() never repeats any part of a long word it cannot read", () => {
  fc.assert(fc.property(fc.stringMatching(/^[A-Z]{12,30}$/), (word) => {
    for (const spec of [word, `a b:${word}`, `n:sha256:${word}`]) {
      assert.throws(() => parseApiKeys(spec), (error) => !String(error).includes(word));
    }
  }));
});

Deno.test("presentedKey() reads a bearer token in any case, or else X-API-Key", () => {
  const cases: readonly (readonly [Record<string, string>, string | undefined])[] = [
    [{ authorization: "Bearer abc" }, "abc"],
    [{ authorization: "bEARER   abc " }, "abc"],
    [{ "x-api-key": " abc " }, "abc"],
    [{ authorization: "Bearer one", "x-api-key": "two" }, "one"],
    [{ authorization: "Basic abc", "x-api-key": "two" }, "two"],
    [{ authorization: "Basic abc" }, undefined],
    [{ authorization: "Bearer" }, undefined],
    [{ authorization: "Bearer a b" }, undefined],
    [{ authorization: "Bearerabc" }, undefined],
    [{ "x-api-key": "" }, undefined],
    [{}, undefined],
  ];
  for (const [headers, key] of cases) assert.equal(presentedKey(new Headers(headers)), key);
});
