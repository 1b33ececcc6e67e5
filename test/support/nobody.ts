/**
 * Where nobody listens. A port that was free a moment ago does not do: a test beside may have got it meanwhile. This one
 * the system gives to nobody, and `fetch` has no rule against it.
 */
export const NOBODY_PORT = 2;
export const NOBODY_URL = `http://127.0.0.1:${NOBODY_PORT}`;
