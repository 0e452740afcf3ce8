import { startOidcProvider } from "../sim/oidc/oidcProvider.ts";

const PORT = 9400;

if (import.meta.main) await main();

/** A provider on this machine, at which anybody signs in as one of four people. */
async function main(): Promise<void> {
  try {
    const { issuer } = await startOidcProvider({
      clientId: "parley",
      port: PORT,
      people: [
        { subject: "ann", name: "Ann, an admin", email: "ann@example.com" },
        { subject: "ben", name: "Ben, an operator", email: "ben@example.com", groups: ["Support"] },
        { subject: "cy", name: "Cy, a viewer", email: "cy@example.com" },
        { subject: "dora", name: "Dora, a stranger", email: "dora@elsewhere.example" },
      ],
    });
    console.log(`A simulated OpenID provider runs. Put these lines into .env, and start the server:

OIDC_ISSUER=${issuer}
OIDC_CLIENT_ID=parley
SIGN_IN_ROLES=ann@example.com=admin,group:Support=operator,*@example.com=viewer

Ctrl-C stops it.`);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    console.error(`Cannot listen: port ${PORT} is taken by another program.`);
    Deno.exitCode = 1;
  }
}
