import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { VERSION: '"0.0.0"', CHUNKS: "{}" },
  test: { environment: "happy-dom", include: ["test/*.test.ts"], restoreMocks: true, unstubGlobals: true },
});
