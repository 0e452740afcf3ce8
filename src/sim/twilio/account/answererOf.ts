import type { Application } from "../api/applicationsApi.ts";
import type { Answerer } from "../call/inboundOptions.ts";
import type { NumberResource } from "./numberResource.ts";

/** What answers calls to a number by its settings; undefined where nothing does, as for a trunk's. */
export function answererOf(
  number: NumberResource,
  application: (sid: string) => Application | undefined,
): Answerer | undefined {
  if (number.trunkSid !== "" || !number.hasVoice || number.receiveMode === "fax") return undefined;
  const { statusCallback: statusUrl, statusMethod } = number;
  if (number.applicationSid === "") {
    const { voiceUrl: url, voiceMethod: method, fallbackUrl } = number;
    return url === "" ? undefined : { url, method, fallbackUrl, statusUrl, statusMethod };
  }
  const of = application(number.applicationSid);
  if (of === undefined || of.voiceUrl === "") return undefined;
  const { voiceUrl: url, voiceMethod: method, fallbackUrl = "" } = of;
  return { url, method, fallbackUrl, statusUrl, statusMethod };
}
