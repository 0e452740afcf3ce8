import { type Context, Hono } from "@hono/hono";
import { type ProbeProofs, UNKNOWN_PROBE } from "../services/setup.ts";
import { readForm } from "../utils/bodyReader.ts";
import { listsWord } from "../utils/http/headerList.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { validateTwilioForm } from "../utils/twilioValidate.ts";
import { upgradeSocket } from "./handshake.ts";
import { HttpProblem, requireAllowed } from "./middleware/httpProblem.ts";
import { pathAndQuery, requireSignedSocket } from "./middleware/twilioSignature.ts";

/**
 * `/twilio/probe`, and `/media` with a question in its query: by these a process that examines PUBLIC_URL
 * recognises itself there, and how requests arrive. They have no effect, and answer who holds the database's
 * secret alone; others have a few attempts.
 */
export function probeRoutes({ proofs, phone, addressOf, now }: {
  readonly proofs: Pick<ProbeProofs, "prove">;
  /** Absent where the phone is off: nothing is signed. */
  readonly phone: { readonly authToken: string; readonly publicUrl: string } | undefined;
  readonly addressOf: (c: Context) => string;
  /** Monotonic. */
  readonly now: () => number;
}): Hono {
  const routes = new Hono();
  const strangers = createRateLimiter({ capacity: 20, refillPerSecond: 0.5 });

  routes.post("/twilio/probe", async (c) => {
    const proof = await prove(c);
    const { value: params } = await readForm(c.req.raw, { maxBytes: 4096, maxFields: 10 });
    const hasForwardedFor = c.req.header("x-forwarded-for") !== undefined;
    return c.json({ proof, signature: signatureOf(c, params), hasForwardedFor }, 200, {
      "Cache-Control": "no-store",
    });
  });

  routes.get("/twilio/probe", async (c) => {
    await prove(c);
    return accept(c);
  });

  routes.get("/media", async (c, next) => {
    if (phone === undefined || c.req.query("nonce") === undefined) return await next();
    await prove(c);
    requireSignedSocket(c, phone);
    return accept(c);
  });

  return routes;

  async function prove(c: Context): Promise<string> {
    const { nonce = "", pass = "" } = c.req.query();
    // Before the limit: behind a proxy, strangers and this server may have one address.
    const proof = await proofs.prove({ nonce, pass });
    if (proof !== undefined) return proof;
    requireAllowed(strangers.consume(addressOf(c), now()));
    throw new HttpProblem(404, UNKNOWN_PROBE, "This server has not asked that.");
  }

  function signatureOf(
    c: Context,
    params: URLSearchParams,
  ): "valid" | "wrong" | "missing" | "none" {
    if (phone === undefined) return "none";
    const signature = c.req.header("x-twilio-signature");
    if (signature === undefined) return "missing";
    const request = { ...phone, signature, pathAndQuery: pathAndQuery(c), params };
    return validateTwilioForm(request) ? "valid" : "wrong";
  }
}

function accept(c: Context): Response {
  if (!listsWord(c.req.header("upgrade") ?? null, "websocket")) {
    throw new HttpProblem(426, "upgrade_required", "This address takes WebSockets only.");
  }
  const { socket, response } = upgradeSocket(c.req.raw, 0);
  socket.onopen = () => socket.close(1000);
  // Who asked is gone as soon as the handshake is done.
  socket.onerror = (event) => event.preventDefault();
  return response;
}
