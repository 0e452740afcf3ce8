/**
 * The least work that any bridge has to do, as the yardstick: parse a message of one side, make a
 * message of the other. No signature, no turns, no marks. Usage: forwarder.ts MODEL_URL
 */
const [modelUrl = ""] = Deno.args;

Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) },
  (request) => {
    if (request.headers.get("upgrade") === null) return new Response("ok");
    const { socket: phone, response } = Deno.upgradeWebSocket(request);
    const model = new WebSocket(modelUrl);
    let streamSid = "";
    const waiting: string[] = [];
    phone.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.event === "start") streamSid = message.start.streamSid;
      if (message.event !== "media") return;
      const { payload } = message.media;
      const append = JSON.stringify({ type: "input_audio_buffer.append", audio: payload });
      if (model.readyState === WebSocket.OPEN) model.send(append);
      else waiting.push(append);
    };
    model.onopen = () => {
      model.send(JSON.stringify({ type: "session.update", session: {} }));
      for (const append of waiting) model.send(append);
    };
    model.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.type !== "response.output_audio.delta") return;
      phone.send(JSON.stringify({ event: "media", streamSid, media: { payload: event.delta } }));
    };
    phone.onclose = () => model.close();
    model.onclose = () => phone.readyState === WebSocket.OPEN && phone.close();
    return response;
  },
);
