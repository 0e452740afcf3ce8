/**
 * What can be said of the set-up beside "in order", each described in `docs/doctor.md`. Programs rely on these
 * codes: one that has been published is never renamed.
 */
export const findingCodes = [
  // Settings
  "setting_misspelt",
  "setting_limit_off",
  // Model
  "model_off",
  "model_key_refused",
  "model_unknown",
  "model_no_credit",
  "model_unreachable",
  "model_uncertain",
  // Agents
  "agents_unusable",
  "agents_faulty",
  // Phone
  "public_url_not_set",
  "public_url_example",
  "public_url_not_encrypted",
  "public_url_not_permitted",
  "public_url_not_found",
  "public_url_not_answering",
  "public_url_certificate",
  "public_url_redirects",
  "public_url_gateway",
  "public_url_guarded",
  "public_url_other_server",
  "public_url_signature_missing",
  "public_url_signature_wrong",
  "public_url_no_websockets",
  "public_url_no_client_address",
  "number_not_set",
  "number_unknown",
  "number_not_connected",
  "number_asks_with_get",
  "twilio_not_answering",
  "calling_out_off",
  "calling_out_at_any_hour",
  // Access
  "keys_not_set",
  "keys_see_own_calls",
  "keys_gone",
  "sign_in_off",
  "sign_in_host_not_permitted",
  "sign_in_other_issuer",
  "sign_in_unreachable",
  "sign_in_not_understood",
  "sites_off",
  "sites_local_only",
  // Money
  "limits_off",
  "price_unknown",
  "phone_price_estimated",
  // Data
  "store_not_answering",
  "store_in_memory",
  "recordings_off",
  "recording_disk_full",
  "recordings_not_writable",
  "recordings_not_encrypted",
  "disk_almost_full",
  "webhooks_off",
  "webhook_failed",
] as const;

/** `..._ok` where nothing has to be done. */
export type FindingCode = (typeof findingCodes)[number] | `${string}_ok`;
