/**
 * A certified OpenID provider for the tests of signing in: `node scripts/certified-provider.js <port> <site>`.
 *
 * Anybody in PEOPLE signs in by pressing their name; *Avbryt* refuses. It lives on loopback only.
 */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Provider } from "oidc-provider";

const [port, site] = [Number(process.argv[2]), process.argv[3]];
const PEOPLE = { selma: "Selma Testkvist", sofia: "Sofia Gunnarsson", okand: "Okänd Person" };

const client = (kind) => ({
  client_id: kind,
  client_secret: "a secret that only the two of them know",
  redirect_uris: [`${site}/${kind}/signed-in`],
});
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client("staff"), client("patient")],
  pkce: { required: () => true },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name: PEOPLE[sub] }) }),
  claims: { openid: ["sub"], profile: ["name"], acr: null },
  conformIdTokenClaims: false,
  acrValues: ["loa2", "loa3"],
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ["only for tests"] },
});
const answer = provider.callback();

async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    const buttons = Object.entries(PEOPLE).map(([sub, name]) => `<button name="sub" value="${sub}">${name}</button>`);
    response.setHeader("content-type", "text/html; charset=utf-8");
    return response.end(`<!doctype html><html lang="sv"><form method="post">${buttons.join("")}<button>Avbryt</button></form>`);
  }
  const sub = new URLSearchParams(await text(request)).get("sub");
  if (!sub) return provider.interactionFinished(request, response, { error: "access_denied" });
  const grant = new provider.Grant({ accountId: sub, clientId: params.client_id });
  grant.addOIDCScope("openid profile");
  const result = { login: { accountId: sub, acr: "loa2" }, consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result);
}

createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  interact(request, response).catch((error) => response.writeHead(400).end(String(error)));
}).listen(port, "127.0.0.1");
