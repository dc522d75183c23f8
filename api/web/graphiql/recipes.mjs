/** @typedef {{ heading: string, who: string, query: string, variables: string }} Recipe */

const DOCUMENT = /^```graphql (\w+)\n(.*?)\n```(?:\n\n```json\n(.*?)\n```)?/gms;

/**
 * The recipes of docs/api.md that GraphiQL can send to a door: neither subscriptions nor files.
 * @param {string} page
 * @param {boolean} staff
 * @returns {Recipe[]}
 */
export function recipesOf(page, staff) {
  const sections = page.slice(page.indexOf("\n## Recipes")).split("\n#### ").slice(1);
  return sections
    .flatMap((section) =>
      [...section.matchAll(DOCUMENT)].map(([, who = "", query = "", variables = ""]) => {
        return { heading: section.slice(0, section.indexOf("\n")), who, query, variables };
      }),
    )
    .filter(({ who, query }) => (who !== "public") === staff && !/^subscription\b|: Upload\b/.test(query));
}
