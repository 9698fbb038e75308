import type { Hash } from '@flotilla/common';
import { TraceBudget } from '@flotilla/evm';
import { JournaledState } from '@flotilla/state';
import { mixHashOf } from '../../block/header.js';
import type { Header } from '../../block/types.js';
import type { CallLimits } from '../../config.js';
import { type BlockTemplate, blockEnv } from '../../execution/template.js';
import { nextBaseFee } from '../../fees/base-fee.js';
import { translated } from '../chain-state.js';
import { Deadline } from '../deadline.js';
import type { ExecutionModules, ExecutionOptions } from '../execution-modules.js';
import { applyStateOverrides, withoutStorage } from '../overrides.js';
import { BlockSimulation } from './block-simulation.js';
import { type PlannedBlock, planBlocks } from './plan-blocks.js';
import { simulationFailure } from './simulation-failure.js';
import type { SimulatedBlock, SimulatedBlockRequest, SimulationRequest } from './types.js';

/** Blocks that might follow a block, for `eth_simulateV1`. Needs no writer. */
export class Simulator {
  readonly #chainId: number;
  readonly #limits: Required<CallLimits>;
  readonly #modules: ExecutionModules;

  constructor(options: ExecutionOptions, modules: ExecutionModules) {
    this.#chainId = options.chainId;
    this.#limits = options.limits;
    this.#modules = modules;
  }

  /** @throws SimulationError, ChainError `HISTORY_PRUNED`, `DEPLOYER_NOT_ALLOWED` */
  simulate(request: SimulationRequest, base: Header): SimulatedBlock[] {
    const { state: states, clock } = this.#modules;
    const deadline = new Deadline(this.#limits.timeoutMs, clock);
    const shared = {
      deadline,
      budget: new TraceBudget(this.#limits.traceBytes),
      pool: { gas: this.#limits.gasCap },
    };
    const planned = planBlocks(request.blocks, base);
    try {
      return translated(() => {
        const done: SimulatedBlock[] = [];
        let state = states.at(base.number).overlay();
        for (const plan of planned) {
          state = overridden(state, plan.request);
          const parent = done.at(-1)?.block.header ?? base;
          const template = this.#template(plan, parent, request.validation);
          const block = new BlockSimulation(template, request, {
            ...shared,
            ...this.#execution(template, plan, done),
            state,
          });
          for (const call of plan.request.calls) block.execute(call);
          done.push(block.finish());
        }
        return done;
      });
    } catch (error) {
      throw simulationFailure(error);
    }
  }

  #template(plan: PlannedBlock, parent: Header, validation: boolean): BlockTemplate {
    const { number, timestamp, request } = plan;
    const overrides = request.blockOverrides ?? {};
    const baseFee = validation ? nextBaseFee(parent, this.#modules.schedule) : 0n;
    return {
      parentHash: parent.hash,
      coinbase: overrides.feeRecipient ?? parent.coinbase,
      number,
      gasLimit: overrides.gasLimit ?? parent.gasLimit,
      timestamp,
      extraData: parent.extraData,
      mixHash: overrides.prevRandao ?? mixHashOf(parent.hash, number),
      baseFeePerGas: overrides.baseFeePerGas ?? baseFee,
    };
  }

  #execution(template: BlockTemplate, plan: PlannedBlock, done: readonly SimulatedBlock[]) {
    const { reader, forks, schedule } = this.#modules;
    const hashes = new Map<number, Hash>(
      done.map(({ block: { header } }) => [header.number, header.hash]),
    );
    const env = blockEnv(
      template,
      this.#chainId,
      (number) => hashes.get(number) ?? reader.headerByNumber(number)?.hash,
    );
    const blobBaseFee = plan.request.blockOverrides?.blobBaseFee ?? env.blobBaseFee;
    return {
      evm: forks.evm(forks.at(template.timestamp)),
      env: { ...env, blobBaseFee },
      allow: schedule.at(template.number).allow,
    };
  }
}

/** Replaced storage hides what the blocks before left of it, so a new overlay begins. */
function overridden(state: JournaledState, request: SimulatedBlockRequest): JournaledState {
  const overrides = request.stateOverrides;
  if (overrides === undefined || overrides.size === 0) return state;
  const replaces = [...overrides.values()].some((override) => override.state !== undefined);
  const layer = replaces ? new JournaledState(withoutStorage(state, overrides)) : state;
  applyStateOverrides(layer, overrides);
  return layer;
}
