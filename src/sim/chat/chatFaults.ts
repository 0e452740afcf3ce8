/** What endpoints are known to do in the place of an answer. */
export type ChatFault =
  | { readonly type: "status"; readonly status: number; readonly retryAfter?: string }
  /** Nothing comes, as long as the client waits. */
  | { readonly type: "hang" }
  /** The answer begins and the connection is cut. */
  | { readonly type: "cut" }
  | { readonly type: "body"; readonly body: string; readonly contentType?: string }
  /** A completion that never ends growing. */
  | { readonly type: "huge"; readonly bytes: number }
  | { readonly type: "refusal" }
  | { readonly type: "cutOff" };

/** The response that a fault makes. */
export async function failWith(fault: ChatFault, stopped: AbortSignal): Promise<Response> {
  switch (fault.type) {
    case "status": {
      const headers = fault.retryAfter === undefined ? {} : { "Retry-After": fault.retryAfter };
      return new Response("{}", { status: fault.status, headers });
    }
    case "hang":
      await new Promise<void>((resolve) =>
        stopped.addEventListener("abort", () => resolve(), { once: true })
      );
      return new Response(null, { status: 503 });
    case "cut":
      return new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"choices":['));
            controller.error(new Error("cut"));
          },
        }),
      );
    case "body": {
      const { body, contentType = "application/json" } = fault;
      return new Response(body, { headers: { "Content-Type": contentType } });
    }
    case "huge":
      return message({ content: "x".repeat(fault.bytes) }, "stop");
    case "refusal":
      return message({ content: null, refusal: "I cannot help with that." }, "stop");
    case "cutOff":
      return message({ content: '{"summary":"The caller' }, "length");
  }
}

function message(parts: object, finishReason: string): Response {
  return Response.json({
    choices: [{ index: 0, message: { role: "assistant", ...parts }, finish_reason: finishReason }],
    usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
  });
}
