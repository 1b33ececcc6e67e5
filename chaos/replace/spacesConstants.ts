export * from '../../nodes/SpacesPersist/constants';

/** Files of this world are small: buffers of the real size would only be filled with nothing. */
export const PART_BYTES = 65_536;
