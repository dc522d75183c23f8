// What opens the inspector's pages without a network. It holds the files of the build, whose names carry their hash, and
// the page that they stand in; never an answer of the service: what is known of visits lies with the pages, by subject.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

// The build writes both.
const FILES = "__FILES__".split(" ");
const CACHE = "qian-desk-__VERSION__";

const HOME = "/desk";
const PAGE = "/desk/visits";
const ASSETS = "/assets/";
/** Milliseconds that a page is waited for: a weak network is as good as none. */
const PATIENCE = 5000;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith(ASSETS)) event.respondWith(file(request));
  else if (request.mode === "navigate" && (pathname === PAGE || pathname.startsWith(`${PAGE}/`))) event.respondWith(page(request, () => held(PAGE)));
  // The desk's first page asks the service for all that it shows: without one, whoever opens it is led to what is held.
  else if (request.mode === "navigate" && pathname === HOME) event.respondWith(page(request, async () => Response.redirect(PAGE)));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, ...FILES]);
  await worker.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

/** @param {Request} request */
async function file(request) {
  return (await held(request)) ?? fetch(request);
}

/**
 * Return a page as the service has it, or where there is no network, or no service behind it, what stands in for it.
 * @param {Request} request
 * @param {() => Promise<Response | undefined>} instead
 */
async function page(request, instead) {
  const late = /** @type {Promise<null>} */ (new Promise((resolve) => setTimeout(resolve, PATIENCE, null)));
  const answer = await Promise.race([fetch(request), late]).catch(() => null);
  return answer && answer.status < 502 ? answer : ((await instead()) ?? answer ?? Response.error());
}

/** @param {RequestInfo} request */
const held = async (request) => (await caches.open(CACHE)).match(request, { ignoreVary: true });
