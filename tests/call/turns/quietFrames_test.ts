import assert from "node:assert/strict";
import { levelsOfBytes } from "../../../src/utils/audio/audioLevel.ts";
import { type Base64, decodeBase64, silenceOf } from "../../../src/utils/audio/audioFormat.ts";
import { SpeechDetector } from "../../../src/utils/audio/speechDetector.ts";
import { BACKGROUNDS, type CallerScene, framesOfScene } from "../../support/trials/callerScene.ts";
import { type Ear, hearCall, modelEar } from "../../support/trials/hearingTrial.ts";

const SCENE = { background: "comfort", backgroundDb: -66, fadeMs: 0, quietMs: 2000 } as const;

/** Reports the first 10 ms in which anything stands out, however faint. */
function sharpEar(): Ear {
  const detector = new SpeechDetector({
    onsetMs: 10,
    hangoverMs: 200,
    marginDb: 6,
    minLevelDb: -75,
  });
  return (audio) => {
    const bytes = decodeBase64(audio);
    return Array.from({ length: bytes.length / 80 }, (_, i) => {
      const { levelDb } = levelsOfBytes(bytes.slice(i * 80), 80, "pcmu");
      return detector.hear(levelDb, 10);
    }).filter((change) => change !== undefined);
  };
}

const EARS: Readonly<Record<string, () => Ear>> = {
  "with the API's defaults": () => modelEar(0.5, 500),
  "that is sensitive and quick": () => modelEar(0.1, 200),
  "that is deaf and patient": () => modelEar(0.9, 1500),
  "that hears the faintest sound": sharpEar,
};

for (const [ear, create] of Object.entries(EARS)) {
  Deno.test(`a model ${ear} hears speech begin and end as soon as without groups`, () => {
    let changes = 0;
    for (const { scene, frames } of scenes()) {
      const single = hearCall(frames, create(), { groupMs: 0 });
      const grouped = hearCall(frames, create(), { groupMs: 100 });
      assert.deepEqual(grouped.changes, single.changes, JSON.stringify(scene));
      assert.deepEqual(grouped.bytes, single.bytes);
      changes += single.changes.length;
    }
    assert.ok(changes > 100, `${changes} changes`);
  });
}

Deno.test("a quiet line costs ten messages a second in place of fifty, speech and its end none less", () => {
  const frames = framesOfScene({ ...SCENE, speechDb: -25, quietMs: 5000 });
  const { messages, changes } = hearCall(frames, modelEar(0.5, 500), { groupMs: 100 });
  const single = hearCall(frames, modelEar(0.5, 500), { groupMs: 0 });
  const [started, stopped] = changes.map(({ atMs }) => atMs);
  assert.ok(started !== undefined && stopped !== undefined);
  for (let s = Math.ceil(started / 1000); s < Math.floor(stopped / 1000); s++) {
    assert.equal(messages[s], 50, "while the caller speaks");
  }
  assert.ok(Math.min(...messages.slice(5, -2)) <= 10, `${messages}`);
  assert.equal(Math.min(...single.messages.slice(1, -2)), 50);
});

Deno.test("a line that is quiet for long costs ten messages a second", () => {
  const frames = Array.from({ length: 1500 }, () => silenceOf(20, "pcmu"));
  const { messages } = hearCall(frames, sharpEar(), { groupMs: 100 });
  assert.deepEqual(messages.slice(5, 30), Array.from({ length: 25 }, () => 10));
});

Deno.test("a turn ends as soon as without groups where its beginning is reported too late", () => {
  for (const { scene, frames } of scenes()) {
    const [single, grouped] = [0, 100].map((groupMs) =>
      hearCall(frames, modelEar(0.5, 450), { groupMs, delayMs: 2500 })
    );
    assert.deepEqual(grouped?.changes, single?.changes, JSON.stringify(scene));
  }
});

Deno.test("where turns end by the level of the line, they end as soon as without groups", () => {
  const policy = { modelListens: false, modelResponds: false, commitsBySilence: true };
  for (const { frames } of scenes()) {
    const single = hearCall(frames, () => [], { groupMs: 0, policy });
    const grouped = hearCall(frames, () => [], { groupMs: 100, policy });
    assert.deepEqual(grouped.commits, single.commits);
    assert.deepEqual(grouped.bytes, single.bytes);
  }
});

let made: { readonly scene: CallerScene; readonly frames: readonly Base64[] }[] | undefined;

/** Made once for all tests, and only where one of them runs. */
function scenes() {
  return made ??= BACKGROUNDS.flatMap((background) =>
    [-20, -35, -45].flatMap((speechDb) =>
      [0, 400].map((fadeMs) => {
        const backgroundDb = background === "comfort" ? -68 : -62;
        // The first frames of words fall on every place of a group.
        const quietMs = 2000 + (-speechDb * 7 + fadeMs) % 100;
        const scene = { background, backgroundDb, speechDb, fadeMs, quietMs };
        return { scene, frames: framesOfScene(scene) };
      })
    )
  );
}
