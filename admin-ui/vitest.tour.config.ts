import { defineConfig } from "vitest/config";

// How soon pages are usable when there is a lot; `make bench` runs it.
export default defineConfig({
  test: { environment: "node", include: ["e2e/**/*.bench.ts"], testTimeout: 900_000 },
});
