import js from "@eslint/js";
import globals from "globals";

const WORKER = "static/js/offline/service_worker.js";

export default [
  js.configs.recommended,
  { files: ["static/js/**/*.js"], languageOptions: { globals: globals.browser } },
  {
    files: [WORKER],
    languageOptions: {
      sourceType: "script",
      globals: { ...globals.serviceworker, SHELL: "readonly" }, // SHELL is written by the server
    },
  },
];
