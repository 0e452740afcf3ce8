import assert from "node:assert/strict";
import { isPhoneNumber, isWithheld } from "../../src/utils/phoneNumber.ts";

Deno.test("case 121: a withheld number is recognised however it is spelled", () => {
  const withheld = [
    ...["", "anonymous", "Anonymous", "ANONYMOUS", "restricted", "unavailable", "unknown"],
    ...["private", "Private Number", "blocked", "withheld", "+", "+0", "No Caller ID"],
    ...["+266696687", "266696687", " 266696687", "+1266696687", "+86282452253", "86282452253"],
    ...["+7378742883", "+7378742833", "7378742883", "+17378742833", "2562533", "+12562533"],
    ...["8656696", "+18656696", "+186282452253", "sip:anonymous@anonymous.invalid"],
    ...["anonymous@anonymous.invalid", "client:Anonymous", "sip:+266696687@pbx.example"],
  ];
  for (const name of withheld) {
    assert.equal(isWithheld(name), true, name);
    assert.equal(isPhoneNumber(name), false, name);
  }
  const callers = [
    "+14155550123",
    "client:ann",
    "sip:1001@pbx.example.com",
    "0441234",
    "+4930901820",
  ];
  for (const name of callers) assert.equal(isWithheld(name), false, name);
  assert.equal(isPhoneNumber("+14155550123"), true);
  assert.equal(isPhoneNumber("0441234"), false);
});

Deno.test("isWithheld() reads a name of any length in no time", () => {
  assert.equal(isWithheld("@".repeat(1_000_000)), true);
  assert.equal(isWithheld("1".repeat(1_000_000)), false);
});
