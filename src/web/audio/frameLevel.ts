/** How loud a frame of PCM16 is: root mean square, 0..1. */
export function frameLevel(frame: ArrayBuffer): number {
  const samples = new Int16Array(frame);
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length)) / 32768;
}
