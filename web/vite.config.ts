import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Swedish texts are their own ids: ship only those that hold a place or a plural. */
function withoutPlainTexts(): Plugin {
  return {
    name: "narvaro:without-plain-texts",
    enforce: "post",
    transform(code, id) {
      const json = id.endsWith("locales/sv.po") && /JSON\.parse\((".*")\)/su.exec(code)?.[1];
      if (!json) return null;
      const all = Object.entries(JSON.parse(JSON.parse(json) as string) as Record<string, unknown[]>);
      const needed = all.filter(([text, parts]) => parts.length !== 1 || parts[0] !== text);
      return { code: `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(needed)))});`, map: null };
    },
  };
}

export default defineConfig({
  plugins: [react(), lingui(), withoutPlainTexts()],
  build: {
    outDir: "../server/narvaro/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["staff.html", "patient.html"] },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/lib/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
