import type { HttpMethod } from "./twimlElement.ts";

/** Where TwiML comes from: a URL to be requested, or a document at hand. */
export type TwimlSource =
  | {
    readonly kind: "request";
    readonly url: string;
    readonly method: HttpMethod;
    readonly params: Readonly<Record<string, string>>;
    /** For this document and all that follow it. */
    readonly fallbackUrl?: string | undefined;
  }
  | {
    readonly kind: "document";
    readonly text: string;
    readonly baseUrl: string;
    readonly fallbackUrl?: string | undefined;
  };
