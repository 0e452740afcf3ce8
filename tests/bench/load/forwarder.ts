/**
 * The least work that any bridge has to do, as the yardstick: cuts the audio out of a message of one
 * side, and puts it into a message of the other. No signature, no turns, no marks, no check of anything.
 * Usage: forwarder.ts MODEL_URL
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
      if (data.startsWith('{"event":"start"')) streamSid = JSON.parse(data).start.streamSid;
      if (!data.startsWith('{"event":"media"')) return;
      const append = `{"type":"input_audio_buffer.append","audio":"${valueOf(data, "payload")}"}`;
      if (model.readyState === WebSocket.OPEN) model.send(append);
      else waiting.push(append);
    };
    model.onopen = () => {
      model.send(JSON.stringify({ type: "session.update", session: {} }));
      for (const append of waiting) model.send(append);
    };
    model.onmessage = ({ data }) => {
      if (!data.includes('"response.output_audio.delta"')) return;
      const payload = valueOf(data, "delta");
      phone.send(`{"event":"media","streamSid":"${streamSid}","media":{"payload":"${payload}"}}`);
    };
    phone.onclose = () => model.close();
    model.onclose = () => phone.readyState === WebSocket.OPEN && phone.close();
    return response;
  },
);

function valueOf(json: string, name: string): string {
  const at = json.indexOf(`"${name}":"`) + name.length + 4;
  return json.slice(at, json.indexOf('"', at));
}
