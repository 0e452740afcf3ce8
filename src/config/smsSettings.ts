import { present } from "../utils/present.ts";
import type { SettingReader } from "./settingReader.ts";
import type { SmsSettings } from "./settings.ts";

/** Reads what text messages are limited by, and whom they come from. */
export function readSms(read: SettingReader): SmsSettings {
  return present({
    from: read.matching(
      "SMS_FROM",
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/,
      "must be a number such as +14155550123, or a messaging service (MG and 32 digits).",
    ),
    daily: read.wholeLimit("SMS_DAILY", 200),
    perNumberDaily: read.wholeLimit("SMS_PER_NUMBER_DAILY", 5),
  });
}
