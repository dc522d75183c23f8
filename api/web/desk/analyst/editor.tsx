// A text with line numbers: the browser's own field, so that every keyboard and input method works as it does elsewhere.
import { type Ref, useId, useImperativeHandle, useMemo, useRef } from "react";

export interface EditorHandle {
  /** Put the cursor on a line, and show it. */
  goTo: (line: number) => void;
}

interface EditorParts {
  label: string;
  help: string;
  value: string;
  onChange: (value: string) => void;
  /** The line of a fault. */
  faulty: number | null;
  ref?: Ref<EditorHandle>;
}

export function Editor({ label, help, value, onChange, faulty, ref }: EditorParts) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const count = useMemo(() => value.split("\n").length, [value]);
  useImperativeHandle(ref, () => ({
    goTo(line) {
      const element = field.current!;
      const start = element.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      const end = element.value.indexOf("\n", start);
      element.focus();
      element.setSelectionRange(start, end === -1 ? element.value.length : end);
      const height = parseFloat(getComputedStyle(element).lineHeight);
      element.scrollTop = Math.max(0, (line - 5) * height);
    },
  }));
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="editor">
        <div className="line-numbers" ref={numbers} aria-hidden="true">
          {Array.from({ length: count }, (_, index) => (
            <div key={index} className={index + 1 === faulty ? "faulty" : undefined}>
              {index + 1}
            </div>
          ))}
        </div>
        <textarea
          id={id}
          ref={field}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => {
            numbers.current!.scrollTop = event.currentTarget.scrollTop;
          }}
          aria-describedby={`${id}-help`}
          aria-invalid={faulty !== null || undefined}
          rows={24}
          wrap="off"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
        />
      </div>
      <span className="help" id={`${id}-help`}>
        {help}
      </span>
    </div>
  );
}
