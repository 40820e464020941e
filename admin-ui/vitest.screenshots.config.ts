import { defineConfig } from "vitest/config";

// Pictures of every page, to be looked at: `npm run screenshots -- FOLDER [PATTERN]`.
export default defineConfig({
  test: { environment: "node", include: ["e2e/**/*.shots.ts"], testTimeout: 3_600_000, hookTimeout: 600_000 },
});
