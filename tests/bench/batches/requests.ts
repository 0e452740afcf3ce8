/// <reference lib="deno.worker" />

/** A request that a thread of its own sends, so that the server's does nothing for it. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly ms: number;
  readonly bytes: number;
  readonly begins: string;
}

self.addEventListener("message", async ({ data }: MessageEvent<SentRequest>) => {
  const { url, ...init } = data;
  const from = performance.now();
  const response = await fetch(url, init);
  const body = await response.text();
  const answered: Answered = {
    status: response.status,
    ms: performance.now() - from,
    bytes: body.length,
    begins: body.slice(0, 200),
  };
  self.postMessage(answered);
});
