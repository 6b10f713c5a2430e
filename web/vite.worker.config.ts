import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig } from "vite";
import { build } from "./vite.config";

const built = new URL("../server/narvaro/static/", import.meta.url);

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
  dynamicImports?: string[];
}

/** Every file that the patient's page may ever ask for, and a word that changes with any of them. */
function shell(): { version: string; files: string[] } {
  const chunks = JSON.parse(readFileSync(new URL("manifest.json", built), "utf8")) as Record<string, Chunk>;
  const seen = new Set<string>();
  const filesOf = (key: string): string[] => {
    const chunk = chunks[key];
    if (!chunk || seen.has(key)) return [];
    seen.add(key);
    return [chunk.file, ...(chunk.css ?? []), ...[...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])].flatMap(filesOf)];
  };
  const files = [...new Set(filesOf("patient.html"))].sort().map((file) => `/${file}`);
  const page = readFileSync(new URL("patient.html", built));
  return { version: createHash("sha256").update(page).update(files.join()).digest("hex").slice(0, 12), files };
}

/** The patient's service worker, in one file at the address where its scope is. Runs after vite.config.ts, into its folder. */
export default defineConfig(({ command }) => ({
  publicDir: false,
  define: command === "build" ? { SHELL: JSON.stringify(shell()) } : {},
  build: {
    ...build,
    emptyOutDir: false,
    rolldownOptions: { input: ["src/worker/main.ts"], output: { format: "iife", entryFileNames: "service-worker.js" } },
  },
}));
