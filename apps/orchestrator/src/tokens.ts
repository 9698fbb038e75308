/** Injection tokens for what is an interface, or a plain class of a library. */
export const SETTINGS = Symbol('Settings');
export const LOGGER = Symbol('Logger');
export const CLOCK = Symbol('Clock');
export const RUNTIME_DRIVER = Symbol('RuntimeDriver');
export const CONTROL_LINK = Symbol('ControlLink');
