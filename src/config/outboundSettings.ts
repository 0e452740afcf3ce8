import { isPhoneNumber } from "../utils/phoneNumber.ts";
import { closed as closedDays, type ClosedDays } from "./hoursSchema.ts";
import type { SettingReader } from "./settingReader.ts";
import type { CallingHours, OutboundSettings } from "./settings.ts";
import { present } from "../utils/present.ts";

/** Reads which numbers may be called, at what hours, and up to which limits. */
export function readOutbound(
  read: SettingReader,
  { isRehearsal }: { readonly isRehearsal: boolean },
): OutboundSettings {
  const countries = readCountries(read);
  const hours = readHours(read);
  const closed = readClosed(read);
  const dailyMinutes = read.limit("OUTBOUND_DAILY_MINUTES", 600);
  const dailyUsd = read.usdLimit("OUTBOUND_DAILY_USD", 25, isRehearsal);
  const perNumberDaily = read.wholeLimit("OUTBOUND_PER_NUMBER_DAILY", 10);
  return {
    ...present({ countries }),
    allow: readPrefixes(read, "OUTBOUND_ALLOW"),
    deny: readPrefixes(read, "OUTBOUND_DENY"),
    sipHosts: readSipHosts(read),
    from: readNumbers(read, "OUTBOUND_FROM"),
    ...present({ hours, closed }),
    perSecond: read.whole("OUTBOUND_PER_SECOND", 1, { min: 1, max: 1000 }),
    perMinute: read.whole("OUTBOUND_PER_MINUTE", 10, { min: 1, max: 10_000 }),
    concurrent: read.whole("OUTBOUND_CONCURRENT", 5, { min: 1, max: 10_000 }),
    pending: read.whole("OUTBOUND_PENDING", 10_000, { min: 1, max: 1_000_000 }),
    ...present({ dailyMinutes, dailyUsd, perNumberDaily }),
  };
}

function readCountries(read: SettingReader): readonly string[] | undefined {
  const countries = read.list("OUTBOUND_COUNTRIES").map((code) => code.toUpperCase());
  // `Intl.DisplayNames` takes ten milliseconds to load.
  if (countries.length === 0) return undefined;
  const regions = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const isCountry = (code: string) => /^[A-Z]{2}$/.test(code) && regions.of(code) !== undefined;
  const advice = "two-letter country codes such as US,CA,GB";
  for (const code of countries) {
    if (!isCountry(code)) refuse(read, "OUTBOUND_COUNTRIES", code, advice);
  }
  return [...new Set(countries)];
}

function readPrefixes(read: SettingReader, name: string): readonly string[] {
  const advice = "numbers or their beginnings such as +1415,+442079460018";
  return read.list(name).filter((prefix) =>
    /^\+[1-9]\d{0,14}$/.test(prefix) || refuse(read, name, prefix, advice)
  );
}

function readNumbers(read: SettingReader, name: string): readonly string[] {
  const advice = "whole numbers such as +14155550100";
  return read.list(name).filter((number) =>
    isPhoneNumber(number) || refuse(read, name, number, advice)
  );
}

/** No address may be called unless its host is here. */
function readSipHosts(read: SettingReader): readonly string[] {
  const advice = "host names such as pbx.example.com";
  return read.list("TRANSFER_SIP_HOSTS").map((host) => host.toLowerCase()).filter((host) =>
    /^[a-z0-9][a-z0-9.-]{0,252}$/.test(host) || refuse(read, "TRANSFER_SIP_HOSTS", host, advice)
  );
}

function refuse(read: SettingReader, name: string, item: string, advice: string): false {
  read.problem(`${name} has "${item.slice(0, 20)}": give ${advice}, separated by commas.`);
  return false;
}

function readClosed(read: SettingReader): readonly ClosedDays[] | undefined {
  const days = read.list("OUTBOUND_CLOSED");
  if (days.length === 0) return undefined;
  const known = days.filter((day) =>
    closedDays.safeParse([day]).success ||
    refuse(read, "OUTBOUND_CLOSED", day, "days such as 12-25,2026-12-24..2026-12-26")
  );
  return closedDays.parse(known);
}

function readHours(read: SettingReader): CallingHours | "country" | undefined {
  const text = read.text("OUTBOUND_HOURS");
  if (text === undefined || text === "country") return text;
  const [, fromHour, fromMinutes, toHour, toMinutes] =
    /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const fromMinute = Number(fromHour) * 60 + Number(fromMinutes);
  const toMinute = Number(toHour) * 60 + Number(toMinutes);
  if (fromMinute < toMinute && toMinute <= 24 * 60) return { fromMinute, toMinute };
  read.problem(
    `OUTBOUND_HOURS is "${
      text.slice(0, 40)
    }": give hours of one day such as 08:00-21:00, or country.`,
  );
  return undefined;
}
