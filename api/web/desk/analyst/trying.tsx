// What a model says before it is in force: a check, and who would move from which grade to which, live while it is written.
import { useEffect, useRef, useState } from "react";

import { Choice } from "../../shared/parts/fields";
import { HeatMap } from "../../shared/parts/heat";
import { Fold, Table } from "../../shared/parts/tables";
import { Facts, Notice, Told } from "../../shared/parts/texts";
import {
  AnalystCheckModelDocument,
  AnalystCompareModelsDocument,
  type AnalystModelRowFragment,
  CancelJobDocument,
  type JobStandingFragment,
} from "../../generated/desk/graphql";
import { ask } from "../ask";
import type { Refused } from "../../shared/refused";
import { bracketed, listed } from "../../shared/marks";
import { useDoing } from "../doing";
import { hasEnded, JobProgress, useJob } from "../jobs";
import { Action, Refusal } from "../parts";
import { usePurpose } from "./parts";
import { lineOf } from "./places";
import { Purpose } from "../purpose";
import { useJobFile } from "../reading";
import { useWords } from "./words";

const PAUSE = 1500;

export interface Remark {
  code: string;
  place: string;
  text: string;
}

/** The file model-check.json. */
interface Check {
  scores: { least: number; greatest: number };
  grades_by_score: string[];
  grades_by_rule: string[];
  remarks: Remark[];
  records: null | {
    registered: number;
    enterprises: number;
    grades: { grade: string; enterprises: number }[];
    indicators: { id: string; title: string; lacking: number; bins: { bin: string; enterprises: number }[] }[];
  };
}

/** The file model-comparison.json. */
export interface Comparison {
  changes: Remark[];
  migration: null | { matrix: { old: string | null; new: string | null; enterprises: number }[]; moved: number };
}

interface TryingParts {
  text: string;
  /** With what it may be compared. */
  held: readonly AnalystModelRowFragment[];
  /** The version that is compared with at first. */
  against: AnalystModelRowFragment | undefined;
  /** Whether the text is being written, and compared when its writer pauses. */
  live?: boolean;
  /** What the text was before anything was written in it. */
  original?: string;
  onFault?: (line: number | null) => void;
  goTo?: (line: number) => void;
}

const named = ({ name, version }: { name: string; version: string }) => `${name}@${version}`;

export function Trying({ text, held, against, live = false, original = text, onFault, goTo }: TryingParts) {
  const words = useWords();
  const own = words.editor;
  const [purpose, setPurpose] = usePurpose();
  const [chosen, setChosen] = useState(against && named(against));
  const [automatic, setAutomatic] = useState(live);
  const checking = useDoing({ revalidates: false });
  const comparing = useDoing({ revalidates: false });
  const [checkBegun, setCheckBegun] = useState<JobStandingFragment | null>(null);
  const [comparisonBegun, setComparisonBegun] = useState<JobStandingFragment | null>(null);
  const checkJob = useJob(checkBegun);
  const comparisonJob = useJob(comparisonBegun);
  const check = useJobFile<Check>(checkJob, "model-check.json");
  const comparison = useJobFile<Comparison>(comparisonJob, "model-comparison.json");
  const old = held.find((each) => named(each) === chosen);
  const wanted = JSON.stringify([chosen, text]);
  const asked = useRef("");
  const compared = useRef(live && against ? JSON.stringify([named(against), original]) : null);
  const [shown, setShown] = useState<{ comparison: Comparison; of: string } | null>(null);
  useEffect(() => {
    if (comparison.data) setShown({ comparison: comparison.data, of: asked.current });
  }, [comparison.data]);

  const running = useRef(comparisonJob);
  running.current = comparisonJob;
  const compare = async () => {
    if (purpose === null || !old) return;
    compared.current = wanted;
    // What is overtaken by the next words need not be computed to its end; that it was asked for stands recorded.
    if (running.current && !hasEnded(running.current)) void ask(CancelJobDocument, { id: running.current.id }).catch(() => undefined);
    const done = await comparing.run(AnalystCompareModelsDocument, { old: { name: old.name, version: old.version }, new: { text }, purpose });
    if (!done?.job) return;
    asked.current = wanted;
    setComparisonBegun(done.job);
  };
  const runCheck = async () => {
    if (purpose === null) return;
    const done = await checking.run(AnalystCheckModelDocument, { text, purpose });
    if (done?.job) setCheckBegun(done.job);
  };
  const latest = useRef(compare);
  latest.current = compare;
  useEffect(() => {
    if (!live || !automatic || purpose === null || compared.current === wanted) return;
    const timer = setTimeout(() => void latest.current(), PAUSE);
    return () => clearTimeout(timer);
  }, [live, automatic, purpose, wanted]);

  const fault = checking.refused ?? comparing.refused;
  const line = fault ? lineOf(text, fault.message) : null;
  const tell = useRef(onFault);
  tell.current = onFault;
  useEffect(() => tell.current?.(line), [line]);

  return (
    <>
      <Purpose what={own.purposeWhat} purpose={purpose} onGiven={setPurpose} />
      {purpose !== null && (
        <div className="trying screen-only">
          {held.length > 0 ? (
            <Choice
              label={own.against}
              name="against"
              value={chosen}
              onChange={setChosen}
              choices={held.map((each) => [named(each), `${each.title} ${each.version}${bracketed(words.models.states[each.state])}`] as const)}
            />
          ) : (
            <p className="help">{own.noneInForce}</p>
          )}
          {live && (
            <label className="check">
              <input type="checkbox" checked={automatic} onChange={(event) => setAutomatic(event.target.checked)} />
              {own.auto}
            </label>
          )}
          <p className="deed-row">
            <Action doing={checking} onPress={() => void runCheck()}>
              {own.check}
            </Action>
            <Action doing={comparing} isDisabled={!old} onPress={() => void compare()}>
              {own.compare}
            </Action>
          </p>
        </div>
      )}
      {fault && <TextFault fault={fault} line={line} goTo={goTo} />}
      <div aria-live="polite">
        {comparisonJob && !hasEnded(comparisonJob) && <p>{own.comparing}</p>}
        {comparisonJob?.refusal && <JobProgress job={comparisonJob} />}
        <Refusal refused={comparison.refused} />
      </div>
      {shown && shown.of !== wanted && <Notice tone="warning">{own.outdated}</Notice>}
      {shown && <Compared comparison={shown.comparison} job={comparisonJob} />}
      {checkJob && !(checkJob.state === "DONE" && check.data) && <JobProgress job={checkJob} />}
      {check.data && <Checked check={check.data} text={text} goTo={goTo} />}
    </>
  );
}

