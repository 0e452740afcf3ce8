import assert from "node:assert/strict";
import {
  checkDestination,
  type DestinationRules,
} from "../../../src/services/spending/destination.ts";

const policy: DestinationRules = {
  countries: ["US", "GB", "DE", "FR", "IT", "AU"],
  ownNumber: "+14155550100",
};

Deno.test("checkDestination() lets a real number of an allowed country through", () => {
  for (
    const [to, country] of [
      ["+14155550123", "US"],
      ["+442079460018", "GB"],
      ["+4930901820", "DE"],
      ["+33142685300", "FR"],
      ["+390612345678", "IT"],
    ] as const
  ) {
    assert.deepEqual(checkDestination(to, policy), { ok: true, number: to, country });
  }
});

const refused: Readonly<Record<string, readonly string[]>> = {
  not_ascii_digits: ["+١٤١٥٥٥٥٠١٢٣", "+1415555012３", "+1415555\u200b0123", "+1415\u00a05550123"],
  extension: ["+14155550123x5", "+14155550123;ext=5", "+14155550123,,5", "+14155550123 ext. 5"],
  emergency_number: ["911", "112", "999", "+112", "000"],
  short_number: ["611", "12345", "+4411"],
  not_e164: [
    "4155550123",
    "00442079460018",
    "+1 415 555 0123",
    "+1-415-555-0123",
    "",
    "hello",
    "tel:+14155550123",
    "+0155550123",
    "+1415555012345678",
    " +14155550123",
    "+14155550123 ",
  ],
  not_a_real_number: ["+11111111111", "+449999999999", "+999123456789", "+19115550123"],
  satellite: ["+881612345678", "+882161234567", "+883510001234", "+870773123456", "+61147123456"],
  premium_rate: ["+19005550123", "+449098790123", "+979123456789", "+14159765555", "+447012345678"],
  shared_cost: ["+39848123456", "+80812345678", "+491801234567"],
  country_not_allowed: ["+18765550123", "+97142345678", "+31201234567"],
  own_number: ["+14155550100"],
};

for (const [code, numbers] of Object.entries(refused)) {
  Deno.test(`checkDestination() refuses with ${code}`, () => {
    for (const to of numbers) {
      const decision = checkDestination(to, policy);
      assert.equal(decision.ok ? "accepted" : decision.code, code, `for ${to}`);
    }
  });
}

Deno.test("checkDestination() allows only the own number's country when none is listed", () => {
  const own: DestinationRules = { ownNumber: "+442079460018" };
  assert.equal(checkDestination("+442079460019", own).ok, true);
  assert.equal(checkDestination("+14155550123", own).ok, false);
});

Deno.test("checkDestination() keeps to the operator's lists, and a denial is stronger", () => {
  const lists = { ...policy, allow: ["+1415", "+4420"], deny: ["+1415555019"] };
  const codeOf = (to: string) => {
    const decision = checkDestination(to, lists);
    return decision.ok ? "accepted" : decision.code;
  };
  assert.equal(codeOf("+14155550123"), "accepted");
  assert.equal(codeOf("+442079460018"), "accepted");
  assert.equal(codeOf("+14155550199"), "number_denied");
  assert.equal(codeOf("+12125550123"), "number_not_allowed");
  assert.equal(checkDestination("+12125550123", { ...policy, deny: ["+1415"] }).ok, true);
});
