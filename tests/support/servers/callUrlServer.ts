import { Webhook } from "standardwebhooks";
import { Inbox } from "../inbox.ts";

/** A question about a call, as the endpoint of an operator gets it. */
export interface Asked {
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests read what they expect
  readonly body: any;
}

export interface CallUrlServer extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly asked: Inbox<Asked>;
  /** From now on. */
  answer(reply: (asked: Asked) => Response | Promise<Response>): void;
}

const secret = `whsec_${new Uint8Array(32).fill(7).toBase64()}`;

/** The endpoint of an operator, who checks every signature. */
export function startCallUrlServer(
  answer: (asked: Asked) => Response | Promise<Response> = () => Response.json({}),
): CallUrlServer {
  const asked = new Inbox<Asked>();
  let reply = answer;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const text = await request.text();
      const { headers } = request;
      try {
        new Webhook(secret).verify(text, Object.fromEntries(headers));
      } catch {
        return new Response("not signed", { status: 401 });
      }
      const question = { headers, text, body: JSON.parse(text) };
      asked.add(question);
      return await reply(question);
    },
  );
  return {
    env: { CALL_URL: `http://127.0.0.1:${server.addr.port}/calls`, WEBHOOK_SECRET: secret },
    asked,
    answer: (next) => void (reply = next),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
