import assert from "node:assert/strict";
import { RecordingFault } from "../../../src/services/recording/recordingFault.ts";
import { recordingKey, SealedFile } from "../../../src/services/recording/sealedFile.ts";

const [old, fresh, foreign] = [1, 2, 3].map((byte) => recordingKey(new Uint8Array(32).fill(byte)));

function refuses(work: () => unknown, code: string): void {
  assert.throws(work, (error) => error instanceof RecordingFault && error.code === code);
}

Deno.test("a sealed file is read and overwritten anywhere, by whichever key it was sealed with", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/a.sealed`;
  const written = SealedFile.create(path, "pcmu", old!);
  const audio = Uint8Array.from({ length: 20_000 }, (_, at) => at % 251);
  for (let at = 0; at < audio.length; at += 333) written.write(at, audio.subarray(at, at + 333));
  written.write(4000, new Uint8Array(200).fill(255));
  audio.fill(255, 4000, 4200);
  written.flush();
  written.close();
  refuses(() => SealedFile.open(path, [foreign!]), "unknown_key");
  const opened = SealedFile.open(path, [fresh!, old!]);
  assert.equal(opened.bytes, audio.length);
  assert.deepEqual(opened.read(0, 30_000), audio);
  assert.deepEqual(opened.read(4060, 20), audio.subarray(4060, 4080));
  opened.close();
  const raw = await Deno.readFile(path);
  assert.equal(raw.length % 4096, 0);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a block of a sealed file that was changed, or moved, is not believed", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/a.sealed`;
  const file = SealedFile.create(path, "pcm24k", old!);
  file.write(0, new Uint8Array(3 * 4068).fill(7));
  file.flush();
  file.close();
  const whole = await Deno.readFile(path);
  const changes: ((bytes: Uint8Array) => void)[] = [
    (bytes) => bytes[2 * 4096 + 100]! ^= 1,
    (bytes) => bytes.set(whole.subarray(4096, 8192), 2 * 4096),
  ];
  for (const change of changes) {
    const bytes = whole.slice();
    change(bytes);
    await Deno.writeFile(path, bytes);
    const opened = SealedFile.open(path, [old!]);
    assert.equal(opened.read(0, 4068).length, 4068);
    refuses(() => opened.read(4068, 10), "damaged");
    opened.close();
  }
  await Deno.writeFile(path, whole.subarray(0, 100));
  refuses(() => SealedFile.open(path, [old!]), "damaged");
  await Deno.remove(dir, { recursive: true });
});
