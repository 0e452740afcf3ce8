/** Loads what connects to Postgres: only a server that has one spends time and memory on its driver. */
export async function loadPostgres() {
  const [{ createClientClass }, { Connections, DatabaseTimeout }, { listenTo }] = await Promise.all(
    [
      import("./client.ts"),
      import("./connections.ts"),
      import("./listener.ts"),
    ],
  );
  return { createClientClass, Connections, DatabaseTimeout, listenTo };
}
