import { defineConfig } from "vite";
import { build, plugins } from "./vite.config";

/** The guest's page: the same sources on Preact, 60 kB lighter (docs/decisions/0009). Runs after vite.config.ts, into its folder. */
export default defineConfig({
  plugins,
  resolve: { alias: { react: "preact/compat", "react-dom": "preact/compat" } },
  build: {
    ...build,
    emptyOutDir: false,
    manifest: "guest-manifest.json",
    rolldownOptions: {
      input: ["guest.html"],
      // Each file that the door waits for costs a poor line more than the few kB that only the call needs of it.
      output: { codeSplitting: { groups: [{ name: "door", test: /./, minShareCount: 2 }] } },
    },
  },
});
