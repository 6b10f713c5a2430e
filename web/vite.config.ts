import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Swedish texts are their own ids, places and all (lib/i18n.ts): ship only those that hold a plural. */
function withPluralsAlone(): Plugin {
  return {
    name: "narvaro:with-plurals-alone",
    enforce: "post",
    transform(code, id) {
      const json = id.endsWith("locales/sv.po") && /JSON\.parse\((".*")\)/su.exec(code)?.[1];
      if (!json) return null;
      const all = Object.entries(JSON.parse(JSON.parse(json) as string) as Record<string, (string | unknown[])[]>);
      const needed = all.filter(([, parts]) => parts.some((part) => Array.isArray(part) && part.length > 1));
      return { code: `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(needed)))});`, map: null };
    },
  };
}

/** What all pages begin with, in one file: it packs smaller than in ten. Single icons stay where they are used. */
const SHARED = /src.(ui|lib|api|locales|styles)|features.session|node_modules.(react|scheduler|@lingui|lucide-react.dist.esm.(shared|Icon|create|context))/;

/** What staff's and the patient's page both have of the conversations; parts of it are asked for later, too. */
const LOG = /features.conversations/;

export const plugins = [react(), lingui(), withPluralsAlone()];

export const build = { outDir: "../server/narvaro/static", assetsInlineLimit: 0, modulePreload: { polyfill: false } };

/** Staff's and the patient's page; the guest's is built apart (vite.guest.config.ts). */
export default defineConfig({
  plugins,
  build: {
    ...build,
    emptyOutDir: true,
    manifest: "manifest.json",
    rolldownOptions: {
      input: ["staff.html", "patient.html"],
      output: { codeSplitting: { groups: [{ name: "shared", test: SHARED, minShareCount: 2 }, { name: "log", test: LOG, minShareCount: 2 }] } },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/lib/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
