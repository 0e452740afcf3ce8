const FROM = 20_000;
const TO = 32_000;

/**
 * A port of this machine for what has to know it beforehand. It is none of those that the system gives away by itself,
 * so that no other test that runs meanwhile gets it.
 */
export function freePort(): number {
  for (;;) {
    const port = FROM + Math.floor(Math.random() * (TO - FROM));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
