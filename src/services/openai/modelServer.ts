import type { Settings } from "../../config/settings.ts";
import { credentialsFor, isAzure } from "./credentials.ts";
import { diagnoseHandshake } from "./handshakeDiagnosis.ts";
import { listModels, type ModelList } from "./modelList.ts";

const EXAMINE_MS = 10_000;

/** The HTTP interface of the server of the settings; it opens nothing that has to be closed. */
export function createModelServer({ url, apiKey, auth, model }: Settings["openai"]) {
  const headers = apiKey === undefined ? {} : credentialsFor(url, apiKey, auth);
  return {
    /**
     * Asks over plain HTTP whether the server takes the key and has the model of the settings: the code
     * of what is wrong, undefined where nothing is known to be. Never rejects.
     */
    async examine(): Promise<string | undefined> {
      if (apiKey === undefined) return undefined;
      const target = new URL(url);
      target.searchParams.set("model", model);
      const { loss: { code } } = await diagnoseHandshake(
        { url: target.href, headers },
        { fetch, signal: AbortSignal.timeout(EXAMINE_MS) },
      );
      return code === "handshake_refused" ? undefined : code;
    },
    /** The models that the key may use; undefined where the server does not tell. Never rejects. */
    async models(): Promise<ModelList | undefined> {
      const target = new URL(url.replace(/^ws/, "http"));
      // Azure lists what could be deployed, not what is.
      if (isAzure(target.hostname)) return undefined;
      target.searchParams.delete("model");
      target.pathname = `${
        target.pathname.replace(/\/realtime\/?$/, "").replace(/\/$/, "")
      }/models`;
      return await listModels(target.href, headers, AbortSignal.timeout(EXAMINE_MS));
    },
  };
}

/** The server that a process with these settings would open its engine with. */
export function modelServerOf(openai: Settings["openai"]) {
  return isBuiltIn(openai)
    ? { name: "rehearsal", ...noModelServer }
    : { name: openai.model, ...createModelServer(openai) };
}

/** Whether the built-in engine answers: OpenAI's servers do nothing without a key. */
export function isBuiltIn({ url, apiKey }: Pick<Settings["openai"], "url" | "apiKey">): boolean {
  const { hostname } = new URL(url);
  return apiKey === undefined && (hostname === "openai.com" || hostname.endsWith(".openai.com"));
}

/** In the place of a server where the built-in engine answers. */
export const noModelServer: ReturnType<typeof createModelServer> = {
  examine: () => Promise.resolve(undefined),
  models: () => Promise.resolve(undefined),
};
