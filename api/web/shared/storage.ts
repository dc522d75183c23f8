// What a browser keeps of the pages; one that keeps nothing, by its settings or for want of room, is served all the same.

export function kept(storage: "localStorage" | "sessionStorage", name: string): string | null {
  try {
    return window[storage].getItem(name);
  } catch {
    return null;
  }
}

/** Keep a text under a name; null: nothing any more. */
export function keep(storage: "localStorage" | "sessionStorage", name: string, text: string | null): void {
  try {
    if (text === null) window[storage].removeItem(name);
    else window[storage].setItem(name, text);
  } catch {
    // Then it is not kept.
  }
}
