/** The little that the tests need of an element's type: the whole library of a page clashes with Node.js' streams. */
export interface PageElement {
	dataset: Record<string, string | undefined>;
	textContent: string | null;
	/** Null for what can't be seen. */
	offsetParent: unknown;
	/** Of pictures. */
	src: string;
	naturalWidth: number;
	/** Of inputs. */
	value: string;
	querySelector(selector: string): PageElement | null;
	querySelectorAll(selector: string): Iterable<PageElement>;
	getBoundingClientRect(): { left: number; top: number; right: number; bottom: number };
}

export interface PageDocument {
	querySelectorAll(selector: string): Iterable<PageElement> & { length: number };
}
