import { TOKEN_PROTOCOL_PREFIX, WEB_PROTOCOL } from "../../../src/protocol/web.ts";

/** A short call as a browser makes it; `speak` is called for every frame of 20 ms. */
export async function callFromBrowser(
  origin: string,
  { key, frames, speak }: {
    readonly key: string;
    readonly frames: number;
    readonly speak: () => Promise<void>;
  },
): Promise<void> {
  const response = await fetch(`${origin}/api/web/session`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}` },
  });
  if (!response.ok) throw new Error(`Cannot call: ${await response.text()}`);
  const { token } = await response.json();
  const socket = new WebSocket(`${origin.replace("http", "ws")}/web`, {
    protocols: [WEB_PROTOCOL, TOKEN_PROTOCOL_PREFIX + token],
    headers: { origin },
  });
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  await new Promise((resolve, reject) => {
    socket.onmessage = resolve;
    socket.onerror = () => reject(new Error("Cannot connect"));
  });
  for (let frame = 0; frame < frames; frame++) {
    socket.send(new Uint8Array(960));
    await speak();
  }
  socket.close(1000);
  await closed;
}
