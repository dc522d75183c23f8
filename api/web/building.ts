// How the pages are built: each folder with an index.html by itself, all into dist, whose assets' names carry their hash.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { HtmlTagDescriptor, IndexHtmlTransformContext, Plugin, UserConfig } from "vite";

type OutputBundle = NonNullable<IndexHtmlTransformContext["bundle"]>;

/** An application is many pages under one index.html: tell the service their paths, and the documents that they ask. */
const told = (name: string, paths: Record<string, string>): Plugin => ({
  name: "told",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: `${name}/paths.json`, source: JSON.stringify(Object.values(paths)) });
    const documents = readFileSync(`generated/${name}/persisted-documents.json`);
    this.emitFile({ type: "asset", fileName: `${name}/documents.json`, source: documents });
  },
});

/** Return the file of a module's chunk, which must be there, and of all that it imports. */
function filesOf(module: string, bundle: OutputBundle): string[] {
  const found = new Set<string>();
  const take = (name: string): void => {
    const chunk = bundle[name];
    if (chunk?.type !== "chunk" || found.has(name)) return;
    found.add(name);
    chunk.imports.forEach(take);
  };
  for (const each of Object.values(bundle)) if (each.type === "chunk" && each.facadeModuleId?.endsWith(module)) take(each.fileName);
  if (!found.size) throw new Error(`no chunk is made of ${module}`);
  return [...found];
}

const preload = (name: string): HtmlTagDescriptor => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${name}` }, injectTo: "head" });

/** Fetch the scripts of the page that most come to along with the application's own, not after these have run. */
export const fetchedAlong = (module: string): Plugin => ({
  name: "fetched along",
  transformIndexHtml: {
    order: "post",
    handler: (html, { bundle = {} }) => filesOf(module, bundle).filter((name) => !html.includes(name)).map(preload),
  },
});

/** Run a module as soon as it is there, which is long before the application, since it is small. */
export const early = (module: string): Plugin => ({
  name: "early",
  config: () => ({ build: { rolldownOptions: { input: { early: module } } } }),
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle = {} }) {
      const [own, ...others] = filesOf(module, bundle);
      const script: HtmlTagDescriptor = { tag: "script", attrs: { type: "module", async: true, fetchpriority: "high", crossorigin: true, src: `/${own}` }, injectTo: "head-prepend" };
      return [script, ...others.filter((name) => !html.includes(name)).map(preload)];
    },
  },
});

/** Put beside each asset that is worth it what a browser is sent: compressed once, here, rather than at each answer. */
const compressed = (): Plugin => ({
  name: "compressed",
  // Only what is written is what Vite made of it last.
  writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle)) {
      if (!/^assets\/.*\.(js|css|svg)$/.test(name)) continue;
      const file = `${dir}/${name}`;
      const content = readFileSync(file);
      if (content.length < 1024) continue;
      const quality = content.length > 1 << 19 ? 5 : 11;
      writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
      writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    }
  },
});

/** React Router's entries name the build that warns; this is the other one. */
const router = (file: string): string => fileURLToPath(new URL(`node_modules/react-router/dist/production/${file}`, import.meta.url));
const PRODUCTION = [
  { find: /^react-router$/, replacement: router("index.mjs") },
  { find: /^react-router\/dom$/, replacement: router("dom-export.mjs") },
];

/** Return how the page in a folder is built; with paths it is an application. */
export const building = (name: string, paths?: Record<string, string>, plugins: Plugin[] = []): UserConfig => ({
  plugins: [...(paths ? [told(name, paths)] : []), ...plugins, compressed()],
  resolve: { alias: PRODUCTION },
  logLevel: "warn",
  build: {
    target: ["chrome93", "edge93", "firefox92", "safari15.4"],
    emptyOutDir: false,
    rolldownOptions: {
      input: { [name]: `${name}/index.html` },
      // Compressing takes the most time, as it should.
      checks: { pluginTimings: false },
      // "use client" speaks to renderers on a server; nothing is rendered there.
      onLog: (level, log, forward) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") forward(level, log);
      },
    },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 6000,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
});
