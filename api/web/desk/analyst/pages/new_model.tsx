import { useRef, useState } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../../shared/parts/page";
import { Notice } from "../../../shared/parts/texts";
import { type AnalystModelRowFragment, AnalystDraftModelDocument, AnalystModelsHeldDocument, AnalystOneModelDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { useDraft } from "../../../shared/draft";
import { onlyFor } from "../../only_for";
import { Action, Refusal } from "../../parts";
import { to } from "../../paths";
import { Editor, type EditorHandle } from "../editor";
import { lineOf } from "../places";
import { Trying } from "../trying";
import { useWords } from "../words";
import "../analyst.css";

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const signal = { signal: request.signal };
  const { subject, role } = await onlyFor("analyst", "administrator");
  const held = (await ask(AnalystModelsHeldDocument, {}, signal)).models?.nodes ?? [];
  const inForce = held.find((each) => each.state === "IN_FORCE");
  const name = asked.get("name") ?? inForce?.name;
  const version = asked.get("version") ?? inForce?.version;
  const base = name && version ? (await ask(AnalystOneModelDocument, { name, version }, signal)).model : null;
  return { base, held, against: held.find((each) => each.state === "IN_FORCE" && each.name === name) ?? inForce, subject, mayTry: role === "analyst" };
}

export function Component() {
  const { base } = useLoaderData<typeof loader>();
  return <Writing key={`${base?.name} ${base?.version}`} />;
}

function Writing() {
  const words = useWords();
  const own = words.editor;
  const { base, held, against, subject, mayTry } = useLoaderData<typeof loader>();
  const original = base?.text ?? "";
  const { text, change, forget, kept } = useDraft(subject, `model.${base ? `${base.name}.${base.version}` : ""}`, original);
  const editor = useRef<EditorHandle>(null);
  const [faulty, setFaulty] = useState<number | null>(null);
  const drafting = useDoing({ revalidates: false });
  const [drafted, setDrafted] = useState<{ model: AnalystModelRowFragment; text: string } | null>(null);
  const goTo = (line: number) => editor.current?.goTo(line);
  const draft = async () => {
    const done = await drafting.run(AnalystDraftModelDocument, { text });
    if (!done?.model) return;
    forget(text);
    setDrafted({ model: done.model, text });
  };
  const refusedAt = drafting.refused && lineOf(text, drafting.refused.message);
  return (
    <Page title={own.title} lead={own.lead} crumbs={[[words.models.title, to("models")]]}>
      {drafted && (
        <Notice tone="good" live title={own.drafted}>
          <p>
            <Link to={to("model", { name: drafted.model.name, version: drafted.model.version })}>
              {own.open} {drafted.model.name} {drafted.model.version}
            </Link>
          </p>
        </Notice>
      )}
      <div className="workshop">
        <section className="section" aria-label={own.text}>
          {kept && !drafted && <Notice>{own.kept}</Notice>}
          <Editor ref={editor} label={own.text} help={own.textHelp} value={text} onChange={change} faulty={refusedAt ?? faulty} />
          <div className="deeds">
            <p className="deed-row">
              <Action doing={drafting} tone="primary" isDisabled={text === original || text === drafted?.text} onPress={() => void draft()}>
                {own.draft}
              </Action>
              <button type="button" className="button" disabled={text === original} onClick={() => forget(original)}>
                {own.discard}
              </button>
            </p>
            <p className="help">{own.draftHelp}</p>
            <Refusal refused={drafting.refused} />
          </div>
        </section>
        {mayTry && (
          <section className="section" aria-label={words.model.checkAndCompare}>
            <h2>{words.model.checkAndCompare}</h2>
            <Trying text={text} held={held} against={against} live original={original} onFault={setFaulty} goTo={goTo} />
          </section>
        )}
      </div>
    </Page>
  );
}
