/** Parts of Twilio's API that have hosts of their own. */
export type TwilioProduct = "monitor" | "studio" | "voice" | "trunking" | "messaging";

/**
 * The origin of a product beside that of the settings, in the same region (`api.dublin.ie1.twilio.com`). A
 * simulator answers for all of Twilio's hosts.
 */
export function twilioHost(apiUrl: string, product: TwilioProduct): string {
  return apiUrl.replace(/^https:\/\/api\.((?:[a-z0-9-]+\.)*twilio\.com)$/, `https://${product}.$1`);
}
