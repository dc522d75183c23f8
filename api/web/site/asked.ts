// What is asked for ahead of a page, and by the page: the same, or it is asked twice.
import { windowOf } from "../shared/windows";

/** The variables of a page of what is published of an enterprise. */
export const findingsOf = (code: string, request: Pick<Request, "url">) => ({ ...windowOf(request, 20), code });
