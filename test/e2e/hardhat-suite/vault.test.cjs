const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { network } = require('hardhat');
const { encodeDeployData, encodeFunctionData } = require('viem');
const helpers = require('@nomicfoundation/hardhat-network-helpers');

const { loadFixture, time, mine, impersonateAccount, setBalance, setCode, setNonce, setStorageAt } =
  helpers;
const vault = JSON.parse(readFileSync(`${__dirname}/vault.json`, 'utf8'));
const YEAR = 365 * 24 * 3600;
const STRANGER = `0x${'5a'.repeat(20)}`;

const rpc = (method, ...params) => network.provider.send(method, params);

async function receiptOf(transaction) {
  const hash = await rpc('eth_sendTransaction', transaction);
  const receipt = await rpc('eth_getTransactionReceipt', hash);
  assert.ok(receipt, 'automine has made the block before the hash is answered');
  return receipt;
}

const withdraw = (to, from) => ({
  from,
  to,
  gas: '0x30d40',
  data: encodeFunctionData({ abi: vault.abi, functionName: 'withdraw' }),
});

describe('a vault on a micro chain', () => {
  async function deploy() {
    const [owner] = await rpc('eth_accounts');
    const unlockTime = (await time.latest()) + YEAR;
    const data = encodeDeployData({ ...vault, args: [BigInt(unlockTime)] });
    const { contractAddress } = await receiptOf({ from: owner, data, value: '0x64' });
    return { owner, unlockTime, contractAddress };
  }

  it('keeps the coins before the time', async () => {
    const { owner, contractAddress } = await loadFixture(deploy);
    await assert.rejects(rpc('eth_call', withdraw(contractAddress, owner), 'latest'), /too early/);
    assert.equal((await receiptOf(withdraw(contractAddress, owner))).status, '0x0');
  });

  it('gives them to the owner afterwards', async () => {
    const { owner, unlockTime, contractAddress } = await loadFixture(deploy);
    await time.increaseTo(unlockTime);
    const receipt = await receiptOf(withdraw(contractAddress, owner));
    assert.equal(receipt.status, '0x1');
    assert.equal(receipt.logs.length, 1);
    assert.equal(BigInt(await rpc('eth_getBalance', contractAddress, 'latest')), 0n);
  });

  it('gives them at exactly the time', async () => {
    const { owner, unlockTime, contractAddress } = await loadFixture(deploy);
    assert.equal(BigInt(await rpc('eth_getBalance', contractAddress, 'latest')), 100n);
    await time.setNextBlockTimestamp(unlockTime);
    const gas = await rpc('eth_estimateGas', {
      ...withdraw(contractAddress, owner),
      gas: undefined,
    });
    assert.ok(BigInt(gas) > 21_000n);
    assert.equal((await receiptOf(withdraw(contractAddress, owner))).status, '0x1');
    assert.equal(await time.latest(), unlockTime);
  });

  it('gives them to nobody else', async () => {
    const { unlockTime, contractAddress } = await loadFixture(deploy);
    await time.increaseTo(unlockTime);
    await impersonateAccount(STRANGER);
    await setBalance(STRANGER, 10n ** 18n);
    const receipt = await receiptOf(withdraw(contractAddress, STRANGER));
    assert.equal(receipt.status, '0x0');
    assert.equal(receipt.from, STRANGER);
    await helpers.stopImpersonatingAccount(STRANGER);
  });

  it('is as its makers want it', async () => {
    const { contractAddress } = await loadFixture(deploy);
    await setStorageAt(contractAddress, 3, 77);
    assert.equal(BigInt(await helpers.getStorageAt(contractAddress, 3)), 77n);
    await setCode(contractAddress, '0x00');
    assert.equal(await rpc('eth_getCode', contractAddress, 'latest'), '0x00');
    await setNonce(STRANGER, 50);
    assert.equal(await rpc('eth_getTransactionCount', STRANGER, 'latest'), '0x32');
  });

  it('lies below as many blocks as wanted', async () => {
    const before = await time.latestBlock();
    const [earlier, started] = [await time.latest(), process.hrtime.bigint()];
    await mine(1000, { interval: 60 });
    console.log(`1000 blocks in ${(process.hrtime.bigint() - started) / 1_000_000n} ms`);
    assert.equal(await time.latestBlock(), before + 1000);
    assert.ok((await time.latest()) - earlier >= 999 * 60);
  });

  it('can be left behind', async () => {
    const snapshot = await helpers.takeSnapshot();
    const block = await time.latestBlock();
    await mine(3);
    await snapshot.restore();
    assert.equal(await time.latestBlock(), block);
    await helpers.reset();
    assert.equal(await time.latestBlock(), 0);
  });
});
