import { defineConfig } from "vite";

// One module without a hash in its name: Node runs it, browsers load it, and it can be handed on as a file.
export default defineConfig({
  logLevel: "warn",
  build: {
    emptyOutDir: false,
    outDir: "../dist",
    lib: { entry: "main.ts", formats: ["es"], fileName: () => "verify.mjs" },
    target: "es2022",
    reportCompressedSize: false,
  },
});
