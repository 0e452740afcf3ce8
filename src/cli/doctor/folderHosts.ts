import { databaseHost, namedHosts } from "../../config/hostPermissions.ts";
import type { Environment } from "../../config/settingReader.ts";
import type { Settings } from "../../config/settings.ts";
import { modelServerOf } from "../../services/openai.ts";
import { twilioHost } from "../../services/twilioOutbound.ts";
import { hostAndPort } from "../../utils/hostAndPort.ts";
import { readAgents } from "./readAgents.ts";

/** Hosts, with their ports, that the settings and agents of this folder need; whoever answers on `PORT` has no say. */
export async function folderHosts(
  settings: Settings,
  environment: Environment,
): Promise<ReadonlySet<string>> {
  const { agents } = await readAgents(settings, environment);
  const { phone } = settings;
  const mcpServers = agents.names.flatMap((name) => agents.get(name)?.mcp_servers ?? []);
  const urls = [
    ...mcpServers.flatMap((entry) => entry.by === "model" ? [] : [entry.url]),
    ...(phone === undefined ? [] : [
      phone.publicUrl,
      ...products.map((product) => twilioHost(phone.apiUrl, product)),
    ]),
  ];
  const engine = modelServerOf(settings.openai).name;
  const database = databaseHost(settings.database);
  return new Set([
    ...(database === undefined ? [] : [database]),
    ...namedHosts({ settings, agents, engine }).map(({ host }) => host),
    ...urls.map((url) => hostAndPort(new URL(url))),
  ]);
}

const products = ["monitor", "studio", "voice", "messaging", "trunking"] as const;
