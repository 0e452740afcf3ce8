/// <reference lib="dom" />
import { fetchJson } from "./apiClient.ts";
import { t } from "./text.ts";

/** What the server offers: the answer of `/api/web/info`. */
export interface ServerInfo {
  /** `rehearsal`, or the name of the model that answers. */
  readonly engine: string;
  /** Whether this browser may start a call: without a key, with one, or not at all. */
  readonly access: "open" | "key" | "closed";
  /** Whether people can sign in, in the place of a key. */
  readonly signIn: boolean;
  readonly defaultAgent: string;
  readonly agents: readonly { readonly name: string; readonly title: string }[];
}

/** Asks the server what it offers. Throws `RequestError`. */
export async function fetchServerInfo(): Promise<ServerInfo> {
  return await fetchJson("/api/web/info");
}

/** The name of the engine, for the head of the page. */
export function describeEngine(engine: string): string {
  return engine === "rehearsal" ? t("Rehearsal engine") : engine;
}
