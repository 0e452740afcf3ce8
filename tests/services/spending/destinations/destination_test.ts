import assert from "node:assert/strict";
import {
  checkDestination,
  type DestinationRules,
} from "../../../../src/services/spending/destinations/destination.ts";

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

Deno.test("case 120: a possible number that no table knows yet is dialled: the phone network decides", () => {
  for (const code of ["861", "357", "436", "457", "621", "624", "679", "837", "924"]) {
    const to = `+1${code}2345678`;
    assert.deepEqual(checkDestination(to, policy), { ok: true, number: to, country: "US" });
  }
  const others: readonly (readonly [to: string, country: string])[] = [
    ["+4916512345678", "DE"],
    ["+447312345678", "GB"],
    ["+88016123456", "BD"],
    ["+12352345678", "US"],
  ];
  for (const [to, country] of others) {
    const decision = checkDestination(to, { ...policy, countries: [country] });
    assert.deepEqual(decision, { ok: true, number: to, country }, to);
  }
});

Deno.test("case 120: what is dear or special by its beginning is refused though no table knows it", () => {
  const special = [
    ...["+19002345678", "+19002340000", "+15002345678", "+15352345678", "+18612119999"],
    ...["+17002345678", "+17102345678", "+14562345678", "+18612345", "+186123456789"],
    ...["+449212345678", "+449912345678", "+449001234567", "+49900123", "+491371", "+49116117"],
    ...["+4912", "+491180123", "+266696687", "+86282452253", "+18611976555", "+18619765555"],
  ];
  const everywhere = { ...policy, countries: ["US", "GB", "DE", "CN", "LS", "CA"] };
  for (const to of special) assert.equal(checkDestination(to, everywhere).ok, false, to);
});

Deno.test("case 120: an own number that no table knows has a country", () => {
  const rules = { ownNumber: "+18612345678" };
  assert.equal(checkDestination("+14155550123", rules).ok, true);
  assert.equal(checkDestination("+442079460018", rules).ok, false);
});

Deno.test("case 120: OUTBOUND_ALLOW overrules the tables, and OUTBOUND_DENY everything", () => {
  const to = "+15352345678";
  assert.equal(checkDestination(to, policy).ok, false);
  assert.equal(checkDestination(to, { ...policy, allow: ["+1535"] }).ok, true);
  assert.equal(checkDestination(to, { ...policy, allow: ["+1535"], deny: ["+15352"] }).ok, false);
  assert.equal(checkDestination("+19005550123", { ...policy, allow: ["+1900"] }).ok, false);
  assert.equal(checkDestination("+449098790123", { ...policy, allow: ["+44"] }).ok, false);
});
