// Files of evidence, made fit to be kept and sent before they are: what is too large is drawn smaller, or not taken.
import type { Photo } from "./store";

/** The most bytes that the service takes, unless its setting QIAN_EVIDENCE_BYTES says otherwise. */
const MOST_BYTES = 20 * 1024 * 1024;
/** A photograph above this is drawn smaller: a phone holds many of them, and sends them over a weak network. */
const LARGE_BYTES = 6 * 1024 * 1024;
const LONGEST_SIDE = 3000;
const QUALITY = 0.88;

/** Why a file was not taken. */
export type Unfit = "too_large" | "unreadable";
export type Fit = Pick<Photo, "file" | "name"> & { isSmaller: boolean };

/** Return a file as evidence, or why it cannot be any. */
export async function fitFor(file: File): Promise<Fit | Unfit> {
  if (file.type === "application/pdf") return file.size > MOST_BYTES ? "too_large" : { file, name: file.name, isSmaller: false };
  const isTaken = file.type === "image/jpeg" || file.type === "image/png";
  if (isTaken && file.size <= LARGE_BYTES) return (await isPicture(file)) ? { file, name: file.name, isSmaller: false } : "unreadable";
  const smaller = await drawnSmaller(file).catch(() => null);
  if (smaller === null) return file.size > MOST_BYTES ? "too_large" : "unreadable";
  return { file: smaller, name: `${file.name.replace(/\.[^.]*$/, "")}.jpg`, isSmaller: true };
}

/** Whether a file is what its name says: the service would refuse it only when the inspector has left. */
const isPicture = (file: File): Promise<boolean> =>
  createImageBitmap(file).then(
    (picture) => {
      picture.close();
      return true;
    },
    () => false,
  );

async function drawnSmaller(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return drawn(canvas, "image/jpeg");
}

/** Return what is drawn on a canvas as a file. */
export const drawn = (canvas: HTMLCanvasElement, type: "image/jpeg" | "image/png"): Promise<Blob> =>
  new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("nothing drawn"))), type, QUALITY));
