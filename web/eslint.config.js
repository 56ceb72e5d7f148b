// What the type checker does not find: promises nobody waits for, hooks called out of order, leftovers.
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default typescript.config({ ignores: ["node_modules", "generated", "dist"] }, js.configs.recommended, {
  files: ["src/**/*.{ts,tsx}"],
  extends: [...typescript.configs.recommendedTypeChecked],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  plugins: { "react-hooks": hooks },
  rules: {
    "react-hooks/rules-of-hooks": "error",
    "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
    "@typescript-eslint/consistent-type-imports": "error",
    "no-undef": "off",
    "eqeqeq": "error",
  },
});
