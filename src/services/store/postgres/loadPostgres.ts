/** What connects to Postgres. Its driver takes time and memory: it is loaded where a database is a Postgres. */
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
