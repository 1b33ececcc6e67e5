import { XML_NAMESPACE } from './constants';

/** An element: its name, and its text or children. Elements without a value are left out. */
export type XmlElement = readonly [string, string | number | boolean | XmlElement[] | undefined];

/** A whole document; the namespace is given to everything but errors, as S3 does. */
export function xmlDocument(root: string, children: XmlElement[]): string {
	const namespace = root === 'Error' ? '' : ` xmlns="${XML_NAMESPACE}"`;
	return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${children.map(render).join('')}</${root}>`;
}

function render([name, value]: XmlElement): string {
	if (value === undefined) return '';
	const content = Array.isArray(value) ? value.map(render).join('') : escapeXml(String(value));
	return `<${name}>${content}</${name}>`;
}

/** Control characters can't stand in XML 1.0 even when escaped; S3 sends the references all the same. */
function escapeXml(text: string): string {
	return text.replace(/[&<>"\p{Cc}]/gu, (char) => {
		const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
		return names[char] ?? `&#x${char.charCodeAt(0).toString(16)};`;
	});
}

/** The inner text of each element of that name: enough for the flat lists that S3 takes. */
export function elementsOf(xml: string, name: string): string[] {
	const pattern = new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g');
	return [...xml.matchAll(pattern)].map((match) => match[1]);
}

/** The text of the first element of that name, or undefined. */
export function textOf(xml: string, name: string): string | undefined {
	const [text] = elementsOf(xml, name);
	return text === undefined ? undefined : unescapeXml(text);
}

function unescapeXml(text: string): string {
	const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
	return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name: string) => {
		if (name !== undefined) return names[name] ?? whole;
		const code = hex === undefined ? Number(decimal) : parseInt(String(hex), 16);
		return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
	});
}
