// The photographs and files that a finding is to be handed in with.
import { type ChangeEvent, useState } from "react";
import { Button } from "react-aria-components";

import { TextInput } from "../../shared/parts/fields";
import { Notice, Told } from "../../shared/parts/texts";
import type { Drafting } from "./drafting";
import { fitFor } from "./photographs";
import { Picture } from "./picture";
import { useInspectorWords } from "./words";

const LONGEST_REMARK = 1000;

export function Photographs({ drafting: { photos, add, note, remove } }: { drafting: Drafting }) {
  const words = useInspectorWords().form;
  const [told, setTold] = useState<readonly string[]>([]);
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = [...(event.target.files ?? [])];
    event.target.value = "";
    const said: string[] = [];
    for (const file of chosen) {
      const fit = await fitFor(file);
      if (fit === "too_large") said.push(words.tooLarge(file.name));
      else if (fit === "unreadable") said.push(words.unreadable(file.name));
      else {
        if (fit.drawn) said.push(words.drawn[fit.drawn](file.name));
        add({ shows: "photo", note: "", name: fit.name, file: fit.file });
      }
    }
    setTold(said);
  };
  const shown = photos.filter(({ shows }) => shows === "photo");
  return (
    <fieldset className="points">
      <legend>{words.photos}</legend>
      <p className="help">{words.photosHelp}</p>
      {shown.length > 0 && (
        <ul className="photos">
          {shown.map((photo) => (
            <li key={photo.id}>
              {photo.file.type === "application/pdf" ? <span className="code">PDF</span> : <Picture file={photo.file} label={photo.note || photo.name} />}
              <div role="group" aria-label={photo.name}>
                <p>
                  <Told text={photo.name} />
                </p>
                <TextInput label={words.photoNote} value={photo.note} onChange={(text) => note(photo.id, text)} maxLength={LONGEST_REMARK} />
                <p>
                  <Button className="button" onPress={() => remove(photo.id)} aria-label={`${words.remove} ${photo.name}`}>
                    {words.remove}
                  </Button>
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {told.length > 0 && (
        <Notice tone="warning" live>
          {told.map((each) => (
            <p key={each}>{each}</p>
          ))}
        </Notice>
      )}
      <div className="pickers">
        <label className="button picker">
          {words.camera}
          <input type="file" accept="image/jpeg,image/png" capture="environment" onChange={(event) => void take(event)} />
        </label>
        <label className="button picker">
          {words.choosePhotos}
          <input type="file" accept=".jpg,.jpeg,.png,.pdf" multiple onChange={(event) => void take(event)} />
        </label>
      </div>
    </fieldset>
  );
}
