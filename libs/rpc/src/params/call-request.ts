import {
  type AccessListEntry,
  type AccountOverride,
  type Authorization,
  type BlockOverride,
  type CallRequest,
  unsupportedType,
} from '@flotilla/chain';
import { type Address, compareBytes } from '@flotilla/common';
import { malformed, type Parser } from './parser.js';
import { address, data, field, fields, hash, list, quantity, slotKey } from './values.js';

const MAX_LIST = 10_000;

const accessListEntry: Parser<AccessListEntry> = (value) => {
  const entry = fields(value);
  return {
    address: required(entry, 'address', address),
    storageKeys: field(entry, 'storageKeys', list(hash, MAX_LIST)) ?? [],
  };
};

const authorization: Parser<Authorization> = (value) => {
  const entry = fields(value);
  const parity = field(entry, 'yParity', quantity) ?? field(entry, 'v', quantity) ?? 0n;
  return {
    chainId: required(entry, 'chainId', quantity),
    address: required(entry, 'address', address),
    nonce: required(entry, 'nonce', quantity),
    yParity: Number(parity),
    r: required(entry, 'r', quantity),
    s: required(entry, 's', quantity),
  };
};

function required<T>(object: Readonly<Record<string, unknown>>, name: string, parse: Parser<T>): T {
  const value = field(object, name, parse);
  if (value === undefined) throw malformed(`missing field ${name}`);
  return value;
}

function callData(object: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  const input = field(object, 'input', data);
  const legacy = field(object, 'data', data);
  if (input !== undefined && legacy !== undefined && compareBytes(input, legacy) !== 0) {
    throw malformed(
      'both "data" and "input" are set and not equal. Please use "input" to pass transaction call data',
    );
  }
  return input ?? legacy;
}

/** The transaction object of `eth_call` and `eth_estimateGas`. Fields that it doesn't know are ignored, as by geth. */
export function callRequest(chainId: number): Parser<CallRequest> {
  return (value) => {
    const object = fields(value);
    const given = field(object, 'chainId', quantity);
    if (given !== undefined && given !== BigInt(chainId)) {
      throw malformed(`chainId does not match node's (have=${given}, want=${chainId})`);
    }
    const request: CallRequest = {
      from: field(object, 'from', address),
      to: field(object, 'to', address),
      gas: field(object, 'gas', quantity),
      gasPrice: field(object, 'gasPrice', quantity),
      maxFeePerGas: field(object, 'maxFeePerGas', quantity),
      maxPriorityFeePerGas: field(object, 'maxPriorityFeePerGas', quantity),
      value: field(object, 'value', quantity),
      nonce: field(object, 'nonce', quantity),
      data: callData(object),
      accessList: field(object, 'accessList', list(accessListEntry, MAX_LIST)),
      authorizationList: field(object, 'authorizationList', list(authorization, MAX_LIST)),
    };
    const { gasPrice, maxFeePerGas, maxPriorityFeePerGas } = request;
    if (gasPrice !== undefined && (maxFeePerGas ?? maxPriorityFeePerGas) !== undefined) {
      throw malformed('both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified');
    }
    return compact(request);
  };
}

const BLOB_FIELDS = ['blobs', 'blobVersionedHashes', 'maxFeePerBlobGas'];

/** What is to become a transaction: unlike a call it must not lose its blobs unnoticed. */
export function transactionRequest(chainId: number): Parser<CallRequest> {
  const parse = callRequest(chainId);
  return (value) => {
    const object = fields(value);
    if (BLOB_FIELDS.some((name) => (object[name] ?? undefined) !== undefined)) {
      throw unsupportedType(3);
    }
    const request = parse(object);
    if (request.authorizationList !== undefined && request.to === undefined) {
      throw malformed('missing field to: a set code transaction creates no contract');
    }
    return request;
  };
}

/** Without the fields that weren't given: whoever fills in defaults must not find an `undefined` in their place. */
function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

const slots: Parser<ReadonlyMap<bigint, bigint>> = (value) =>
  new Map(
    Object.entries(fields(value)).map(([key, word]) => [slotKey(key).slot, BigInt(hash(word))]),
  );

const accountOverride: Parser<AccountOverride> = (value) => {
  const object = fields(value);
  const override: AccountOverride = {
    balance: field(object, 'balance', quantity),
    nonce: field(object, 'nonce', quantity),
    code: field(object, 'code', data),
    state: field(object, 'state', slots),
    stateDiff: field(object, 'stateDiff', slots),
  };
  if ((object.movePrecompileToAddress ?? undefined) !== undefined) {
    throw malformed('movePrecompileToAddress is not supported');
  }
  if (override.state !== undefined && override.stateDiff !== undefined) {
    throw malformed('account has both "state" and "stateDiff"');
  }
  return override;
};

/** geth's third argument of `eth_call`: pretend that accounts are other than they are. */
export const stateOverrides: Parser<ReadonlyMap<Address, AccountOverride>> = (value) =>
  new Map(
    Object.entries(fields(value)).map(([key, override]) => [
      address(key),
      accountOverride(override),
    ]),
  );

/** geth's fourth argument of `eth_call`. */
export const blockOverride: Parser<BlockOverride> = (value) => {
  const object = fields(value);
  return {
    number: field(object, 'number', quantity),
    time: field(object, 'time', quantity),
    gasLimit: field(object, 'gasLimit', quantity),
    feeRecipient: field(object, 'feeRecipient', address) ?? field(object, 'coinbase', address),
    prevRandao: field(object, 'prevRandao', hash) ?? field(object, 'random', hash),
    baseFeePerGas: field(object, 'baseFeePerGas', quantity) ?? field(object, 'baseFee', quantity),
    blobBaseFee: field(object, 'blobBaseFee', quantity),
  };
};
