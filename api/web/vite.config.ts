import { defineConfig } from "vite";

// Every page is a folder with an index.html; all share dist/assets, whose file names carry their hash.
export default defineConfig({
  build: {
    rolldownOptions: {
      input: { graphiql: "graphiql/index.html" },
      // "use client" speaks to renderers on a server; nothing is rendered there.
      onLog: (level, log, forward) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") forward(level, log);
      },
    },
    chunkSizeWarningLimit: 6000,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
});
