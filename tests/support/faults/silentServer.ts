/** What Postgres sends to a client that needs no password: authenticated, and ready. */
export const GREETING = Uint8Array.from(
  [..."R\0\0\0\b\0\0\0\0Z\0\0\0\u0005I"].map((c) => c.charCodeAt(0)),
);

/** Accepts connections, sends the greeting, and then neither writes nor reads. */
export function silentServer(greeting = new Uint8Array()) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const waiting = new Map<number, () => void>();
  const serving = (async () => {
    for await (const connection of listener) {
      taken.push(connection);
      await connection.write(greeting);
      waiting.get(taken.length)?.();
    }
  })();
  return {
    url: `postgres://parley@127.0.0.1:${listener.addr.port}/parley`,
    async connected(count: number) {
      if (taken.length < count) {
        await new Promise<void>((resolve) => waiting.set(count, resolve));
      }
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
      for (const connection of taken) connection.close();
    },
  };
}
