// As many processes as WORKERS says, on PORT.
import cluster from 'node:cluster'

export function clustered(serve) {
  const workers = Number(process.env.WORKERS ?? '1')
  if (workers === 1 || !cluster.isPrimary) serve(Number(process.env.PORT))
  else for (let number = 0; number < workers; number += 1) cluster.fork()
}
