import { ChainStore } from '@flotilla/persistence';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller } from '../auth/access.js';
import { Admission } from '../capacity/admission.js';
import type { Principal } from '../http/request.js';
import { RootConnection } from '../root-chain/root-connection.js';
import type { Settings } from '../settings.js';
import { SETTINGS } from '../tokens.js';

@ApiTags('fleet')
@ApiBearerAuth()
@Controller('fleet')
export class FleetController {
  constructor(
    private readonly chains: ChainStore,
    private readonly root: RootConnection,
    private readonly admission: Admission,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Profile, root, capacity and chains at a glance' })
  async get(@Caller() caller: Principal) {
    const [byPhase, reachable] = await Promise.all([
      this.chains.countByPhase(caller.tenant),
      this.root.ping(),
    ]);
    const facts = reachable ? await this.root.facts() : undefined;
    const { profile, gatewayUrl, rootFinality } = this.settings;
    return {
      profile,
      root: {
        chainId: facts?.chainId ?? this.root.knownChainId ?? 0,
        rpcUrl: `${gatewayUrl}/root`,
        registry: facts?.registry ?? null,
        checkpointManager: facts?.checkpointManager ?? null,
        finality: rootFinality,
        reachable,
      },
      gatewayUrl,
      capacity: this.admission.view(),
      chains: { total: Object.values(byPhase).reduce((sum, n) => sum + n, 0), byPhase },
    };
  }
}
