import { beforeEach, expect, test, vi } from "vitest";
import { answerTo, forgetOldShells, keepShell } from "./shell";

const SHELL = { version: "b", files: ["/assets/patient-1.js"] };
let kept: Map<string, Map<string, string>>;

/** Caches whose files are words. */
function fakeCaches() {
  return {
    open: async (name: string) => {
      const files = kept.get(name) ?? new Map<string, string>();
      kept.set(name, files);
      return { addAll: async (paths: string[]) => paths.forEach((path) => files.set(path, `kept in ${name}`)) };
    },
    keys: async () => [...kept.keys()],
    delete: async (name: string) => kept.delete(name),
    match: async (asked: string | Request, { cacheName }: { cacheName?: string } = {}) => {
      const path = typeof asked === "string" ? asked : new URL(asked.url).pathname;
      const words = [...kept].filter(([name]) => !cacheName || name === cacheName).map(([, files]) => files.get(path));
      return words.flatMap((one) => one ?? []).map((one) => new Response(one))[0];
    },
  };
}

function aRequest(path: string, changes: Partial<Request> = {}): Request {
  return { url: new URL(path, location.href).href, method: "GET", mode: "cors", ...changes } as Request;
}

const navigate = (path: string) => answerTo(aRequest(path, { mode: "navigate" }), SHELL);
const network = (answer: () => Promise<Response>) => vi.stubGlobal("fetch", vi.fn(answer));

beforeEach(() => {
  kept = new Map();
  vi.stubGlobal("caches", fakeCaches());
});

test("a page comes from the network while there is one", async () => {
  await keepShell(SHELL);
  network(async () => new Response("new"));
  expect(await (await navigate("/patient/testkoping/"))?.text()).toBe("new");
});

test.each(["/patient/testkoping", "/patient/testkoping/", "/patient/testkoping/conversations/0a-1", "/patient/testkoping/settings/devices"])(
  "without a network %s is the page that was kept",
  async (path) => {
    await keepShell(SHELL);
    network(async () => Promise.reject(new TypeError("offline")));
    expect(await (await navigate(path))?.text()).toBe("kept in narvaro-shell-b");
  },
);

test("a server that is being exchanged counts as no network", async () => {
  await keepShell(SHELL);
  network(async () => new Response("bad gateway", { status: 502 }));
  expect(await (await navigate("/patient/testkoping/"))?.text()).toBe("kept in narvaro-shell-b");
});

test.each(["/patient/signed-in", "/patient/testkoping/sign-in", "/patient/testkoping/manifest.webmanifest", "/staff/testkoping/"])(
  "signing in and other pages go past it: %s",
  (path) => expect(navigate(path)).toBeNull(),
);

test("what is somebody's is neither answered nor kept", () => {
  expect(answerTo(aRequest("/api/patient/conversations"), SHELL)).toBeNull();
  expect(answerTo(aRequest("/assets/x.js", { method: "POST" }), SHELL)).toBeNull();
  expect(answerTo(aRequest("https://elsewhere.test/assets/x.js"), SHELL)).toBeNull();
});

test("a page of the version before still finds its parts, and the one before that is gone", async () => {
  for (const version of ["older", "a", "b"]) await keepShell({ version, files: [`/assets/${version}.js`] });
  await forgetOldShells(SHELL);
  expect([...kept.keys()]).toEqual(["narvaro-shell-a", "narvaro-shell-b"]);
  network(async () => Promise.reject(new TypeError("gone")));
  expect(await (await answerTo(aRequest("/assets/a.js"), SHELL))?.text()).toBe("kept in narvaro-shell-a");
});
