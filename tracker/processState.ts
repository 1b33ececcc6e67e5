import { randomUUID } from 'node:crypto';

import { createClaimRegistry, type ClaimRef, type ClaimRegistry } from './claimRegistry';
import { createKeyedMutex, createSlots, type KeyedMutex, type Slots } from './concurrency';

/**
 * Everything that must exist once per process: locks, claims, limiters, caches.
 * It lives in this one file, and all nodes are built into one bundle, because two copies of a lock are no lock.
 */
class ProcessState {
	/** Names this process as the holder of claims. A claim of another holder is one of a process that has ended. */
	readonly holderId: string = randomUUID();

	readonly claims: ClaimRegistry = createClaimRegistry();

	/** Every registry that wants to know when calls begin and end: that of this process, and those in Redis. */
	private readonly registries = new Set<ClaimRegistry>([this.claims]);

	readonly videoLocks: KeyedMutex = createKeyedMutex();

	private readonly gates = new Map<string, Slots>();

	private readonly singletons = new Map<string, unknown>();

	/**
	 * The gate of this name, for instance one per ElevenLabs key. The first use sets its limit; later uses adjust it.
	 *
	 * @param key never a secret itself: pass a hash of it
	 */
	slots(key: string, limit: number): Slots {
		const gate = this.gates.get(key) ?? createSlots(limit);
		gate.setLimit(limit);
		this.gates.set(key, gate);
		return gate;
	}

	/** A call of a claimed job has begun: from here its hard limit counts. */
	callBegan(claim: ClaimRef): void {
		for (const registry of this.registries) registry.mark(claim, 'calling', Date.now());
	}

	/** A synchronous call of a claimed job has ended, well or not; its result is to be settled next. */
	callEnded(claim: ClaimRef): void {
		for (const registry of this.registries) registry.mark(claim, 'settling', Date.now());
	}

	/**
	 * Begins the call of a claimed job. False where it must not: its attempt was given up while it waited, because a
	 * person has cancelled it, or another attempt has taken its place. A job that nobody has claimed here may be called.
	 */
	async beginCall(claim: ClaimRef): Promise<boolean> {
		const revoked = await Promise.all([...this.registries].map(async (registry) => await registry.isRevoked(claim)));
		if (revoked.includes(true)) return false;
		this.callBegan(claim);
		return true;
	}

	/** Tells this registry as well of calls that begin and end. */
	addRegistry(registry: ClaimRegistry): void {
		this.registries.add(registry);
	}

	/** One object per key and process, made on first use, for instance the tracker of a base. */
	singleton<T>(key: string, create: () => T): T {
		if (!this.singletons.has(key)) this.singletons.set(key, create());
		return this.singletons.get(key) as T;
	}
}

/** The one instance of this process. */
export const processState = new ProcessState();
