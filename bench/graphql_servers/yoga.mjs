// graphql-yoga, with graphql-jit where JIT is 1.
import { createServer } from 'node:http'
import { useGraphQlJit } from '@envelop/graphql-jit'
import DataLoader from 'dataloader'
import { createSchema, createYoga } from 'graphql-yoga'
import { PARTS_OF, QUERY, SDL } from './rows.mjs'

const yoga = createYoga({
  schema: createSchema({
    typeDefs: SDL,
    resolvers: { Query: QUERY, Box: { parts: (box, _, context) => context.parts.load(box.id) } },
  }),
  context: () => ({ parts: new DataLoader(async (keys) => keys.map((key) => PARTS_OF[key])) }),
  plugins: process.env.JIT === '1' ? [useGraphQlJit()] : [],
  logging: false,
  graphiql: false,
})
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1')
