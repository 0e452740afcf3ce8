import type { Settings } from "../../../config/settings.ts";
import { allowHost } from "../allowHost.ts";
import type { Finding } from "../setupCheck.ts";
import { certificateFinding } from "./certificateFinding.ts";
import type { ProbeResult, Reached } from "./probePublicUrl.ts";

/** Whether an address is one of those that are kept for examples (RFC 2606), as rehearsals use them. */
export function isExample(url: string): boolean {
  return /(?:^|\.)(?:example|test|invalid|example\.(?:com|net|org))$/.test(new URL(url).hostname);
}

/** What is wrong with the public address as it stands in the settings; undefined where it can be asked. */
export function publicUrlSetting(
  { server: { publicUrl } }: Pick<Settings, "server">,
): Finding | undefined {
  if (publicUrl === undefined) {
    return {
      code: "public_url_not_set",
      state: "off",
      text: "The server has no public address: only this machine reaches it.",
      remedy:
        "Set PUBLIC_URL to the https origin of your proxy or tunnel, such as https://voice.example.com.",
    };
  }
  const values = { url: publicUrl };
  if (isExample(publicUrl)) {
    return {
      code: "public_url_example",
      state: "off",
      text: "{url} is an address for rehearsals: nobody outside reaches the server by it.",
      remedy: "For real calls, set PUBLIC_URL to the https origin of your proxy or tunnel.",
      values,
    };
  }
  return undefined;
}

/** Browsers give pages over http no microphone; undefined for https, and for this machine. */
export function plainFinding(publicUrl: string): Finding | undefined {
  if (!publicUrl.startsWith("http:") || new URL(publicUrl).hostname === "localhost") {
    return undefined;
  }
  return {
    code: "public_url_not_encrypted",
    state: "warning",
    text: "{url} is not encrypted: browsers give pages there no microphone.",
    remedy:
      "Put a proxy with a certificate before the server, and its https origin into PUBLIC_URL.",
    values: { url: publicUrl },
  };
}

/** What the answer at the public address tells. */
export function probeFindings(
  result: ProbeResult,
  { publicUrl: url, instanceId, trustProxy }: {
    readonly publicUrl: string;
    readonly instanceId: string;
    readonly trustProxy: boolean;
  },
): readonly Finding[] {
  if (result.is !== "reached") return [unreached(result, url)];
  const faults = [
    ...signatureFaults(result, url),
    ...upgradeFaults(result, url),
    ...(trustProxy && !result.hasForwardedFor ? [withoutAddresses(url)] : []),
  ];
  if (faults.length > 0) return faults;
  return [{
    code: "public_url_ok",
    state: "ok",
    text: result.instanceId === instanceId
      ? passedText(result)
      : "{url} reaches another instance of this server, on the same database.",
    values: { url },
  }];
}

/** No more than what was tried: without a phone nothing is signed. */
function passedText({ signature, upgrade }: Reached): string {
  const isSigned = signature !== "none";
  if (upgrade.is === "not_tried") {
    return isSigned
      ? "{url} reaches this server; signatures come through. WebSockets could not be tried from here."
      : "{url} reaches this server. WebSockets could not be tried from here.";
  }
  return isSigned
    ? "{url} reaches this server; signatures and WebSockets come through."
    : "{url} reaches this server; WebSockets come through.";
}

