/** An operator's endpoint that takes so long to say nothing about a call, and its settings. */
export function startSlowEndpoint(afterMs: number) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      await request.text();
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      return Response.json({ variables: { name: "Ann" } });
    },
  );
  return {
    settings: {
      CALL_URL: `http://127.0.0.1:${server.addr.port}/`,
      WEBHOOK_SECRET: `whsec_${new Uint8Array(32).fill(7).toBase64()}`,
    },
    close: (): Promise<void> => server.shutdown(),
  };
}
