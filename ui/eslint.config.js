import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/lib/ipc/types.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-undef": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-unused-expressions": ["error", { allowShortCircuit: false, allowTernary: true }],
      // Text of customers is text, never markup.
      "svelte/no-at-html-tags": "error",
      "svelte/button-has-type": "error",
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    // The host is behind one door.
    files: ["src/**/*.{ts,svelte}"],
    ignores: ["src/lib/ipc/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group: ["@tauri-apps/*"], message: "Go through $lib/ipc." }] }],
    },
  },
);
