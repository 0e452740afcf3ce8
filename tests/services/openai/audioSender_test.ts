import assert from "node:assert/strict";
import { AudioSender } from "../../../src/services/openai/audioSender.ts";

const FRAME = "/".repeat(216);

Deno.test("audio is dropped while too much of it waits, and asking costs nothing for most frames", () => {
  const socket = {
    waiting: 0,
    asked: 0,
    sent: 0,
    get bufferedAmount() {
      this.asked++;
      return this.waiting;
    },
    send() {
      this.sent++;
    },
    close() {},
  };
  const sender = new AudioSender(socket, 1000);
  const send = (frames: number) => {
    for (let i = 0; i < frames; i++) sender.send(FRAME);
  };
  send(760);
  assert.deepEqual([socket.sent, socket.asked], [760, 10]);
  socket.waiting = 1001;
  send(1000);
  assert.ok(socket.sent < 760 + 100, "noticed within 16 KB");
  assert.equal(socket.sent + sender.dropped, 1760);
  socket.waiting = 1000;
  const before = socket.sent;
  send(10);
  assert.equal(socket.sent, before + 10);
});