function TextFault({ fault, line, goTo }: { fault: Refused; line: number | null; goTo: ((line: number) => void) | undefined }) {
  const own = useWords().editor;
  return (
    <Notice tone="bad" live title={line === null ? fault.message : own.fault + bracketed(own.atLine(line))}>
      {line !== null && <p>{fault.message}</p>}
      <p>{fault.remedy}</p>
      {line !== null && goTo && (
        <button type="button" className="button" onClick={() => goTo(line)}>
          {own.toLine}
        </button>
      )}
    </Notice>
  );
}

/** What another model says otherwise, and how many would move; who would, stands in the job's file. */
export function Compared({ comparison, job }: { comparison: Comparison; job: JobStandingFragment | null }) {
  const own = useWords().editor;
  const { changes, migration } = comparison;
  const cells = migration?.matrix ?? [];
  const ordered = (grades: readonly (string | null)[]) => [...new Set(grades)].sort((one, other) => (one === null ? 1 : other === null ? -1 : one < other ? -1 : 1));
  const scale = ordered(cells.flatMap((each) => [each.old, each.new]));
  const counts = new Map(cells.map((each) => [`${each.old} ${each.new}`, each.enterprises]));
  const names = scale.map((each) => each ?? own.ungraded);
  return (
    <>
      {migration && (
        <>
          <h3>{own.migration}</h3>
          <p>
            <strong>{own.moved(migration.moved)}</strong>
          </p>
          <HeatMap
            title={own.migrationCaption}
            along={own.old}
            axes={[own.old, own.new]}
            rows={names}
            columns={names}
            values={scale.map((old) => scale.map((next) => counts.get(`${old} ${next}`) ?? 0))}
            note={own.migrationNote}
          />
        </>
      )}
      {job && job.files.length > 0 && <JobProgress job={job} />}
      <h3>{own.changes}</h3>
      <Remarks remarks={changes} empty={own.noChanges} />
    </>
  );
}

function Checked({ check, text, goTo }: { check: Check; text: string; goTo: ((line: number) => void) | undefined }) {
  const words = useWords();
  const own = words.editor;
  return (
    <>
      <h3>{own.checked}</h3>
      <Facts
        facts={[
          [own.scores, `${check.scores.least} – ${check.scores.greatest}`],
          [own.byScore, listed(check.grades_by_score)],
          [own.byRule, listed(check.grades_by_rule) || words.none],
        ]}
      />
      <Remarks remarks={check.remarks} empty={own.noRemarks} text={text} goTo={goTo} />
      {check.records && (
        <>
          <h3>{own.trial}</h3>
          <Facts
            facts={[
              [own.registered, check.records.registered],
              [own.graded, check.records.enterprises],
            ]}
          />
          <Table
            caption={own.trial}
            rows={check.records.grades}
            keyOf={(each) => each.grade}
            columns={[
              { name: words.grade, heads: true, cell: (each) => each.grade },
              { name: words.count, numeric: true, cell: (each) => each.enterprises },
            ]}
          />
          <Fold summary={own.coverage}>
            <Table
              caption={own.coverage}
              rows={check.records.indicators}
              keyOf={(each) => each.id}
              columns={[
                { name: words.enterprise.indicator, heads: true, cell: (each) => <Told text={each.title} /> },
                { name: own.lacking, numeric: true, cell: (each) => each.lacking },
                {
                  name: own.bins,
                  cell: (each) => (
                    <ul className="plain">
                      {each.bins.map(({ bin, enterprises }) => (
                        <li key={bin}>
                          <span className="code">{bin}</span> {enterprises}
                        </li>
                      ))}
                    </ul>
                  ),
                },
              ]}
            />
          </Fold>
        </>
      )}
    </>
  );
}

export function Remarks({ remarks, empty, text, goTo }: { remarks: readonly Remark[]; empty: string; text?: string; goTo?: ((line: number) => void) | undefined }) {
  const own = useWords().editor;
  return (
    <Table
      caption={own.remarks}
      rows={remarks}
      keyOf={(_, index) => index}
      empty={empty}
      columns={[
        {
          name: own.place,
          heads: true,
          cell: (each) => {
            const line = text === undefined ? null : lineOf(text, each.place);
            return line !== null && goTo ? (
              <button type="button" className="link" onClick={() => goTo(line)}>
                {own.atLine(line)} <span className="code">{each.place}</span>
              </button>
            ) : (
              <span className="code">{each.place}</span>
            );
          },
        },
        { name: own.remark, cell: (each) => <Told text={each.text} /> },
      ]}
    />
  );
}
