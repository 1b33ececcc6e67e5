export const CHARACTERS_PER_PRICE = 1_000;
/** GoAPI reports points, whatever it calls their kind (`point`, `llm`): ten million of them are a dollar. */
export const GOAPI_POINTS_PER_USD = 10_000_000;
