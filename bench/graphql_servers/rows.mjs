// The rows and the schema of rows.py.
export const THINGS = Array.from({ length: 100 }, (_, number) => ({
  id: number,
  code: `91130301MA${String(number).padStart(8, '0')}`,
  name: `样例市第${number}建筑工程有限公司`,
  region: '130301',
  sector: 'construction',
  capital: 1_000_000 + number,
  staff: number % 50,
  share: number / 7,
  active: number % 3 > 0,
  note: number % 2 ? null : '合成数据',
}))
export const BOXES = Array.from({ length: 100 }, (_, number) => ({ id: number, name: `第${number}箱` }))
export const PARTS_OF = BOXES.map((box) =>
  Array.from({ length: 3 }, (_, number) => ({ id: box.id * 3 + number, name: `第${number}件` })),
)
export const SDL = `
  type Thing { id: Int! code: String! name: String! region: String! sector: String! capital: Int! staff: Int!
    share: Float! active: Boolean! note: String }
  type Part { id: Int! name: String! }
  type Box { id: Int! name: String! parts: [Part!]! }
  type Query { hello: String! things: [Thing!]! boxes: [Box!]! }
`
export const QUERY = { hello: async () => 'world', things: async () => THINGS, boxes: async () => BOXES }
