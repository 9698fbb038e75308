import { FlotillaError } from '@flotilla/common';

export enum OrchestrationErrorCode {
  /** The name does not match the rules, or is reserved. */
  NameInvalid = 'NAME_INVALID',
  NameReserved = 'NAME_RESERVED',
  /** A chain id that is registered on the root, or asked for by another chain here. */
  ChainIdTaken = 'CHAIN_ID_TAKEN',
  /** The same name with another spec or owner. */
  NameTaken = 'NAME_TAKEN',
  /** A field that genesis fixed can't change. */
  SpecFieldImmutable = 'SPEC_FIELD_IMMUTABLE',
  /** Somebody else wrote the row first: read again and repeat. */
  VersionConflict = 'VERSION_CONFLICT',
  /** The node refused its configuration (exit code 64). */
  NodeConfigRejected = 'NODE_CONFIG_REJECTED',
  /** The root refused the registration for good. */
  RegistrationRefused = 'REGISTRATION_REFUSED',
  /** The committee registered on the root is not this chain's. */
  CommitteeMismatch = 'COMMITTEE_MISMATCH',
  /** No chain id was free in many draws. */
  ChainIdsExhausted = 'CHAIN_IDS_EXHAUSTED',
  /** The host can't promise what this chain's size asks for; the message says what is short. */
  NoCapacity = 'NO_CAPACITY',
}

export class OrchestrationError extends FlotillaError<OrchestrationErrorCode> {}

/** Repeating can't help: the chain goes to `Failed` with this code until its spec or desired state changes. */
export class TerminalError extends OrchestrationError {}
