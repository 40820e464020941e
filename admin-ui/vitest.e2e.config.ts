import { defineConfig } from "vitest/config";

// In the system's browser, against the real server. One file after the other: two cores are enough for one of them.
export default defineConfig({
  test: {
    environment: "node",
    include: ["e2e/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
