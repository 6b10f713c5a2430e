import { fileURLToPath } from "node:url";

/** As the product's own pages are built, from the same packages. */
export default {
  root: fileURLToPath(new URL(".", import.meta.url)),
  resolve: { alias: { "livekit-client": fileURLToPath(new URL("../../../web/node_modules/livekit-client", import.meta.url)) } },
  build: { modulePreload: { polyfill: false }, emptyOutDir: true },
};
