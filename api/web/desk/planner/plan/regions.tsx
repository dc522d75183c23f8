// Regions are typed as the register has them, often as codes of divisions: what is typed last finds these by name or code.
import { type ComponentProps, useRef } from "react";
import { Button } from "react-aria-components";

import { PlannerFindDivisionsDocument } from "../../../generated/desk/graphql";
import { listed } from "../../../shared/marks";
import { TextInput } from "../../../shared/parts/fields";
import { Told } from "../../../shared/parts/texts";
import { ask } from "../../ask";
import { useDivisions } from "../../divisions";
import { several } from "../beacon_form";
import { useWords } from "../words";
import { useLive } from "./live";

interface RegionParts extends Omit<ComponentProps<typeof TextInput>, "help" | "value" | "onChange"> {
  help?: string;
  value: string;
  onChange: (value: string) => void;
  /** The field is for one region. */
  isOne?: boolean;
}

export function RegionInput({ help, value, onChange, isOne = false, ...field }: RegionParts) {
  const words = useWords().plan;
  const regions = isOne ? [value.trim()] : several(value);
  const division = useDivisions(regions);
  const named = regions.map(division).filter((each, place) => each !== regions[place]);
  const last = regions.at(-1) ?? "";
  const typed = isOne || value.endsWith(last) ? last : "";
  const { found } = useLive(typed || null, async (text, signal) => ({ text, ...(await ask(PlannerFindDivisionsDocument, { text }, { signal })) }));
  const offered = found?.text === typed ? found.findDivisions.filter(({ code }) => !regions.includes(code)) : [];
  const box = useRef<HTMLDivElement>(null);
  const choose = (code: string) => {
    onChange(isOne ? code : `${value.slice(0, value.length - typed.length)}${code} `);
    box.current?.querySelector("input")?.focus(); // the button that was pressed is gone
  };
  return (
    <div ref={box}>
      <TextInput {...field} help={[help, listed(named)].filter(Boolean).join(" ")} value={value} onChange={onChange} />
      {offered.length > 0 && (
        <ul className="choices" aria-label={words.divisionsFound}>
          {offered.map(({ code, name }) => (
            <li key={code}>
              <Button className="button" onPress={() => choose(code)}>
                <Told text={`${code} ${name}`} />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
