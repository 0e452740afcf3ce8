/** What proper peers send, as the beginning of what is malformed. */

const streamSid = `MZ${"0".repeat(32)}`;
const payload = "f".repeat(212) + "/w==";

export function start(callSid: string, token: string): string {
  return JSON.stringify({
    event: "start",
    sequenceNumber: "1",
    streamSid,
    start: {
      streamSid,
      callSid,
      tracks: ["inbound"],
      mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
      customParameters: { token },
    },
  });
}

export const media = [
  { event: "connected", protocol: "Call", version: "1.0.0" },
  {
    event: "media",
    sequenceNumber: "2",
    streamSid,
    media: { track: "inbound", chunk: "1", timestamp: "20", payload },
  },
  { event: "mark", sequenceNumber: "3", streamSid, mark: { name: "speech_1" } },
  { event: "dtmf", streamSid, dtmf: { track: "inbound_track", digit: "5" } },
  { event: "start", start: { streamSid, callSid: "", mediaFormat: {}, customParameters: {} } },
  { event: "stop", streamSid, stop: { accountSid: "", callSid: "" } },
];

export const web = [
  { type: "hello", binary: true },
  { type: "input_audio_buffer.append", audio: payload },
  { type: "input_audio_buffer.commit" },
  { type: "input_audio_buffer.clear" },
  { type: "played", itemId: "item_1", ms: 500, cleared: false },
  { type: "text", text: "Good day." },
  { type: "dtmf", digit: "1" },
  { type: "interrupt" },
];

/** None of them can place a call, however it is spoilt: the number is none. */
export const api: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ["POST", "/api/outbound/initiate", {
    to: "nobody",
    agent: "receptionist",
    variables: { a: "b" },
  }],
  ["POST", "/api/outbound/batch", { calls: [{ to: "nobody" }], context: "a reminder" }],
  ["POST", "/api/web/session", { agent: "nobody" }],
  ["POST", "/api/web/resume", { resumeToken: "a".repeat(43) }],
  ["POST", "/api/calls/call_0/actions", { type: "say", text: "Good day." }],
  ["POST", "/api/calls/call_0/actions", { type: "hangup", goodbye: true }],
  ["POST", "/api/calls/call_0/actions", { type: "transfer", to: "sales" }],
  ["GET", "/api/calls?limit=-1&after=%00&status=[]", {}],
  ["GET", "/api/calls/__proto__", {}],
  ["GET", "/api/analytics?from=1e99&to=x", {}],
  ["POST", "/api/do-not-call", { number: "nobody" }],
];

export const ringing = {
  AccountSid: `AC${"0".repeat(32)}`,
  ApiVersion: "2010-04-01",
  CallStatus: "ringing",
  Direction: "inbound",
  From: "+14155550123",
  To: "+14155550100",
};

export const formFields = [
  ...["CallSid", "CallStatus", "From", "To", "Direction", "AnsweredBy", "CallDuration"],
  ...["ErrorCode", "ErrorMessage", "StreamEvent", "StreamError", "DialCallStatus", "StirVerstat"],
  ...["SipResponseCode", "__proto__", "constructor", "toString"],
];

export const webhookPaths = [
  ...["/twilio/resume", "/twilio/status", "/twilio/status?call=call_0", "/twilio/stream"],
  ...["/twilio/amd", "/twilio/amd?call=__proto__", "/twilio/nothing"],
];

/** Events of a model's server. */
export const model = [
  { type: "session.created", session: { id: "s", expires_at: 1_900_000_000 } },
  { type: "session.updated", session: { id: "s", expires_at: 1 } },
  {
    type: "response.created",
    response: { id: "r", status: "in_progress", output: [], metadata: { purpose: "say" } },
  },
  {
    type: "response.output_audio.delta",
    response_id: "r",
    item_id: "i",
    output_index: 0,
    content_index: 0,
    delta: payload,
  },
  {
    type: "response.output_audio_transcript.delta",
    response_id: "r",
    item_id: "i",
    content_index: 0,
    delta: "Good day.",
  },
  {
    type: "response.output_item.done",
    response_id: "r",
    item: {
      type: "function_call",
      id: "f",
      call_id: "c",
      name: "end_call",
      arguments: "{}",
      status: "completed",
    },
  },
  {
    type: "response.done",
    response: { id: "r", status: "completed", output: [], usage: { input_tokens: 1 } },
  },
  {
    type: "conversation.item.added",
    previous_item_id: null,
    item: { id: "i", type: "message", role: "user", content: [] },
  },
  {
    type: "conversation.item.input_audio_transcription.completed",
    item_id: "i",
    transcript: "Hello",
    usage: { type: "duration", seconds: 1 },
  },
  { type: "input_audio_buffer.speech_started", audio_start_ms: 1, item_id: "i" },
  { type: "input_audio_buffer.speech_stopped", audio_end_ms: 1, item_id: "i" },
  { type: "input_audio_buffer.committed", item_id: "i", previous_item_id: null },
  { type: "error", error: { type: "invalid_request_error", code: "x", message: "No." } },
];
