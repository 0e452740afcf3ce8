import assert from "node:assert/strict";
import { readSettings, SettingsError } from "../../src/config/env.ts";
import { fillSentence } from "../../src/utils/sentence.ts";
import { unreachableHosts } from "../../src/config/hostPermissions.ts";

const key = { KNOWLEDGE_EMBEDDINGS_KEY: "sk-secret-of-embeddings" };

Deno.test("embeddings are off without a key of their own, and OpenAI's with one", () => {
  assert.equal(readSettings({ OPENAI_API_KEY: "sk-x" }).embeddings, undefined);
  assert.equal(
    readSettings({ KNOWLEDGE_EMBEDDINGS_MODEL: "text-embedding-3-large" }).embeddings,
    undefined,
  );
  assert.deepEqual(readSettings(key).embeddings, {
    apiKey: "sk-secret-of-embeddings",
    url: "https://api.openai.com/v1/embeddings",
    model: "text-embedding-3-small",
  });
  const own = {
    ...key,
    KNOWLEDGE_EMBEDDINGS_URL: "http://localhost:11434/v1/embeddings",
    KNOWLEDGE_EMBEDDINGS_MODEL: "nomic",
  };
  assert.deepEqual(readSettings(own).embeddings, {
    apiKey: "sk-secret-of-embeddings",
    url: "http://localhost:11434/v1/embeddings",
    model: "nomic",
  });
});

Deno.test("readSettings() says what is wrong with the endpoint of embeddings, without the key", () => {
  for (
    const [url, expected] of [
      ["http://models.example/v1", /KNOWLEDGE_EMBEDDINGS_URL must begin with https:/],
      ["ftp://x", /KNOWLEDGE_EMBEDDINGS_URL is not a URL/],
      ["https://u:p@models.example/", /KNOWLEDGE_EMBEDDINGS_URL must have no user/],
    ] as const
  ) {
    assert.throws(() => readSettings({ ...key, KNOWLEDGE_EMBEDDINGS_URL: url }), (error) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, expected);
      assert.doesNotMatch(error.message, /sk-secret/);
      return true;
    });
  }
  const { hints } = readSettings({ KNOWLEDGE_EMBEDDING_KEY: "x" });
  assert.match(hints.map(fillSentence).join(), /did you mean KNOWLEDGE_EMBEDDINGS_KEY/);
});

Deno.test("unreachableHosts() names the endpoint of embeddings where it may not be reached", {
  permissions: { net: ["127.0.0.1"] },
}, () => {
  const settings = readSettings({
    ...key,
    KNOWLEDGE_EMBEDDINGS_URL: "https://models.example/v1/embeddings",
  });
  const agents = { names: [], get: () => undefined };
  assert.match(
    unreachableHosts({ settings, agents, engine: "rehearsal" }).join(),
    /^KNOWLEDGE_EMBEDDINGS_URL: models\.example:443 may not be reached/,
  );
});
