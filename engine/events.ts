/** The outside services whose work a job waits for. */
export type ServiceName = 'elevenLabs' | 'nca' | 'goApi' | 'spaces';

/** What kind of thing an output is. */
export type OutputKind = 'audio' | 'video' | 'image' | 'text' | 'json';

/** What a look into a media file showed; absent members could not be told. */
export interface MediaFacts {
	container?: string;
	durationS?: number;
	hasVideo?: boolean;
	hasAudio?: boolean;
	videoCodec?: string;
	audioCodec?: string;
	width?: number;
	height?: number;
}

/** One result of a provider. `url` may be temporary: it is never shown to people before it was persisted. */
export interface ProviderOutput {
	url: string;
	kind: OutputKind;
	durationS?: number;
	bytes?: number;
	/** True when `url` is already our own permanent object. */
	persisted?: boolean;
	media?: MediaFacts;
}

/** What is known of a failed call. Words of the provider, without secrets and signed URLs. */
export interface Failure {
	class: FailureClass;
	/** The provider's words, reduced to the useful line. */
	message: string;
	/** Whether the provider may have begun (and may charge for) the work. */
	began: 'no' | 'yes' | 'unknown';
	retryable: boolean;
	httpStatus?: number;
	retryAfterS?: number;
}

export type FailureClass =
	| 'invalid_input'
	| 'auth'
	| 'quota'
	| 'rate_limited'
	| 'refused'
	| 'unavailable'
	| 'timeout'
	| 'provider_failed'
	| 'lost'
	/** A URL that was to be fetched has died, such as a provider's temporary link or Airtable's of a clip. */
	| 'expired'
	| 'verification'
	| 'cancelled'
	| 'unknown';

/**
 * The one shape in which every piece of news about a job travels: a callback, the answer of a
 * synchronous call, and what the recovery flow found out.
 */
export interface ProviderEvent {
	service: ServiceName;
	jobKey: string;
	attempt: number;
	/** First 16 hex characters of the job's input hash. */
	h: string;
	externalId: string | null;
	outcome: 'completed' | 'failed' | 'progress';
	outputs: ProviderOutput[];
	error?: Failure;
	/** Seconds, as the provider reports them. */
	timings?: { runS?: number; queueS?: number; totalS?: number };
	/** What the call cost in the provider's own unit, where it says so. */
	usage?: { amount: number; unit: string };
	/** Where the result was found instead of being made by a call; with `usage`, the rest of it was made. */
	foundIn?: 'spaces' | 'history' | 'other_video';
	/** ISO 8601, UTC. */
	receivedAt: string;
	/** A short redacted copy of what came in, for the record. */
	raw?: unknown;
}
