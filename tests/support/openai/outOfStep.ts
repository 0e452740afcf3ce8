/** Which of an item's text and sound a server sends later than the other. */
export type LateKind = "text" | "audio";

/**
 * Stands between a client and a Realtime server, and brings text and sound out of step: one kind comes so much later,
 * and what ends a response with it.
 */
export function startOutOfStep(
  { upstream, late, ms }: {
    readonly upstream: string;
    readonly late: LateKind;
    readonly ms: number;
  },
): { readonly url: string; close(): Promise<void> } {
  const kind = late === "text" ? "output_audio_transcript" : "output_audio";
  const delayed = new RegExp(
    `^[^]{0,100}"(response\\.(${kind}\\.(delta|done)|(content_part\\.|output_item\\.)?done)|conversation\\.item\\.done)"`,
  );
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    const target = new URL(`${pathname}${search}`, upstream);
    const authorization = request.headers.get("authorization") ?? "";
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      target.protocol = "http:";
      return fetch(target, { headers: { authorization } });
    }
    const far = new WebSocket(target, { headers: { authorization } });
    const opened = new Promise((resolve) => far.onopen = resolve);
    const { socket, response } = Deno.upgradeWebSocket(request);
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const pass = (text: string) => socket.readyState === WebSocket.OPEN && socket.send(text);
    far.onmessage = ({ data }) => {
      if (!delayed.test(data)) return void pass(data);
      const timer = setTimeout(() => {
        timers.delete(timer);
        pass(data);
      }, ms);
      timers.add(timer);
    };
    socket.onmessage = async ({ data }) => {
      await opened;
      if (far.readyState === WebSocket.OPEN) far.send(data);
    };
    const end = () => {
      for (const timer of timers) clearTimeout(timer);
      if (far.readyState <= WebSocket.OPEN) far.close();
      if (socket.readyState <= WebSocket.OPEN) socket.close();
    };
    socket.onclose = end;
    far.onclose = end;
    far.onerror = end;
    return response;
  });
  return {
    url: `ws://127.0.0.1:${server.addr.port}/v1/realtime`,
    close: () => server.shutdown(),
  };
}
