export type Severity = 'critical' | 'error' | 'warning' | 'info' | 'recovered';

/** In the order of the form. */
export const SEVERITIES: readonly Severity[] = ['critical', 'error', 'info', 'recovered', 'warning'];

/** What an alert says. Texts are plain; nothing in them is read as mark-up. */
export interface Alert {
	title: string;
	message: string;
	severity: Severity;
	/** Short facts, shown in two columns. */
	facts: Array<{ label: string; value: string }>;
	/** What a person can do. */
	advice?: string;
	/** Why it happened, in the provider's words. */
	reason?: string;
	link?: { url: string; text: string };
}

/** How each severity is called. */
export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
	critical: 'Critical',
	error: 'Error',
	warning: 'Warning',
	info: 'Info',
	recovered: 'Recovered',
};

/** Facts that say something, the severity first. */
export function factsOf(alert: Alert): Alert['facts'] {
	return [{ label: 'Severity', value: SEVERITY_WORDS[alert.severity] }, ...alert.facts].filter(
		({ value }) => value !== '',
	);
}

/** The address of a link that may be shown: of the web and not too long. */
export function webAddress(link: { url: string }, maxChars: number): string | undefined {
	if (!URL.canParse(link.url)) return undefined;
	const { protocol, href } = new URL(link.url);
	return /^https?:$/.test(protocol) && href.length < maxChars ? href : undefined;
}