function unreached(result: Exclude<ProbeResult, Reached>, url: string): Finding {
  const { hostname: host } = new URL(url);
  switch (result.is) {
    case "not_permitted":
      return {
        code: "public_url_not_permitted",
        state: "warning",
        text: "{url} was not tried: this server may not connect to {host}.",
        ...allowHost(result.host),
        values: { url, host: result.host },
      };
    case "not_found":
      return {
        code: "public_url_not_found",
        state: "broken",
        text: "{url} leads nowhere: DNS does not know {host}.",
        remedy: "Correct PUBLIC_URL, or add a DNS record for {host} that leads to your proxy.",
        values: { url, host },
      };
    case "refused":
    case "failed":
      return {
        code: "public_url_not_answering",
        state: "broken",
        text: "Nothing answers at {url}.",
        remedy:
          "Start the proxy or the tunnel, and open its port in the firewall. Where others reach it, this network only lacks a way back to itself.",
        values: { url },
      };
    case "silent":
      return {
        code: "public_url_not_answering",
        state: "broken",
        text: "{url} does not answer in time.",
        remedy:
          "Start the proxy or the tunnel, and open its port in the firewall. Where others reach it, this network only lacks a way back to itself.",
        values: { url },
      };
    case "certificate":
      return certificateFinding(result.fault, url, host);
    case "redirected":
      return {
        code: "public_url_redirects",
        state: "broken",
        text:
          "{url} redirects ({status}) to {to}: Twilio follows with GET and without its data, which is refused.",
        remedy:
          "Set PUBLIC_URL to the origin where the redirect ends, or have the proxy answer /twilio and /media itself.",
        values: { url, status: result.status, to: result.to },
      };
    case "gateway":
      return {
        code: "public_url_gateway",
        state: "broken",
        text: "The proxy or tunnel at {url} does not reach this server: it answers {status}.",
        remedy: "Have it pass requests on to the HOST and PORT at which this server listens.",
        values: { url, status: result.status },
      };
    case "guarded":
      return {
        code: "public_url_guarded",
        state: "broken",
        text: "Something before the server refuses strangers at {url}: it answers {status}.",
        remedy:
          "Let /twilio and /media through without a password or sign-in: each request there is signed.",
        values: { url, status: result.status },
      };
    case "other":
      return {
        code: "public_url_other_server",
        state: "broken",
        text: result.isParley
          ? "Another Parley server answers at {url}, which does not share this one's database."
          : "Another server answers at {url}, not this one (status {status}).",
        remedy: "Have the proxy or tunnel lead to this server, or correct PUBLIC_URL.",
        values: { url, status: result.status },
      };
  }
}

function signatureFaults({ signature, upgrade }: Reached, url: string): readonly Finding[] {
  const values = { url };
  if (signature === "missing") {
    return [{
      code: "public_url_signature_missing",
      state: "broken",
      text: "What stands before the server at {url} takes the header X-Twilio-Signature away.",
      remedy: "Have the proxy pass all headers on: without it each call of Twilio is refused.",
      values,
    }];
  }
  if (signature === "wrong") {
    return [{
      code: "public_url_signature_wrong",
      state: "broken",
      text: "What stands before the server at {url} changes requests: Twilio's signature fails.",
      remedy: "Have the proxy pass path, query and body on as they are.",
      values,
    }];
  }
  if (upgrade.is === "refused" && upgrade.status === 403 && signature === "valid") {
    return [{
      code: "public_url_signature_missing",
      state: "broken",
      text: "Streams of calls to {url} arrive without their signature, and are refused.",
      remedy:
        "Have the proxy pass the header X-Twilio-Signature on for /media, where WebSockets begin.",
      values,
    }];
  }
  return [];
}

function upgradeFaults({ upgrade, signature }: Reached, url: string): readonly Finding[] {
  if (upgrade.is !== "refused" || (upgrade.status === 403 && signature !== "none")) return [];
  return [{
    code: "public_url_no_websockets",
    state: "broken",
    text: upgrade.status === undefined
      ? "No WebSocket comes through at {url}: there was no answer."
      : "No WebSocket comes through at {url}: the answer was {status}.",
    remedy:
      "Have the proxy speak HTTP/1.1 to this server and pass Upgrade and Connection on (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade).",
    values: { url, status: upgrade.status ?? "" },
  }];
}

function withoutAddresses(url: string): Finding {
  return {
    code: "public_url_no_client_address",
    state: "warning",
    text: "Requests to {url} come without X-Forwarded-For: all clients count as one.",
    remedy: "Have the proxy add X-Forwarded-For, or take TRUST_PROXY away.",
    values: { url },
  };
}
