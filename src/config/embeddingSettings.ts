import type { SettingReader } from "./settingReader.ts";
import type { EmbeddingSettings } from "./settings.ts";

/** Reads where vectors of documents and questions are made. Undefined without a key: none are. */
export function readEmbeddings(read: SettingReader): EmbeddingSettings | undefined {
  const apiKey = read.text("KNOWLEDGE_EMBEDDINGS_KEY");
  const url = readUrl(read);
  const model = read.text("KNOWLEDGE_EMBEDDINGS_MODEL") ?? "text-embedding-3-small";
  return apiKey === undefined ? undefined : { apiKey, url, model };
}

function readUrl(read: SettingReader): string {
  const url = read.url(
    "KNOWLEDGE_EMBEDDINGS_URL",
    OPENAI_URL,
    ", unless the server is on this machine: documents and questions would be sent unencrypted.",
  );
  if (url === undefined) return OPENAI_URL;
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    read.problem(
      "KNOWLEDGE_EMBEDDINGS_URL must have no user name, password or fragment: a key belongs in KNOWLEDGE_EMBEDDINGS_KEY.",
    );
  }
  return url.href;
}

const OPENAI_URL = "https://api.openai.com/v1/embeddings";
