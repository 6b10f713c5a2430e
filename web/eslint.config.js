import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Folders that a folder may not reach: staff | patient | guest → features → ui | api | lib. */
const apart = (files, ...folders) => ({
  files: [`src/${files}/**`],
  rules: {
    "no-restricted-imports": ["error", { patterns: folders.map((folder) => ({ group: [`**/${folder}/**`], message: `${files} may not import ${folder}.` })) }],
  },
});

export default tseslint.config(
  { ignores: ["src/api/schema.ts", "dist"] },
  ...tseslint.configs.strict,
  reactHooks.configs.flat["recommended-latest"],
  {
    rules: {
      eqeqeq: "error",
      "no-alert": "error",
      "no-console": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  { files: ["scripts/**"], rules: { "no-console": "off" }, languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } } },
  apart("lib", "api", "ui", "features", "staff", "patient", "guest"),
  { files: ["src/lib/testing/**"], rules: { "no-restricted-imports": "off" } },
  apart("api", "ui", "features", "staff", "patient", "guest"),
  apart("ui", "api", "features", "staff", "patient", "guest"),
  apart("features", "staff", "patient", "guest"),
  apart("features/calls", "app", "guests", "staff", "patient", "guest"),
  apart("features/invitations", "app", "calls", "conversations", "media", "guests", "staff", "patient", "guest"),
  apart("features/conversations", "app", "calls", "media", "invitations", "guests", "staff", "patient", "guest"),
  apart("worker", "api", "ui", "features", "staff", "patient", "guest"),
  apart("features/app", "calls", "media", "invitations", "guests", "staff", "patient", "guest"),
  apart("features/oversight", "app", "calls", "conversations", "media", "invitations", "guests", "staff", "patient", "guest"),
  apart("features/session", "app", "calls", "media", "conversations", "invitations", "guests", "staff", "patient", "guest"),
  apart("features/media", "app", "calls", "conversations", "invitations", "guests", "staff", "patient", "guest"),
  apart("staff", "patient", "guest"),
  apart("patient", "staff", "guest"),
  apart("guest", "staff", "patient"),
);
