import CryptoJS from 'crypto-js';

const BYTES_PER_WORD = 4;

/** Raw bytes as a crypto-js WordArray (big-endian words). */
function toWordArray(bytes: Uint8Array): CryptoJS.lib.WordArray {
	const words = new Array<number>(Math.ceil(bytes.length / BYTES_PER_WORD)).fill(0);
	bytes.forEach((byte, index) => {
		words[index >>> 2] |= byte << (24 - (index % BYTES_PER_WORD) * 8);
	});
	return CryptoJS.lib.WordArray.create(words, bytes.length);
}

function toBytes(message: string | Uint8Array): Uint8Array {
	return typeof message === 'string' ? new TextEncoder().encode(message) : message;
}

/**
 * HMAC-SHA256 as lower-case hex.
 *
 * @param secret the key, used as its UTF-8 bytes
 * @param message text (as UTF-8) or raw bytes, never a re-serialised body
 */
export function hmacSha256Hex(secret: string, message: string | Uint8Array): string {
	return CryptoJS.HmacSHA256(toWordArray(toBytes(message)), toWordArray(toBytes(secret))).toString(CryptoJS.enc.Hex);
}
