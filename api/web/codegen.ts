// The pages' documents, typed, and known to the service by their hashes: a page sends no query text.
import type { CodegenConfig } from "@graphql-codegen/cli";

// Names that GraphQL leaves open are typed as JSON carries them: everything of ours travels as text.
const scalars = { BigInt: "string", Date: "string", DateTime: "string", Digest: "string", FormerCode: "string", JSON: "unknown", Money: "string", USCC: "string", Upload: "File" };

/** What is generated for the pages of one audience, from its schema and the documents beside its pages. */
const of = (schema: string, documents: string) => ({
  schema: `../../schema/${schema}.graphql`,
  documents,
  preset: "client" as const,
  presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: "sha256" as const, mode: "replaceDocumentWithHash" as const } },
  config: { documentMode: "string", enumsAsTypes: true, strictScalars: true, onlyOperationTypes: true, useTypeImports: true, scalars },
});

const config: CodegenConfig = {
  generates: { "generated/site/": of("public", "site/**/*.graphql"), "generated/desk/": of("staff", "desk/**/*.graphql") },
};

export default config;
