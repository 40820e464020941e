import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = ["auth", "content", "delivery", "home", "channels", "calendar", "media", "settings", "stats", "tailoring"];

export default tseslint.config(
  { ignores: ["dist", "src/graphql"] },
  ...tseslint.configs.strict,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat["recommended-latest"],
  // Features use shared parts, never each other; shared parts know no feature.
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: features.filter((other) => other !== feature).map((other) => `@/features/${other}/*`) },
            { group: ["@/app/*"] },
          ],
        },
      ],
    },
  })),
  {
    files: ["src/components/**", "src/lib/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: ["@/features/*", "@/app/*"] }] }] },
  },
);
