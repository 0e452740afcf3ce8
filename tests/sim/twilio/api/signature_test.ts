import assert from "node:assert/strict";
import { signedForm, signRequest } from "../../../../src/sim/twilio/api/signature.ts";

Deno.test("signRequest() gives Twilio's documented signature for a form post", () => {
  const fields = {
    Digits: "1234",
    To: "+18005551212",
    From: "+14158675310",
    Caller: "+14158675310",
    CallSid: "CA1234567890ABCDE",
  };
  const url = "https://example.com/myapp.php?foo=1&bar=2";
  assert.equal(signRequest("12345", url, Object.entries(fields)), "L/OH5YylLD5NRKLltdqwSvS0BnU=");
});

Deno.test("signRequest() sorts the fields and counts a repeated one once", () => {
  const sorted = signRequest("t", "https://h/", [["a", "1"], ["b", "2"]]);
  assert.equal(signRequest("t", "https://h/", [["b", "2"], ["a", "1"], ["b", "2"]]), sorted);
  assert.notEqual(signRequest("t", "https://h", [["a", "1"], ["b", "2"]]), sorted);
});

Deno.test("signedForm() drops user and port from https, and keeps an http URL as it is", () => {
  assert.equal(signedForm("https://u:p@Host.example:8443/a?b=c"), "https://host.example/a?b=c");
  assert.equal(signedForm("https://host/a"), "https://host/a");
  assert.equal(signedForm("http://host:8080/a"), "http://host:8080/a");
});
