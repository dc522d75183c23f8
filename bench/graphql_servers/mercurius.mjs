// mercurius, with its jit where JIT is 1.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { PARTS_OF, QUERY, SDL } from './rows.mjs'

const app = Fastify()
app.register(mercurius, {
  schema: SDL,
  resolvers: { Query: QUERY },
  loaders: { Box: { parts: async (asked) => asked.map(({ obj }) => PARTS_OF[obj.id]) } },
  jit: process.env.JIT === '1' ? 1 : 0,
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
