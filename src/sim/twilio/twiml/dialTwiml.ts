import type { TwimlElement } from "./twimlElement.ts";

/** A number, SIP address or client that a `<Dial>` calls. */
export type DialParty = ReturnType<typeof readParty>;

/** The room that a `<Dial>` enters. */
export type ConferenceNoun = ReturnType<typeof readConference>;

/** Reads a `<Dial>` with its nouns. */
export function readDial(node: TwimlElement) {
  const number = node.text();
  const nouns = node.elements(["Number", "Sip", "Client", "Conference"]);
  const rooms = nouns.filter(({ element }) => element.name === "Conference");
  const parties = nouns.filter((noun) => !rooms.includes(noun)).map(readParty);
  if (number !== "") parties.unshift({ ...plainParty, address: number });
  if (rooms.length > 1) node.warn("a second <Conference> inside <Dial>");
  if (rooms.length > 0 && parties.length > 0) node.warn("<Conference> beside other nouns");
  const timeLimitSeconds = node.number("timeLimit", 0);
  return {
    verb: "dial" as const,
    ...node.nextStep(),
    parties,
    conference: rooms[0] === undefined ? undefined : readConference(rooms[0]),
    callerId: node.get("callerId"),
    answerOnBridge: node.is("answerOnBridge"),
    hangupOnStar: node.is("hangupOnStar"),
    sequential: node.is("sequential"),
    timeoutSeconds: Math.min(600, Math.max(5, node.number("timeout", 30))),
    timeLimitSeconds: timeLimitSeconds > 0 ? timeLimitSeconds : undefined,
  };
}

/** Reads a `<Refer>`. */
export function readRefer(node: TwimlElement) {
  const target = node.text() || node.elements(["Sip", "ReferSip"])[0]?.text() || "";
  return { verb: "refer" as const, ...node.nextStep(), target };
}

const plainParty = {
  kind: "number" as "number" | "sip" | "client",
  whisper: undefined as { readonly url: string; readonly method: "GET" | "POST" } | undefined,
  callbacks: undefined as ReturnType<typeof readCallbacks>,
  sendDigits: undefined as string | undefined,
  detection: undefined as ReturnType<typeof readDetection>,
};

function readParty(node: TwimlElement) {
  const kind = node.element.name.toLowerCase();
  const url = node.get("url");
  return {
    ...plainParty,
    kind: kind === "sip" || kind === "client" ? kind : "number" as const,
    address: node.text(),
    whisper: url === undefined ? undefined : { url, method: node.method("method") },
    callbacks: readCallbacks(node, "completed"),
    sendDigits: node.get("sendDigits"),
    detection: readDetection(node),
  };
}

function readDetection(node: TwimlElement) {
  const mode = node.get("machineDetection");
  if (mode !== "Enable" && mode !== "DetectMessageEnd") return undefined;
  const url = node.get("amdStatusCallback");
  return { mode, url, method: node.method("amdStatusCallbackMethod") } as const;
}

/** Where a noun's callbacks go; undefined where it has none. */
function readCallbacks(node: TwimlElement, otherwise: string) {
  const url = node.get("statusCallback");
  if (url === undefined || url === "") return undefined;
  const events = (node.get("statusCallbackEvent") ?? otherwise).split(/[\s,]+/).filter(Boolean);
  return { url, method: node.method("statusCallbackMethod"), events };
}

function readConference(node: TwimlElement) {
  const beep = node.get("beep") ?? "true";
  const isBeep = beep === "false" || beep === "onEnter" || beep === "onExit";
  return {
    name: node.text(),
    options: {
      muted: node.is("muted"),
      hold: false,
      beep: isBeep ? beep : "true" as const,
      startOnEnter: node.get("startConferenceOnEnter") !== "false",
      endOnExit: node.is("endConferenceOnExit"),
      label: node.get("participantLabel"),
      coach: node.get("coach"),
      waitUrl: node.get("waitUrl"),
      waitMethod: node.method("waitMethod"),
      maxParticipants: Math.min(250, node.number("maxParticipants", 250)),
    },
    callbacks: readCallbacks(node, "start end"),
  };
}
