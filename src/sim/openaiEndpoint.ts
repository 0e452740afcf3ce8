/** As a tokenizer has it for English. */
export const TOKEN_CHARS = 4;

export interface EndpointOptions<Asked> {
  /** The path that is served, such as `/v1/embeddings`. */
  readonly path: string;
  /** The only key that is let in; without it any is. */
  readonly apiKey: string | undefined;
  /** Undefined for a body that is refused with 400, as one is for which it rejects. */
  readonly read: (request: Request) => Promise<Asked | undefined>;
  /** Ends with the endpoint at the latest. */
  readonly answer: (asked: Asked, stopped: AbortSignal) => Response | Promise<Response>;
}

/** Serves one path of OpenAI's HTTP interface on a free loopback port. */
export function startEndpoint<Asked>({ path, apiKey, read, answer }: EndpointOptions<Asked>) {
  const stopped = new AbortController();

  async function serve(request: Request): Promise<Response> {
    if (request.method !== "POST" || new URL(request.url).pathname !== path) {
      return problem(404, "not_found", "There is no such path.");
    }
    const key = request.headers.get("authorization")?.replace(/^Bearer /, "");
    if (apiKey !== undefined && key !== apiKey) {
      return problem(401, "invalid_api_key", "Incorrect API key provided.");
    }
    const asked = await read(request).catch(() => undefined);
    if (asked === undefined) return problem(400, "invalid_request", "The body cannot be read.");
    return await answer(asked, stopped.signal);
  }

  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    signal: stopped.signal,
  }, serve);

  return {
    /** `http://127.0.0.1:PORT`, with the path behind it. */
    url: `http://127.0.0.1:${server.addr.port}${path}`,
    async close(): Promise<void> {
      stopped.abort();
      await server.finished;
    },
  };
}

/** An error as OpenAI's HTTP interface tells it. */
export function problem(status: number, code: string, message: string): Response {
  return Response.json({ error: { message, type: "invalid_request_error", code } }, { status });
}
