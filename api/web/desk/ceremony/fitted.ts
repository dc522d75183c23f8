// On a wall nobody scrolls: what is shown is drawn smaller until all of it is there, the drawn positions first.
import { useLayoutEffect } from "react";

/** Sizes of a position, and of all there is, from the largest on; as parts of what ceremony.css says. */
const SIZES = [[1, 1], [0.85, 1], [0.7, 1], [0.6, 1], [0.6, 0.92], [0.6, 0.84], [0.6, 0.76], [0.6, 0.68]] as const;
/** Below this width it is no wall, and whoever looks scrolls. */
const WALL = "(min-width: 60rem)";

/** Fit the page to the screen, anew when what is shown changes or the screen does. */
export function useFitted(...shown: readonly unknown[]): void {
  useLayoutEffect(() => {
    fit();
    addEventListener("resize", fit);
    void document.fonts?.ready.then(fit);
    return () => {
      removeEventListener("resize", fit);
      draw(1, 1);
    };
    // What is shown says when it is other than before.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, shown);
}

function fit(): void {
  draw(1, 1);
  if (!matchMedia(WALL).matches) return;
  for (const [position, all] of SIZES) {
    draw(position, all);
    if (document.documentElement.scrollHeight <= innerHeight) return;
  }
}

function draw(position: number, all: number): void {
  const { style } = document.documentElement;
  style.setProperty("--position", String(position));
  style.setProperty("--all", String(all));
}
