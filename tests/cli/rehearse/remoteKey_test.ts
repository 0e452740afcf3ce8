import assert from "node:assert/strict";
import { remoteKey } from "../../../src/cli/rehearse/against/remoteKey.ts";
import { readOrigin } from "../../../src/cli/rehearse/against/remoteRequest.ts";

const KEYS = "app:first-secret-of-many,ops:second-secret-of-many;scopes=admin,old:sha256:ab12";

Deno.test("remoteKey() shows the keys of the settings here to no other host", () => {
  assert.equal(remoteKey("http://127.0.0.1:8000", { keys: KEYS }), "second-secret-of-many");
  assert.equal(remoteKey("https://other.example", { keys: KEYS }), undefined);
  const publicUrl = "https://voice.example.com";
  assert.equal(remoteKey(publicUrl, { keys: KEYS, publicUrl }), "second-secret-of-many");
  for (const written of ["https://Voice.example.com/", " https://voice.example.com:443"]) {
    assert.equal(remoteKey(publicUrl, { keys: KEYS, publicUrl: written }), "second-secret-of-many");
  }
  assert.equal(remoteKey(publicUrl, { keys: KEYS, publicUrl: "voice.example.com" }), undefined);
  assert.equal(remoteKey("https://other.example", { keys: KEYS, own: " mine " }), "mine");
  assert.equal(remoteKey("https://other.example", { own: "mine", file: "filed\n" }), "filed");
  assert.throws(() => remoteKey("https://other.example", { file: "\n" }), /--key-file holds no/);
});

Deno.test("readOrigin() takes an address without a path, and no key goes over a line that is open", () => {
  assert.equal(readOrigin("https://voice.example.com/"), "https://voice.example.com");
  assert.equal(readOrigin("http://localhost:8000"), "http://localhost:8000");
  assert.throws(() => readOrigin("voice.example.com"), /must be an address such as/);
  assert.throws(() => readOrigin("http://voice.example.com"), /must begin with https/);
  assert.throws(() => readOrigin("https://voice.example.com/api"), /without a path/);
  assert.throws(() => readOrigin("https://a:b@voice.example.com"), /must not have a password/);
});
