import { defineConfig, type Plugin } from "vite";
import { build, plugins } from "./vite.config";

/** What it takes to be in the call, without a screen: whoever has pressed connects with it while the screen is fetched. */
const SEAT = /features.(media.(?!livekit|policy)|guests.takeSeat|calls.(OngoingCall|callWindow))/;

/** The page itself asks for what connects: a poor line carries it while the door opens, and does not begin when the door has. */
function withCall(): Plugin {
  const files = (bundle: object = {}) => Object.values(bundle) as { fileName: string; name?: string }[];
  return {
    name: "narvaro:with-call",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) =>
        files(bundle)
          .filter(({ name }) => name === "livekitParts" || name === "seat")
          .map(({ fileName }) => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${fileName}` }, injectTo: "head" })),
    },
  };
}

/** The guest's page: the same sources on Preact, 60 kB lighter (docs/decisions/0009). Runs after vite.config.ts, into its folder. */
export default defineConfig({
  plugins: [...plugins, withCall()],
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
  build: {
    ...build,
    emptyOutDir: false,
    manifest: "guest-manifest.json",
    rolldownOptions: {
      input: ["guest.html"],
      // Each file that the door waits for costs a poor line more than what it holds: one of script, one of styles.
      output: { codeSplitting: { groups: [{ name: "door", tags: ["$initial"], priority: 1 }, { name: "seat", test: SEAT }] } },
    },
  },
});
