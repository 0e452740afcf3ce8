/**
 * Ends TLS in front of a server. `Deno.serve` with TLS leaves Nagle's algorithm on, so that a small frame
 * of a model waits for the acknowledgement of the one before it: some 20 ms, which OpenAI's do not.
 * Prints its port. Usage: tlsRelay.ts CERTIFICATE_FILE KEY_FILE PORT
 */
import { readFileSync } from "node:fs";
import net from "node:net";
import tls from "node:tls";

const [certFile = "", keyFile = "", port = ""] = Deno.args;

const server = tls.createServer(
  { cert: readFileSync(certFile), key: readFileSync(keyFile), ALPNProtocols: ["http/1.1"] },
  (client) => {
    const model = net.connect({ port: Number(port), host: "127.0.0.1" });
    for (const [from, to] of [[client, model], [model, client]] as const) {
      from.setNoDelay(true);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
    }
  },
);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(address.port);
});
