import type { CodegenConfig } from "@graphql-codegen/cli";

// Names that GraphQL leaves open are typed as JSON carries them: everything of ours travels as text.
const scalars = { BigInt: "string", Date: "string", DateTime: "string", Digest: "string", JSON: "unknown", FormerCode: "string", Money: "string", USCC: "string" };

const config: CodegenConfig = {
  schema: "../../schema/staff.graphql",
  documents: "../documents/*.graphql",
  generates: {
    "generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: "sha256" } },
      config: { documentMode: "string", enumsAsTypes: true, strictScalars: true, onlyOperationTypes: true, emitLegacyCommonJSImports: false, useTypeImports: true, scalars: { ...scalars, Upload: "File" } },
    },
  },
};

export default config;
