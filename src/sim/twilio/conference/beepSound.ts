import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";

/** What is heard when somebody comes or goes: 1,400 Hz for 200 ms. */
export const beepSound: Uint8Array = encodeG711(
  MU_LAW,
  Int16Array.from(
    { length: 1_600 },
    (_, at) => Math.round(6_000 * Math.sin(2 * Math.PI * 1_400 * at / 8_000)),
  ),
);
