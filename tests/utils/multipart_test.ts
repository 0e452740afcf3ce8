import assert from "node:assert/strict";
import { formParts } from "../../src/utils/multipart.ts";

async function sent(form: FormData) {
  const request = new Request("http://x/", { method: "POST", body: form });
  return {
    type: request.headers.get("content-type") ?? "",
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

const texts = (parts: ReturnType<typeof formParts>) =>
  parts?.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]);

Deno.test("formParts() reads what a form sends, files and lines with ends of any kind included", async () => {
  const form = new FormData();
  form.append("options", '{"a":1}');
  form.append("file", new File(["\ufeffphone\r\n+1\r\n--not-it\r\n\r\n"], 'a "b"; name="c".csv'));
  form.append("empty", "");
  const { body, type } = await sent(form);
  assert.deepEqual(texts(formParts(body, type)), [
    ["options", '{"a":1}'],
    ["file", "phone\r\n+1\r\n--not-it\r\n\r\n"],
    ["empty", ""],
  ]);
});

Deno.test("formParts() reads no form that is cut short, or is none", async () => {
  const form = new FormData();
  form.append("file", new File(["phone\n"], "a.csv"));
  const { body, type } = await sent(form);
  for (let length = 0; length < body.length - 4; length++) {
    assert.equal(formParts(body.slice(0, length), type), undefined, `${length}`);
  }
  assert.equal(formParts(body, "multipart/form-data"), undefined);
  assert.equal(formParts(body, "multipart/form-data; boundary=other"), undefined);
});
