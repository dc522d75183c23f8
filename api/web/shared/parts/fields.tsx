// Fields of forms: React Aria ties label, help and fault to each; choices and dates are the browser's own, best on a phone.
import { type ReactNode, useId } from "react";
import { FieldError, Input, Label, Text, TextArea, TextField, type TextFieldProps } from "react-aria-components";

import { useSharedWords } from "../words";

interface TextParts extends Omit<TextFieldProps, "children"> {
  label: string;
  help?: ReactNode;
  /** How many lines are shown; one: an input. */
  lines?: number;
  placeholder?: string;
}

export function TextInput({ label, help, lines = 1, placeholder, ...field }: TextParts) {
  const words = useSharedWords();
  const left = field.maxLength !== undefined && field.value !== undefined ? field.maxLength - field.value.length : null;
  return (
    <TextField {...field} className="field">
      <Label>
        {label}
        {field.isRequired && <span className="required"> {words.required}</span>}
      </Label>
      {lines > 1 ? <TextArea rows={lines} placeholder={placeholder} dir="auto" /> : <Input placeholder={placeholder} dir="auto" />}
      {(help || left !== null) && (
        <Text slot="description" className="help">
          {help}
          {left !== null && left < 200 && ` ${words.charactersLeft(left)}`}
        </Text>
      )}
      {/* The browser would say it in its own language. */}
      <FieldError className="fault">{({ validationDetails, defaultChildren }) => (validationDetails.valueMissing ? words.fillIn : defaultChildren)}</FieldError>
    </TextField>
  );
}

interface ChoiceParts {
  label: string;
  name: string;
  choices: readonly (readonly [value: string, text: string])[];
  defaultValue?: string;
  value?: string;
  onChange?: (value: string) => void;
}

export function Choice({ label, name, choices, defaultValue, value, onChange }: ChoiceParts) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        name={name}
        {...(value === undefined ? { defaultValue: defaultValue ?? "" } : { value })}
        onChange={onChange && ((event) => onChange(event.target.value))}
      >
        {choices.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface DateParts {
  label: string;
  name: string;
  defaultValue?: string;
  value?: string;
  onChange?: (value: string) => void;
  isRequired?: boolean;
}

export function DateInput({ label, name, defaultValue, value, onChange, isRequired = false }: DateParts) {
  const words = useSharedWords();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {isRequired && <span className="required"> {words.required}</span>}
      </label>
      <input
        id={id}
        type="date"
        name={name}
        required={isRequired}
        {...(value === undefined ? { defaultValue } : { value })}
        onChange={onChange && ((event) => onChange(event.target.value))}
      />
    </div>
  );
}
