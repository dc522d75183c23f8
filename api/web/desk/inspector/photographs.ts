// Files of evidence, made fit to be kept and sent before they are: what is too large is drawn smaller, or not taken.
import type { Photo } from "./store";

/** The most bytes that the service takes, unless its setting QIAN_EVIDENCE_BYTES says otherwise. */
const MOST_BYTES = 20 * 1024 * 1024;
/** A photograph above this is drawn smaller: a phone holds many of them, and sends them over a weak network. */
const LARGE_BYTES = 6 * 1024 * 1024;
const LONGEST_SIDE = 3000;
const QUALITY = 0.88;

/** What the service takes, which it tells by a file's first bytes and by its name, and refuses where they differ. */
const KINDS = [
  { type: "image/jpeg", begins: "\xff\xd8\xff", endings: [".jpg", ".jpeg"] },
  { type: "image/png", begins: "\x89PNG\r\n\x1a\n", endings: [".png"] },
  { type: "application/pdf", begins: "%PDF-", endings: [".pdf"] },
] as const;

/** Why a file was not taken. */
export type Unfit = "too_large" | "unreadable";
/** How a file was made fit: drawn smaller, or drawn anew since it was of another kind. */
export type Fit = Pick<Photo, "file" | "name"> & { drawn: "smaller" | "anew" | null };

/** Return a file as evidence, or why it cannot be any. */
export async function fitFor(file: File): Promise<Fit | Unfit> {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 8).arrayBuffer()));
  const kind = KINDS.find(({ begins }) => head.startsWith(begins));
  const isPdf = kind?.type === "application/pdf";
  if (isPdf && file.size > MOST_BYTES) return "too_large";
  if (kind && (isPdf || file.size <= LARGE_BYTES)) {
    const { type, endings } = kind;
    const isNamedSo = endings.some((ending) => file.name.toLowerCase().endsWith(ending));
    const own = { file: file.slice(0, file.size, type), name: isNamedSo ? file.name : stem(file.name) + endings[0], drawn: null };
    return isPdf || (await isPicture(file)) ? own : "unreadable";
  }
  const made = await drawnAnew(file).catch(() => null);
  const isLarge = file.size > LARGE_BYTES;
  if (made === null) return file.size > MOST_BYTES ? "too_large" : "unreadable";
  return { file: made, name: `${stem(file.name)}.jpg`, drawn: isLarge ? "smaller" : "anew" };
}

/** A file's name without the ending that tells its kind. */
const stem = (name: string): string => name.replace(/\.[^.]*$/, "") || name;

/** Whether a file is what its name says: the service would refuse it only when the inspector has left. */
const isPicture = (file: File): Promise<boolean> =>
  createImageBitmap(file).then(
    (picture) => {
      picture.close();
      return true;
    },
    () => false,
  );

async function drawnAnew(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d")!;
  // A JPEG has nothing that shows through: what does becomes paper, not ink.
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return drawn(canvas, "image/jpeg");
}

/** Return what is drawn on a canvas as a file. */
export const drawn = (canvas: HTMLCanvasElement, type: "image/jpeg" | "image/png"): Promise<Blob> =>
  new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("nothing drawn"))), type, QUALITY));
