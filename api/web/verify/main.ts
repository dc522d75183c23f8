/** One module for Node and browsers; called as a program by Node it is the command. */
import { command } from "./command.ts";

export { type Check, verifyBundle } from "./verification.ts";
export { NOT_CHECKED, type PublicSide, type PublishedName, verifyPublic } from "./public.ts";
export { readPublic } from "./public_reading.ts";
export { parseTrust, type Trust } from "./trust.ts";
export * as vectors from "./vectors.ts";

const program = globalThis.process?.argv?.[1];
const [files, url] = [globalThis.process?.getBuiltinModule?.("node:fs"), globalThis.process?.getBuiltinModule?.("node:url")];
if (program !== undefined && files && url && files.existsSync(program) && url.pathToFileURL(files.realpathSync(program)).href === import.meta.url) {
  try {
    process.exitCode = await command(process.argv.slice(2), (path) => files.readFileSync(path));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
