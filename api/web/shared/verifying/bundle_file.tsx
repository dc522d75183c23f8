// Where an auditor's bundle is dropped.
import { useState } from "react";
import { Button, DropZone, FileTrigger, Text } from "react-aria-components";

import { Localized } from "../parts/localized";
import { Told } from "../parts/texts";
import type { Task } from "./telling";
import { keepKeys, keptKeys, PinnedKeys } from "./verifying";
import { useVerifyingWords } from "./words";

/** Takes an auditor's bundle as a file, and the keys to verify it by. */
export function BundleFile({ begin }: { begin: (task: Task) => void }) {
  const words = useVerifyingWords();
  const [keys, setKeys] = useState(keptKeys);
  const [name, setName] = useState<string | null>(null);

  function verify(file: File): void {
    setName(file.name);
    keepKeys(keys);
    begin({ kind: "bundle", data: file, trust: keys });
  }

  return (
    <Localized>
      <PinnedKeys keys={keys} onChange={setKeys} />
      <DropZone
        className="drop"
        onDrop={(event) => {
          const file = event.items.find((item) => item.kind === "file");
          if (file?.kind === "file") void file.getFile().then(verify);
        }}
      >
        <Text slot="label">{name ? <Told text={name} /> : words.drop}</Text>
        <FileTrigger onSelect={(files) => files?.[0] && verify(files[0])}>
          <Button className="button primary">{words.pick}</Button>
        </FileTrigger>
      </DropZone>
    </Localized>
  );
}
