/** The airtable package brings an HTTP client of its own; here it uses the one of this world. */
module.exports = async (url: string, init: RequestInit) => await fetch(url, init);
