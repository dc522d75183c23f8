// Every fault has words in both languages, and each code is one that a check can tell.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { vectors } from "../../dist/verify.mjs";

const WORDS = { ...vectors.FAULTS, ...vectors.WHAT };
const parts = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const sources = ["../", "../../shared/verifying/"].flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true })
    .filter((name) => name.endsWith(".ts") && name !== "faults.ts")
    .map((name) => readFileSync(new URL(folder + name, import.meta.url), "utf8")),
);

test("every fault is said in Chinese as in English, of the same parts", () => {
  assert.ok(Object.keys(vectors.FAULTS).length > 300);
  for (const [code, { en, zh }] of Object.entries(WORDS)) {
    assert.match(zh, /[\u4e00-\u9fff]/, code);
    assert.doesNotMatch(en, /[\u4e00-\u9fff]/, code);
    assert.deepEqual(parts(zh), parts(en), code);
  }
});

test("no two faults are said alike", () => {
  for (const language of ["en", "zh"]) {
    const said = Object.values(WORDS).map((each) => each[language]);
    assert.deepEqual(said.filter((each, at) => said.indexOf(each) !== at), []);
  }
});

test("there are no words that nothing tells", () => {
  const told = new Set(sources.flatMap((text) => [...text.matchAll(/"(\w+)"/g)].map(([, name]) => name)));
  assert.deepEqual(Object.keys(WORDS).filter((code) => !told.has(code)), []);
});

test("a name of the log's is said beside what it is called", () => {
  const fault = (name) => ({ code: "frozen_field", parts: { name } });
  assert.equal(vectors.said(fault("departments"), "zh"), "封存记录的 部门（departments） 与封存计划不符");
  assert.equal(vectors.said(fault("departments"), "en"), "the frozen entry's departments is not the sealed plan's");
  assert.equal(vectors.said(fault("other"), "zh"), "封存记录的 other 与封存计划不符");
});

test("what a fault is about is said in the same language", () => {
  const what = { code: "plan_of_campaign", parts: { subject: "2026-0001" } };
  const fault = { code: "document_id", parts: { what, id: "7" } };
  assert.equal(vectors.said(fault, "en"), "the plan of campaign 2026-0001 is said to be document 7, which is another one");
  assert.equal(vectors.said(fault, "zh"), "任务 2026-0001 的计划应为文件 7，实为另一文件");
});

test("what an engine says of a file stands behind what is said of it in Chinese", () => {
  const told = (text) => {
    try {
      JSON.parse(text).entries.length;
    } catch (error) {
      return vectors.said(vectors.sayingOf(error), "zh");
    }
  };
  assert.match(told("{"), /^无法读取：文字的格式不符（SyntaxError: .+）$/);
  assert.match(told("{}"), /^无法读取：内容的结构不符（TypeError: .+）$/);
});
