/// <reference lib="deno.worker" />
/**
 * A link with a delay, run as a worker: a TUN device whose far end is its near end. A packet for `FAR`
 * comes back, as late as the link is long, as one from `FAR` to `NEAR`: both ends of a connection are
 * then sockets of this kernel, and no acknowledgement is faster than the link. To exchange the addresses
 * leaves the checksums right.
 */

/** From the worker, once the device exists. */
export interface LinkReady {
  readonly device: string;
}

self.onmessage = ({ data }: MessageEvent<{ readonly delayMs: number }>) => run(data.delayMs);

async function run(delayMs: number): Promise<void> {
  const libc = Deno.dlopen("libc.so.6", {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  }).symbols;
  const device = "parley0";
  const file = libc.open(new TextEncoder().encode("/dev/net/tun\0"), O_RDWR);
  const request = new Uint8Array(40);
  request.set(new TextEncoder().encode(device));
  new DataView(request.buffer).setUint16(16, IFF_TUN | IFF_NO_PI, true);
  if (file < 0 || libc.ioctl(file, TUNSETIFF, request) < 0) {
    throw new Error("Cannot make a TUN device: /dev/net/tun may not be used");
  }
  self.postMessage({ device } satisfies LinkReady);

  const onTheWay: { readonly dueAt: number; readonly packet: Uint8Array<ArrayBuffer> }[] = [];
  let isWaiting = false;
  const deliver = () => {
    isWaiting = false;
    while (onTheWay[0] !== undefined && onTheWay[0].dueAt <= performance.now()) {
      const { packet } = onTheWay.shift()!;
      libc.write(file, packet, BigInt(packet.length));
    }
    schedule();
  };
  const schedule = () => {
    const [next] = onTheWay;
    if (next === undefined || isWaiting) return;
    isWaiting = true;
    setTimeout(deliver, Math.max(0, next.dueAt - performance.now()));
  };
  for (;;) {
    const packet = new Uint8Array(2048);
    const length = Number(await libc.read(file, packet, BigInt(packet.length)));
    if (length < 0) throw new Error("Cannot read from the TUN device");
    // Others are of IPv6, which looks for neighbours.
    if (packet[0]! >> 4 !== 4) continue;
    const [source, target] = [packet.slice(12, 16), packet.slice(16, 20)];
    packet.set(target, 12);
    packet.set(source, 16);
    onTheWay.push({ dueAt: performance.now() + delayMs, packet: packet.subarray(0, length) });
    schedule();
  }
}

const O_RDWR = 2;
const TUNSETIFF = 0x400454can;
const IFF_TUN = 0x0001;
const IFF_NO_PI = 0x1000;
