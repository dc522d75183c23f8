// A frame to sign in by finger, pen or mouse; what is drawn is a picture.
import { type PointerEvent, useRef, useState } from "react";
import { Button } from "react-aria-components";

import { drawn } from "./photographs";
import { Picture } from "./picture";
import { useInspectorWords } from "./words";
import { labelled } from "../../shared/marks";

interface PadParts {
  label: string;
  /** The signature that is held already. */
  held: Blob | undefined;
  onSigned: (picture: Blob) => void;
  onCleared: () => void;
}

const INK = "#10233a";
const PEN = 2.5;

export function SignaturePad({ label, held, onSigned, onCleared }: PadParts) {
  const words = useInspectorWords().form;
  const isDown = useRef(false);
  // What was signed before the page was opened is shown; what is signed now stays on the canvas.
  const [isBefore, setIsBefore] = useState(held !== undefined);
  const [attempt, setAttempt] = useState(0);

  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    const element = event.currentTarget;
    element.setPointerCapture(event.pointerId);
    const pen = element.getContext("2d")!;
    if (element.dataset["drawn"] === undefined) {
      // Its bitmap is as large as the frame is on this screen, and white, as it is filed with the record.
      element.width = element.clientWidth * devicePixelRatio;
      element.height = element.clientHeight * devicePixelRatio;
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, element.width, element.height);
      element.dataset["drawn"] = "";
    }
    Object.assign(pen, { strokeStyle: INK, lineWidth: PEN * devicePixelRatio, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...placeOf(event));
    isDown.current = true;
  };
  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!isDown.current) return;
    const pen = event.currentTarget.getContext("2d")!;
    pen.lineTo(...placeOf(event));
    pen.stroke();
  };
  const end = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!isDown.current) return;
    isDown.current = false;
    void drawn(event.currentTarget, "image/png").then(onSigned);
  };
  const clear = () => {
    setIsBefore(false);
    setAttempt(attempt + 1);
    onCleared();
  };
  return (
    <div className="field signature">
      <span>{label}</span>
      {isBefore && held ? (
        <Picture file={held} label={label} />
      ) : (
        <canvas key={attempt} className="pad" role="img" aria-label={label} onPointerDown={begin} onPointerMove={go} onPointerUp={end} onPointerCancel={end} />
      )}
      {held && (
        <p>
          <Button className="button" onPress={clear} aria-label={labelled(words.clear, label)}>
            {words.clear}
          </Button>
        </p>
      )}
    </div>
  );
}

function placeOf({ currentTarget, clientX, clientY }: PointerEvent<HTMLCanvasElement>): [number, number] {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  return [((clientX - left) / width) * currentTarget.width, ((clientY - top) / height) * currentTarget.height];
}
