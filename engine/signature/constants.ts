/** ElevenLabs' own tolerance (elevenlabs.io/docs/eleven-api/resources/webhooks): 30 minutes into the past. */
export const ELEVENLABS_PAST_TOLERANCE_S = 1800;
/** A sender's clock may run ahead by this much; its SDK sets no bound, which would let a stolen key sign for ever. */
export const ELEVENLABS_FUTURE_TOLERANCE_S = 300;
