import { decodeMedia } from './media';

const RAW_BYTES_PER_SAMPLE = 2;

/** As nodes/shared/mediaDuration. */
export function rawAudioSeconds(bytes: number, sampleRateHz: number, bytesPerSample = RAW_BYTES_PER_SAMPLE): number {
	return bytes / (sampleRateHz * bytesPerSample);
}

/** As nodes/shared/mediaDuration, for the files of this world. */
export async function measureAudioSeconds(bytes: Uint8Array): Promise<number | undefined> {
	return decodeMedia(bytes)?.durationS;
}
