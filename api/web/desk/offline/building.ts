// The worker of the pages that open without a network, told by the build what these pages need.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin, Rolldown } from "vite";

/** Write desk/worker.js, which holds all that pages need that are made by modules of these names. */
export const offline = (modules: readonly string[]): Plugin => ({
  name: "offline",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      const files = [...needed(bundle, modules)].sort().map((name) => `/${name}`);
      const source = readFileSync("desk/offline/worker.js", "utf8");
      const version = createHash("sha256").update(source).update(files.join(" ")).digest("hex").slice(0, 16);
      const written = source.replace("__FILES__", files.join(" ")).replace("__VERSION__", version);
      this.emitFile({ type: "asset", fileName: "desk/worker.js", source: written });
    },
  },
});

/** Return the names of the files that the entry and the pages import, their styles and the icon among them. */
function needed(bundle: Rolldown.OutputBundle, modules: readonly string[]): Set<string> {
  const found = new Set(Object.keys(bundle).filter((name) => /^assets\/icon-.*\.svg$/.test(name)));
  const take = (name: string): void => {
    const chunk = bundle[name];
    if (found.has(name) || chunk?.type !== "chunk") return;
    found.add(name);
    chunk.imports.forEach(take);
    chunk.viteMetadata?.importedCss.forEach((each) => found.add(each));
  };
  const made = new Map(Object.values(bundle).flatMap((each) => (each.type === "chunk" ? [[each.facadeModuleId ?? each.name, each] as const] : [])));
  for (const [module, chunk] of made) if (chunk.isEntry || modules.some((each) => module.endsWith(each))) take(chunk.fileName);
  const missing = modules.filter((each) => ![...made.keys()].some((module) => module.endsWith(each)));
  if (missing.length) throw new Error(`no chunk is made of ${missing.join(", ")}`);
  return found;
}
