// Where the API is, and the twin, if there is one.

const answer = await fetch("config.json", { cache: "no-cache" });
const config = await answer.json();

/** What the API's paths begin with. */
export const API = config.api;
/** What the twin's own paths begin with; undefined on a web host. */
export const TWIN = config.twin;
