import type { Finding } from "../setupCheck.ts";

/** What becomes of an attempt to listen where the server would. */
export type Listening = "free" | "taken" | "not_permitted" | "not_here";

/** What a command finds at the address of a server that does not answer it. */
export function stoppedFinding(
  listening: Listening,
  { host, port, holder }: {
    readonly host: string;
    readonly port: number;
    /** What listens there, where something does. */
    readonly holder: string;
  },
): Finding {
  const values = { host, port, holder };
  switch (listening) {
    case "free":
      return {
        code: "server_stopped",
        state: "off",
        text: "The server does not run; port {port} is free.",
        remedy: "Start it: deno task start.",
        values,
      };
    case "taken":
      return {
        code: "port_taken",
        state: "broken",
        text: "The server cannot start: port {port} is taken by {holder}.",
        remedy: "Stop that program, or set PORT to another number.",
        values,
      };
    case "not_permitted":
      return {
        code: "port_not_permitted",
        state: "broken",
        text: "The server cannot start: this user may not listen on {host}:{port}.",
        remedy: "Choose a PORT above 1023, or allow the host in permissions.server of deno.json.",
        values,
      };
    case "not_here":
      return {
        code: "host_not_here",
        state: "broken",
        text: "The server cannot start: {host} is no address of this machine.",
        remedy: "Set HOST to 127.0.0.1, or to 0.0.0.0 for all addresses.",
        values,
      };
  }
}

/** A server that takes none of the keys in `.env`; what is said of the rest is of the files alone. */
export function refusedFinding(port: number): Finding {
  return {
    code: "server_refuses_keys",
    state: "warning",
    text:
      "A server runs on port {port}, and no key of API_KEYS lets this command ask it: all else is said of the files.",
    remedy:
      "Give a key of API_KEYS the scope setup:read and its secret in the clear, or start the server again where the keys were changed.",
    values: { port },
  };
}

/** A server that runs, and does not tell of its set-up; what is said of the rest is of the files alone. */
export function slowFinding(port: number): Finding {
  return {
    code: "server_slow",
    state: "warning",
    text:
      "A server runs on port {port}, and did not say in time how its set-up stands: all else is said of the files.",
    remedy: "Look again in a minute. Where it stays so, the log of the server has the reason.",
    values: { port },
  };
}
