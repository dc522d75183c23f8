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
  else if (request.mode === "navigate" && (pathname === PAGE || pathname.startsWith(`${PAGE}/`))) event.respondWith(page(request));
  else if (request.mode === "navigate" && pathname === HOME) event.respondWith(home(request));
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

/** @param {Request} request */
async function page(request) {
  const asked = fetch(request);
  const late = /** @type {Promise<null>} */ (new Promise((resolve) => setTimeout(resolve, PATIENCE, null)));
  const answer = await Promise.race([asked, late]).catch(() => null);
  return isThere(answer) ? answer : ((await held(PAGE)) ?? asked);
}

/**
 * The desk's first page asks the service for all that it shows: where there is none, whoever opens it is led to what is
 * held. That is for inspectors alone, so nobody is led there because his network is slow.
 * @param {Request} request
 */
async function home(request) {
  const answer = await fetch(request).catch(() => null);
  return isThere(answer) ? answer : Response.redirect(PAGE);
}

/**
 * Whether the service answered: a proxy answers without one.
 * @param {Response | null} answer
 * @returns {answer is Response}
 */
const isThere = (answer) => answer !== null && answer.status < 502;

/** @param {RequestInfo} request */
const held = async (request) => (await caches.open(CACHE)).match(request, { ignoreVary: true });
