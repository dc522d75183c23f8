/** One module for Node and browsers; called as a program by Node it is the command. */
import { command } from "./command.ts";
import { answerIfWorker } from "./ledger/beside.ts";
import { outcomesOf } from "./shares.ts";

export { type Check, verifyBundle, verifyBundleBeside } from "./verification.ts";
export { NOT_CHECKED, type PublicSide, type PublishedName, verifyPublic } from "./public.ts";
export { readPublic } from "./public_reading.ts";
export { parseTrust, type Trust } from "./trust.ts";
export * as vectors from "./vectors.ts";

const program = globalThis.process?.argv?.[1];
const [files, url] = [globalThis.process?.getBuiltinModule?.("node:fs"), globalThis.process?.getBuiltinModule?.("node:url")];

/** Read a file into memory that threads share. */
function read(path: string): Uint8Array {
  const { size } = files!.statSync(path);
  if (!size) return files!.readFileSync(path); // a pipe, or nothing
  const file = files!.openSync(path, "r");
  try {
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    for (let at = 0, count = -1; at < bytes.length && count; at += count) count = files!.readSync(file, bytes, at, bytes.length - at, null);
    return bytes;
  } finally {
    files!.closeSync(file);
  }
}

const isWorker = answerIfWorker(outcomesOf);
if (!isWorker && program !== undefined && files && url && files.existsSync(program) && url.pathToFileURL(files.realpathSync(program)).href === import.meta.url) {
  try {
    process.exitCode = await command(process.argv.slice(2), read);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
